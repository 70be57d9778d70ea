"""The trainer process. Most trainings here run in the process of the tests, which is quick; those that are killed are
processes of their own."""

import errno
import json
import os
import pickle
import signal
import zipfile
from pathlib import Path
from typing import Any

import pytest
import torch

from gan import generators, paths, runs
from gan.data import open_pictures, use
from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.learning.recipes import RECIPES
from gan.learning.trainer import Trainer
from gan.permits import issue
from gan.runs import grids, start
from gan.runs.run import Run, State, Status
from gan.training import worker

PERMIT = issue("a test")

# Where killed trainers die, counted in files (see there). With these settings: after the first heartbeat, around the
# first checkpoint, at every file of the second, around the last and before the last heartbeat.
POINTS = (1, 8, 13, 19, 20, 21, 22, 23, 25, 27, 29, 31, 32, 40, 43, 44, 45)


def trained(name: str, config: Config, *targets: int) -> Run:
    """A run trained to one target after the other."""
    run = runs.create(name, config)
    for target in targets:
        worker.train(run, target, "cpu")
    return run


def at_step(monkeypatch, number: int, act) -> list[int]:
    """Has `act` called in the middle of step `number`; the list grows with every step."""
    step, taken = Trainer.step, []

    def acting(self, who):
        taken.append(self.images_seen)
        if len(taken) == number:
            act()
        return step(self, who)

    monkeypatch.setattr(Trainer, "step", acting)
    return taken


def log_without_speed(run: Run) -> list[dict[str, float]]:
    lines = [json.loads(line) for line in run.metrics_path.read_text().splitlines()]
    return [{name: value for name, value in line.items() if name != "images_per_second"} for line in lines]


def test_the_log_says_where_the_settings_that_move_have_come_to(config):
    schedule = "learning_rate settles after 16; beta2 to 0.9 over 16"
    run = trained("moving", configure(config, schedule=schedule, learning_rate_g=1e-3), 16, 32)
    names = ("images", "learning_rate_g", "learning_rate_d", "beta2")
    lines = [[line[name] for name in names] for line in log_without_speed(run)]
    shares = {8: (16 / 24, 0.9495), 16: (1 / 2, 0.9), 24: (16 / 40, 0.9), 32: (1 / 3, 0.9)}
    assert lines == [
        pytest.approx([images, 1e-3 * share, config.learning_rate_d * share, beta2])
        for images, (share, beta2) in shares.items()
    ]
    still = trained("still", config, 16)
    assert not [line for line in log_without_speed(still) if "beta2" in line or "learning_rate_g" in line]


def checkpoint_names(run: Run) -> list[int]:
    return [int(path.stem) for path in run.checkpoints()]


def training_state(run: Run) -> dict[str, Any]:
    """All of the newest checkpoint but the time that it took; tensors as bytes."""
    state = torch.load(run.checkpoints()[-1], weights_only=True)
    del state["seconds"]
    return to_plain(state)


def to_plain(value):
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, torch.Tensor):
        return value.numpy().tobytes()
    return value


def assert_as_if_never_interrupted(run: Run, straight: Run) -> None:
    assert training_state(run) == training_state(straight)
    assert log_without_speed(run) == log_without_speed(straight)
    assert set(straight.grids()) <= set(run.grids())  # a stop draws one more
    for images in straight.grids():
        path = grids.grid_path(run.grids_folder, images)
        assert path.read_bytes() == grids.grid_path(straight.grids_folder, images).read_bytes()
    for part in (generators.WEIGHTS, generators.PREVIEW, *([generators.DISCRIMINATOR] if run.config.task else [])):
        assert (run.folder / part).read_bytes() == (straight.folder / part).read_bytes()
    assert not list(run.folder.rglob(".*.tmp"))
    assert run.status().state == State.FINISHED


def test_a_finished_run_leaves_what_its_viewers_need(trained_run, config):
    status = trained_run.status()
    assert (status.state, status.images_seen, status.target_images) == (State.FINISHED, 40, 40)
    assert status.seconds > 0 < status.images_per_second  # also where it ended before that could be said
    assert status.epoch == 40 / 20  # two of the 22 pictures are held out
    assert checkpoint_names(trained_run) == [32, 40]  # the newest two
    assert trained_run.grids() == [0, 16, 32, 40]
    assert [line["images"] for line in log_without_speed(trained_run)] == [8, 16, 24, 32, 40]
    model = generators.find_generator("run:demo")
    assert configure(model.config, data=config.data) == config
    assert model.config.data == Path(config.data).name  # a path would tell strangers about this machine
    assert model.card["images_seen"] == 40
    assert model.card["data"]["pictures"] == 22
    state = torch.load(trained_run.checkpoints()[-1], weights_only=True)
    for name, value in generators.load_generator(model).state_dict().items():
        assert torch.equal(value, state["trainer"]["average"][name])


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"latent_distribution": "uniform", "d_steps": 2, "g_steps": 2, "log_every": 24},
        RECIPES["redraw"].settings | {"width_g": 4, "batch_size": 4, "penalty_every": 3, "sample_count": 2},
    ],
    ids=["plain", "uniform latents, two lessons each", "redraw"],
)
def test_resume_is_exact_in_every_file(config, changes):
    config = configure(config, **changes)
    straight = trained("straight", config, 56)
    # Stopped in the middle of an epoch, of a log interval and of a checkpoint interval.
    resumed = trained("resumed", config, 20, 24, 56)
    assert_as_if_never_interrupted(resumed, straight)


def test_sample_and_checkpoint_intervals_need_not_meet(config):
    config = configure(config, sample_every=1000, checkpoint_every=8)
    straight = trained("straight", config, 24)
    resumed = trained("resumed", config, 8, 24)  # its first act after the resume is a checkpoint, not a grid
    assert_as_if_never_interrupted(resumed, straight)


def test_a_training_that_reached_its_goal_is_left_as_it_is(trained_run):
    files = [path for path in trained_run.folder.rglob("*") if path.is_file() and path.name != "status.json"]
    before = {path: path.read_bytes() for path in files}
    assert worker.train(trained_run, 40, "cpu").state == State.FINISHED
    assert {path: path.read_bytes() for path in files} == before


def test_the_heartbeat_has_a_smooth_speed(config, monkeypatch):
    """Ten steps of a second and then one of a hundred, with a heartbeat after each."""
    now = [0.0]
    monkeypatch.setattr(worker.time, "monotonic", lambda: now[0])
    step = Trainer.step

    def slow_step(self, who):
        now[0] += 100.0 if self.images_seen == 40 else 1.01
        return step(self, who)

    monkeypatch.setattr(Trainer, "step", slow_step)
    run, speeds = runs.create("demo", config), []
    worker.train(run, 44, "cpu", report=lambda status: speeds.append(status.images_per_second))
    known = [speed for speed in speeds if speed]
    assert known[0] == pytest.approx(4 / 1.01, rel=0.01)
    assert 0.8 < known[-1] / known[0] < 1


def test_a_stop_request_is_obeyed_within_one_step_and_saves(config, monkeypatch):
    run = runs.create("demo", config)
    taken = at_step(monkeypatch, 3, lambda: runs.request_stop(PERMIT, run))
    status = worker.train(run, 1000, "cpu")
    assert len(taken) == 3
    assert (status.state, status.images_seen) == (State.STOPPED, 12)
    assert checkpoint_names(run) == [12]
    assert run.grids() == [0, 12]
    assert not run.stop_path.exists()
    assert run.status().state == State.STOPPED


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_sigterm_and_ctrl_c_save_and_stop(config, monkeypatch, number):
    run = runs.create("demo", config)
    taken = at_step(monkeypatch, 2, lambda: os.kill(os.getpid(), number))
    assert worker.train(run, 1000, "cpu").state == State.STOPPED
    assert len(taken) == 2
    assert checkpoint_names(run) == [8]


def test_a_stop_request_made_while_the_process_starts_is_not_lost(config, monkeypatch):
    run = runs.create("demo", config)
    start._beat(run, os.getpid(), 1000)  # as the page writes it for the process that it has just started
    runs.request_stop(PERMIT, run)
    taken = at_step(monkeypatch, 1, lambda: None)
    assert worker.train(run, 1000, "cpu").state == State.STOPPED
    assert taken == []


def test_a_stop_request_left_over_from_a_killed_process_is_forgotten(trained_run):
    trained_run.stop_path.touch()
    assert worker.train(trained_run, 48, "cpu").state == State.FINISHED


def test_a_stop_request_while_pictures_are_prepared(config):
    run = runs.create("demo", config)

    def ask(status: Status) -> None:
        runs.request_stop(PERMIT, run)

    status = worker.train(run, 1000, "cpu", report=ask)
    assert (status.state, status.images_seen) == (State.STOPPED, 0)
    assert "pictures" in status.message
    assert not run.stop_path.exists()
    assert worker.train(run, 8, "cpu").state == State.FINISHED  # and nothing stands in the way of another start


def test_the_first_grid_does_not_wait_for_the_pictures(config, monkeypatch):
    run = runs.create("demo", config)
    seen = []

    def slow(source, resolution, progress, preparation):
        seen.extend(run.grids())
        raise ForgerError("enough")

    monkeypatch.setattr(worker, "open_pictures", slow)
    with pytest.raises(ForgerError):
        worker.train(run, 8, "cpu")
    assert seen == [0]


def broken_loss(monkeypatch, after_images: int) -> None:
    step = Trainer.step

    def breaking(self, who):
        measured = step(self, who)
        if self.images_seen > after_images:
            measured["loss_g"] = torch.tensor(torch.nan)
        return measured

    monkeypatch.setattr(Trainer, "step", breaking)


@pytest.mark.parametrize("log_every", [8, 1000], ids=["found by the log", "found by the checkpoint"])
def test_a_loss_that_is_not_finite_stops_the_run_and_spares_its_checkpoints(config, monkeypatch, log_every):
    run = trained("demo", configure(config, log_every=log_every), 20)
    before = {path: path.read_bytes() for path in run.checkpoints() + [run.folder / generators.WEIGHTS]}
    broken_loss(monkeypatch, 28)
    with pytest.raises(ForgerError, match="loss_g"):
        worker.train(run, 1000, "cpu")
    status = run.status()
    assert status.state == State.FAILED
    assert "learning rates" in status.message and "batch" in status.message
    assert status.images_seen <= 40
    assert {path: path.read_bytes() for path in run.checkpoints() + [run.folder / generators.WEIGHTS]} == before


def test_a_stop_request_does_not_save_a_broken_state(config, monkeypatch):
    run = trained("demo", config, 16)
    broken_loss(monkeypatch, 16)
    at_step(monkeypatch, 1, lambda: runs.request_stop(PERMIT, run))
    with pytest.raises(ForgerError, match="finite"):
        worker.train(run, 1000, "cpu")
    assert checkpoint_names(run) == [16]
    assert run.status().state == State.FAILED


def full_disk(monkeypatch, room: int) -> None:
    """No file of more than `room` bytes reaches the disk any more."""
    fsync = os.fsync

    def failing(number):
        if os.fstat(number).st_size > room:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(number)

    monkeypatch.setattr(paths.os, "fsync", failing)


@pytest.mark.parametrize("room", [100_000, 0], ids=["too full for a checkpoint", "full"])
def test_a_full_disk_is_said_in_words_and_spares_what_is_there(trained_run, monkeypatch, room):
    before = {path: path.read_bytes() for path in trained_run.checkpoints()}
    assert min(map(len, before.values())) > 100_000
    full_disk(monkeypatch, room)
    with pytest.raises(ForgerError, match="No space left on device"):
        worker.train(trained_run, 1000, "cpu")
    assert {path: path.read_bytes() for path in trained_run.checkpoints()} == before
    assert not list(trained_run.folder.rglob(".*.tmp"))
    if room:  # there was room for the status
        assert trained_run.status().state == State.FAILED
        assert "No space left on device" in trained_run.status().message


def test_a_disk_that_fills_up_meanwhile_is_said_and_not_taken_for_a_kill(config, monkeypatch):
    run = trained("demo", config, 16)
    at_step(monkeypatch, 1, lambda: full_disk(monkeypatch, 0))
    with pytest.raises(ForgerError, match="No space left on device"):
        worker.train(run, 1000, "cpu")
    assert run.status().state == State.FAILED
    assert "No space left on device" in run.status().message


def test_a_mistake_in_the_code_is_left_in_the_status_too(config, monkeypatch):
    run = runs.create("demo", config)

    def mistake(self, who):
        raise ZeroDivisionError("one by nought")

    monkeypatch.setattr(Trainer, "step", mistake)
    with pytest.raises(ZeroDivisionError):
        worker.train(run, 8, "cpu")
    assert run.status().state == State.FAILED
    assert "one by nought" in run.status().message


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        torch.OutOfMemoryError("CUDA out of memory"),
        RuntimeError("[enforce fail at alloc_cpu.cpp:124] data. DefaultCPUAllocator: not enough memory"),
    ],
)
def test_a_full_memory_is_said_in_words_wherever_it_is(config, monkeypatch, error):
    run = runs.create("demo", config)

    def full(self, who):
        raise error

    monkeypatch.setattr(Trainer, "step", full)
    with pytest.raises(ForgerError, match="The memory is full"):
        worker.train(run, 8, "cpu")
    assert run.status().message.startswith("The memory is full. Start again with a smaller batch size")


@pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a card")
def test_a_device_that_is_not_there_changes_nothing_about_a_run(trained_run):
    before = trained_run.status()
    for act in (lambda: worker.train(trained_run, 80, "cuda"), lambda: runs.resume(PERMIT, trained_run, 80, "cuda")):
        with pytest.raises(ForgerError, match="no CUDA card"):
            act()
        assert trained_run.status() == before
    with pytest.raises(ForgerError, match="no CUDA card"):
        runs.start_new(PERMIT, "another", trained_run.config, 80, "cuda")
    assert [run.name for run in runs.list_runs()] == ["demo"]


def test_pictures_that_are_not_there_are_said_in_words(config):
    run = runs.create("demo", configure(config, data="/nowhere/pictures.zip"))
    with pytest.raises(ForgerError, match="nowhere"):
        worker.train(run, 8, "cpu")
    assert run.status().state == State.FAILED
    assert "nowhere" in run.status().message


class Evil:
    """Pickled, it makes a file when it is read with code allowed."""

    def __init__(self, marker: Path):
        self.marker = marker

    def __reduce__(self):
        return os.system, (f"touch '{self.marker}'",)


def truncate(path: Path, marker: Path) -> None:
    os.truncate(path, path.stat().st_size * 2 // 3)


def flip_a_bit(path: Path, marker: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        largest = max(archive.infolist(), key=lambda item: item.file_size)
    content = bytearray(path.read_bytes())
    content[largest.header_offset + 200] ^= 16
    path.write_bytes(content)


def empty(path: Path, marker: Path) -> None:
    path.write_bytes(b"")


def plain_pickle_with_code(path: Path, marker: Path) -> None:
    path.write_bytes(pickle.dumps(Evil(marker)))


def checkpoint_with_code(path: Path, marker: Path) -> None:
    torch.save({"trainer": Evil(marker)}, path)


def something_else(path: Path, marker: Path) -> None:
    torch.save([1, 2, 3], path)


def half_a_state(path: Path, marker: Path) -> None:
    state = torch.load(path, weights_only=True)
    del state["trainer"]["optimizer_d"]
    torch.save(state, path)


def other_shapes(path: Path, marker: Path) -> None:
    state = torch.load(path, weights_only=True)
    state["trainer"]["average"] = {name: value.new_zeros(3) for name, value in state["trainer"]["average"].items()}
    torch.save(state, path)


DAMAGE = [
    truncate,
    flip_a_bit,
    empty,
    plain_pickle_with_code,
    checkpoint_with_code,
    something_else,
    half_a_state,
    other_shapes,
]


@pytest.fixture(scope="module")
def straight_files(config, tmp_path_factory):
    """The run that nothing ever happened to, after 40 images."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("straight")
        patch.setenv("FORGER_RUNS", str(home))
        patch.setenv("FORGER_DATA", str(home / "data"))
        return trained("straight", config, 40)


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_checkpoint_falls_back_to_the_one_before(trained_run, straight_files, tmp_path, damage):
    damage(trained_run.checkpoints()[-1], tmp_path / "marker")  # 40; the one before is 32
    worker.train(trained_run, 40, "cpu")
    assert_as_if_never_interrupted(trained_run, straight_files)
    assert checkpoint_names(trained_run) == [32, 40]
    assert not (tmp_path / "marker").exists()


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_run_without_a_checkpoint_that_can_be_read_says_so(trained_run, tmp_path, damage):
    for path in trained_run.checkpoints():
        damage(path, tmp_path / "marker")
    with pytest.raises(ForgerError, match="None of this run's checkpoints can be read"):
        worker.train(trained_run, 48, "cpu")
    assert not (tmp_path / "marker").exists()
    assert checkpoint_names(trained_run) == [32, 40]


def test_a_damaged_checkpoint_does_not_push_out_good_ones(config):
    run = trained("demo", configure(config, keep_checkpoints=1), 16)
    (run.checkpoints_folder / "0000000032.pt").write_bytes(b"torn")
    grids.grid_path(run.grids_folder, 32).write_bytes(b"from the time that is lost")
    worker.train(run, 20, "cpu")
    assert checkpoint_names(run) == [20]
    assert run.grids() == [0, 16, 20]
    assert worker.train(run, 24, "cpu").images_seen == 24


def test_a_resume_with_other_settings_names_them(trained_run):
    paths.write_json(trained_run.folder / "config.json", configure(trained_run.config, beta1=0.3, seed=7).to_dict())
    run = runs.find_run("demo")
    with pytest.raises(ForgerError, match=r"beta1: 0.3 here, 0.5 there; seed: 7 here, 1 there"):
        worker.train(run, 48, "cpu")
    assert checkpoint_names(run) == [32, 40]


def test_a_redraw_run_resumed_with_another_task_names_it(redraw_run):
    others, before = {"task": "mosaic", "skips": False, "l1_weight": 3}, redraw_run.config.l1_weight
    paths.write_json(redraw_run.folder / "config.json", configure(redraw_run.config, **others).to_dict())
    run = runs.find_run("redraw")
    with pytest.raises(ForgerError) as caught:
        worker.train(run, 2300, "cpu")
    for part in (
        "task: 'mosaic' here, 'sketch'",
        "skips: False here, True there",
        f"l1_weight: 3.0 here, {before} there",
    ):
        assert part in str(caught.value)
    assert part in run.status().message


def test_a_run_that_goes_on_from_a_shipped_state(trained_run, straight_files, config, tmp_path):
    run = runs.create("onward", config, state=trained_run.checkpoints()[0])
    worker.train(run, 40, "cpu")
    assert run.grids() == [32, 40]
    assert training_state(run) == training_state(straight_files)
    other = runs.create("other", configure(config, batch_size=8), state=trained_run.checkpoints()[0])
    with pytest.raises(ForgerError, match="batch_size: 8 here, 4 there"):
        worker.train(other, 40, "cpu")


def test_a_kill_at_any_moment_loses_at_most_the_work_since_the_last_checkpoint(config, straight_files, forked):
    open_pictures(config.data, config.resolution)
    names = [f"killed-{point}" for point in POINTS]
    for name in names:
        runs.create(name, config)
    assert forked("kill", names) == dict.fromkeys(names, -signal.SIGKILL)
    saved = set()
    for name in names:
        run = runs.find_run(name)
        assert run.status().state == State.INTERRUPTED
        logged = [line["images"] for line in log_without_speed(run)] if run.metrics_path.exists() else [0]
        newest = max(checkpoint_names(run), default=0)
        assert max(logged) - newest <= config.checkpoint_every
        saved.add(newest)
        started = []
        worker.train(run, 40, "cpu", report=lambda status, seen=started: seen.append(status))
        training = next(status for status in started if status.state == State.TRAINING)
        assert training.images_seen == newest
        assert_as_if_never_interrupted(run, straight_files)
    assert saved == {0, 16, 32, 40}


def test_the_pictures_of_a_living_training_are_held(config):
    run, held = runs.create("demo", config), []
    folder = open_pictures(config.data, config.resolution).path.parent
    worker.train(run, 8, "cpu", lambda status: held.append((status.state, use.is_held(folder))))
    assert (State.TRAINING, True) in held and not use.is_held(folder)
