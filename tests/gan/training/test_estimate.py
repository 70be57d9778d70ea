import json

import pytest
import torch

from gan.errors import ForgerError
from gan.learning.config import SETTINGS, Config, configure
from gan.learning.trainer import Trainer
from gan.training import estimate
from gan.training.estimate import Pace, what_counts

CPU = torch.device("cpu")


def test_a_pace_is_measured_in_a_process_of_its_own(config):
    pace = estimate.measure_pace(config, "cpu")
    assert pace.image > 0 and pace.grid > 0


def test_what_takes_too_long_or_does_not_fit_is_said_in_words(config, monkeypatch):
    with pytest.raises(ForgerError, match="could not be measured: There is no device 'abacus'"):
        estimate.measure_pace(config, "abacus")
    monkeypatch.setattr(estimate, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(ForgerError, match="smaller width"):
        estimate.measure_pace(config, "cpu")


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


def test_a_grid_is_paid_for_as_often_as_it_is_drawn(config):
    pace = Pace(image=0.01, grid=2.0)
    assert pace.images_per_second(configure(config, sample_every=200)) == pytest.approx(1 / (0.01 + 0.01))
    # No more than one a step.
    often = configure(config, sample_every=1, batch_size=50, d_steps=2)
    assert pace.images_per_second(often) == pytest.approx(1 / (0.01 + 0.02))


PAYS = {
    "resolution": 32, "generator": "skip", "width_g": 8, "discriminator": "plain", "width_d": 8, "latent_size": 7,
    "batch_size": 5, "loss": "hinge", "penalty": "r1", "augment_probability": 0.2, "d_steps": 2, "g_steps": 2,
    "sample_count": 4,
}  # fmt: skip
FREE = {
    "data": "drawn-faces", "start_from": "x", "learning_rate_g": 0.01, "learning_rate_d": 0.01, "beta1": 0.1,
    "beta2": 0.9, "schedule": "learning_rate settles after 9", "chance": "streams",
    "real_label": 1.0, "penalty_weight": 9.0, "penalty_every": 2, "flips": False, "average_half_life": 0, "seed": 9,
    "sample_every": 9, "checkpoint_every": 9, "log_every": 9, "keep_checkpoints": 9, "latent_distribution": "uniform",
}  # fmt: skip


@pytest.mark.parametrize("setting", PAYS)
def test_what_costs_time_is_measured_anew(setting):
    assert what_counts(Config(**{setting: PAYS[setting]})) != what_counts(Config())


def test_what_is_learned_and_whether_the_decoder_sees_the_source_cost_time_and_the_weight_of_pixels_none(redraw_config):
    free = configure(redraw_config, l1_weight=3.0)
    assert what_counts(free) == what_counts(redraw_config)
    for changes in ({"task": "grey"}, {"skips": False}):
        assert what_counts(configure(redraw_config, **changes)) != what_counts(redraw_config)


@pytest.mark.parametrize("setting", FREE)
def test_what_costs_nothing_is_not_measured_again(setting):
    assert what_counts(Config(**{setting: FREE[setting]})) == what_counts(Config())


def test_whom_the_plain_inspector_compares_counts_and_elsewhere_nobody_is_compared():
    assert what_counts(Config(discriminator="plain", deviation_group=4)) != what_counts(Config(discriminator="plain"))
    assert what_counts(Config(deviation_group=4)) == what_counts(Config())


def test_the_rhythm_of_penalties_counts_where_there_is_one_and_the_share_of_augmented_pictures_never():
    assert what_counts(Config(penalty="r1", penalty_every=2)) != what_counts(Config(penalty="r1", penalty_every=4))
    assert what_counts(Config(augment_probability=0.2)) == what_counts(Config(augment_probability=0.9))


def test_every_setting_either_costs_time_or_does_not_here_too():
    latents = {name for name in SETTINGS if name not in ("task", "skips", "l1_weight", "deviation_group")}
    assert latents - PAYS.keys() - FREE.keys() == {"measure_every", "measure_count"}  # their cost is another matter
    assert not PAYS.keys() & FREE.keys()


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1 second"), (1.4, "1 second"), (40, "40 seconds"), (600, "10 minutes"), (12_600, "3.5 hours")],
)
def test_times_as_people_say_them(seconds, words):
    assert estimate.in_words(seconds) == words
