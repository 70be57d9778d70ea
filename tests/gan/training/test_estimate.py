import json
import subprocess
import sys
from dataclasses import asdict
from types import SimpleNamespace
from typing import NamedTuple

import psutil
import pytest
import torch
from filelock import FileLock

from gan.data import open_pictures
from gan.data.store import cache_root
from gan.errors import ForgerError
from gan.learning.config import configure
from gan.learning.trainer import Trainer
from gan.paths import PROJECT
from gan.quality import exams
from gan.quality.reference import reference
from gan.quality.simple_features import SimpleFeatures
from gan.training import estimate
from gan.training.pace import Pace

CPU = torch.device("cpu")


def test_a_pace_is_measured_in_a_process_of_its_own(config):
    measured = estimate.measure_pace(config, "cpu")
    assert min(asdict(measured.pace).values()) > 0
    assert isinstance(measured.busy, bool)


def test_what_takes_too_long_or_does_not_fit_is_said_in_words(config, monkeypatch):
    with pytest.raises(ForgerError, match="could not be measured: There is no device 'abacus'"):
        estimate.measure_pace(config, "abacus")
    monkeypatch.setattr(estimate, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(ForgerError, match="smaller width"):
        estimate.measure_pace(config, "cpu")


def test_nobody_measures_while_another_does(config, own_folders, monkeypatch):
    monkeypatch.setattr(estimate.subprocess, "Popen", None)
    asked = []

    def given_up():
        asked.append(True)
        return len(asked) > 2

    root = cache_root()
    root.mkdir(parents=True, exist_ok=True)
    with FileLock(root / ".measuring"), pytest.raises(ForgerError, match="Somebody else measures"):
        estimate.measure_pace(config, "cpu", given_up)
    assert len(asked) == 3


def test_a_measurement_that_nobody_waits_for_ends_at_once(config, own_folders):
    before = set(psutil.Process().children())
    with pytest.raises(ForgerError, match="Nobody waits"):
        estimate.measure_pace(config, "cpu", lambda: set(psutil.Process().children()) != before)
    assert set(psutil.Process().children()) == before


@pytest.mark.skipif(sys.platform != "linux", reason="other systems cannot limit it")
def test_a_measurement_leaves_memory_to_others():
    script = """
import torch
from gan.training import estimate
from gan.device import is_out_of_memory
estimate.SHARE_OF_MEMORY = 0.001
estimate._limit_memory()
try:
    torch.empty(2**30)
except Exception as error:
    assert is_out_of_memory(error), error
else:
    raise SystemExit("not limited")
"""
    subprocess.run([sys.executable, "-c", script], cwd=PROJECT, check=True)


class Ended:
    """A process of `measure_pace` that ended so."""

    def __init__(self, returncode: int, complaint: str):
        self.returncode, self.complaint = returncode, complaint

    def __call__(self, *command, **options):
        return self

    def communicate(self, timeout):
        return "", self.complaint

    def kill(self):
        pass

    wait = kill


@pytest.mark.parametrize(
    ("returncode", "complaint", "said"),
    [
        (3, "", "One step did not fit here"),
        (-9, "", "One step did not fit here"),
        (
            1,
            "Traceback ...\nRuntimeError: driver and library differ\n",
            "measured: RuntimeError: driver and library differ",
        ),
        (-11, "", "ended with the status -11"),
    ],
)
def test_only_too_little_memory_is_called_too_little_memory(config, monkeypatch, returncode, complaint, said):
    monkeypatch.setattr(estimate.subprocess, "Popen", Ended(returncode, complaint))
    with pytest.raises(ForgerError, match=said):
        estimate.measure_pace(config, "cpu")


OUT_OF_MEMORY = RuntimeError("[enforce fail at alloc_cpu.cpp:124] data. DefaultCPUAllocator: not enough memory: ...")


@pytest.mark.parametrize("error", [MemoryError(), torch.OutOfMemoryError(), OUT_OF_MEMORY])
def test_its_process_tells_too_little_memory_from_mistakes(config, monkeypatch, error):
    def fail(*given):
        raise error

    monkeypatch.setattr(estimate.devices, "give_way", lambda: None)
    monkeypatch.setattr(estimate, "_limit_memory", lambda: None)  # it would hold for every test after this one
    monkeypatch.setattr(estimate, "measure", fail)
    assert estimate.main(json.dumps(config.to_dict()), "cpu") == estimate.TOO_LARGE
    error = RuntimeError("driver and library differ")
    with pytest.raises(RuntimeError, match="differ"):
        estimate.main(json.dumps(config.to_dict()), "cpu")


@pytest.fixture
def slow_clock(monkeypatch):
    """A clock that only training steps move: by three seconds with a penalty, by one without."""
    now = 0.0
    step = Trainer.step

    def slow_step(trainer):
        nonlocal now
        measured = step(trainer)
        now += 3.0 if measured.get("penalty", 0) > 0 else 1.0
        return measured

    monkeypatch.setattr(Trainer, "step", slow_step)
    monkeypatch.setattr(estimate.time, "perf_counter", lambda: now)


@pytest.mark.parametrize("d_steps", [1, 2])
def test_every_image_of_a_step_counts(config, slow_clock, d_steps):
    pace = estimate.measure(configure(config, batch_size=4, d_steps=d_steps), CPU)
    assert pace.image == pytest.approx(1 / (4 * d_steps))


@pytest.mark.parametrize(("every", "seconds_a_step"), [(1, 3), (2, 2), (4, 1.5), (64, 1 + 2 / 64)])
def test_penalties_count_for_the_share_of_the_lessons_that_have_one(config, slow_clock, every, seconds_a_step):
    """A few steps alone would have had none, or too many of them."""
    config = configure(config, batch_size=4, discriminator="plain", penalty="r1+r2", penalty_every=every)
    assert estimate.measure(config, CPU).image == pytest.approx(seconds_a_step / 4)


def test_a_training_that_redraws_has_a_pace_too(redraw_config, slow_clock):
    """Three times as long where a penalty is due, which is in every second of its lessons."""
    assert estimate.measure(configure(redraw_config, penalty_every=2), CPU).image == pytest.approx(2 / 4)


@pytest.fixture
def busy_moment(monkeypatch):
    """A clock on which every tenth step takes a hundred times as long."""
    now, steps = 0.0, 0
    step = Trainer.step

    def uneven_step(trainer):
        nonlocal now, steps
        steps += 1
        now += 1.0 if steps % 10 == 0 else 0.01
        return step(trainer)

    monkeypatch.setattr(Trainer, "step", uneven_step)
    monkeypatch.setattr(estimate.time, "perf_counter", lambda: now)


def test_a_busy_moment_does_not_count(config, busy_moment, monkeypatch):
    monkeypatch.setattr(estimate, "PIECE_SECONDS", 0.01)
    assert estimate.measure(configure(config, batch_size=4), CPU).image == pytest.approx(0.01 / 4)


class System(NamedTuple):
    user: float
    idle: float
    iowait: float
    guest: float


class Own(NamedTuple):
    user: float
    system: float


@pytest.mark.parametrize(("theirs", "cores"), [(0.0, 0.0), (5.0, 0.5), (10.0, 1.0)])
def test_what_others_take_of_the_processor(monkeypatch, theirs, cores):
    """Two cores for ten seconds, of which this process takes six; `guest` is in `user` already."""
    system = iter([System(100.0, 50.0, 3.0, 1.0), System(106.0 + theirs, 60.0 - theirs, 7.0, 2.0)])
    own = iter([Own(20.0, 1.0), Own(25.0, 2.0)])
    seconds = iter([1000.0, 1010.0])
    monkeypatch.setattr(estimate.psutil, "cpu_times", lambda: next(system))
    monkeypatch.setattr(estimate.psutil, "Process", lambda: SimpleNamespace(cpu_times=lambda: next(own)))
    monkeypatch.setattr(estimate.time, "monotonic", lambda: next(seconds))
    assert estimate.Others().cores() == pytest.approx(cores)


PACE = Pace(start=5.0, image=0.01, grid=0.0, judged=0.1, checkpoint=0.0)


@pytest.fixture
def measured_config(config, many):
    """32 of its 320 pictures are held out; a ladder of 288 others has eight rungs."""
    return configure(config, data=many, measure_every=1000, measure_count=50)


def test_pictures_that_have_to_be_described_first_count_once(measured_config, monkeypatch):
    features = SimpleFeatures(CPU)
    monkeypatch.setattr(exams, "choose_features", lambda device: features)
    once = 32 + 288 * 8
    assert estimate.seconds(PACE, measured_config, 1000) > 5 + 10 + 5 + 0.1 * once  # not even opened yet
    pictures = open_pictures(measured_config.data, 32)
    assert estimate.seconds(PACE, measured_config, 2500) == pytest.approx(5 + 25 + 3 * 5 + 0.1 * once)
    reference(pictures, features)
    assert estimate.seconds(PACE, measured_config, 2500) == pytest.approx(5 + 25 + 3 * 5)


def test_pairs_are_looked_at_once_in_each_process(measured_config, redraw_config):
    config = configure(redraw_config, data=measured_config.data, measure_every=1000, measure_count=50)
    open_pictures(config.data, 32)
    assert estimate.seconds(PACE, config, 1000) == pytest.approx(5 + 10 + 0.1 * (50 + 3 * 32 + 288))


def test_too_few_pictures_to_judge_by_cost_nothing(config):
    open_pictures(config.data, 32)
    assert estimate.seconds(PACE, configure(config, measure_every=100), 1000) == pytest.approx(15)


def test_drawing_the_pictures_counts_where_that_was_not_done(config, monkeypatch):
    config = configure(config, data="drawn-cats")
    monkeypatch.setattr(estimate, "drawing_seconds", lambda source, resolution: 17.0)
    assert estimate.seconds(PACE, config, 1000) == pytest.approx(17 + 15)


def test_pictures_that_are_nowhere(config):
    with pytest.raises(ForgerError, match="neither a folder"):
        estimate.seconds(PACE, configure(config, data="/nowhere"), 1000)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1 second"), (1.4, "1 second"), (40, "40 seconds"), (600, "10 minutes"), (12_600, "3.5 hours")],
)
def test_times_as_people_say_them(seconds, words):
    assert estimate.in_words(seconds) == words
