"""How long a training will take here: measured on a few real steps before it starts."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

import numpy as np
import psutil
import torch
from filelock import BaseFileLock, FileLock, Timeout

from gan import device as devices
from gan.data import DRAWN_COUNT, Pictures, drawing_seconds, drawn_count, find_pictures
from gan.data.drawn import DRAWN
from gan.data.split import split
from gan.data.store import cache_root
from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.learning.kinds import new_trainer
from gan.learning.trainer import Trainer
from gan.paths import PROJECT
from gan.quality.exams import EXAMS, new_exam
from gan.quality.feature_choice import choose_features
from gan.quality.reference import MIN_PICTURES
from gan.runs.log import MetricLog
from gan.runs.run import Run, Status
from gan.training.keeper import Keeper
from gan.training.pace import Pace, since_start

MEASURE_SECONDS = 1.5
PIECE_SECONDS = 0.1
PATIENCE_SECONDS = 60
LOOK_SECONDS = 0.2
SHARE_OF_MEMORY = 0.75  # of what is free when it begins
TOO_LARGE = 3  # the exit status for too little memory
# Cores that others keep busy meanwhile: from here on, a measurement says more about them than about the machine.
BUSY_CORES = 0.25
DESCRIBED = 32  # pictures
CPU = torch.device("cpu")


@dataclass(frozen=True)
class Measured:
    """A pace, and whether others kept the machine busy while it was measured, so that it may not last."""

    pace: Pace
    busy: bool


def measure_pace(config: Config, device: str, given_up: Callable[[], bool] = lambda: False) -> Measured:
    """The pace of `config`'s training on `device`, from a few steps, one grid, one checkpoint and a few looks at
    made-up pictures.

    Measured in a process of its own, which has the trainer's surroundings (it gives way to others, and its threads wait
    as the trainer's do), leaves a part of the memory to others, and takes its own with it when it ends. There is one at
    a time on a machine, also where it has several servers for the same runs.

    `given_up` is asked again and again whether nobody waits for it any more.

    Raises ForgerError where a few steps take too long, where there is too little memory for one, and where the steps
    fail otherwise, with the reason that was given; also where it was given up.
    """
    until = time.monotonic() + PATIENCE_SECONDS
    with _alone(until, given_up):
        process = subprocess.Popen(
            [sys.executable, "-m", "gan.training.estimate", json.dumps(config.to_dict()), device],
            cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            answer, complaint = _answer(process, until, given_up)
        finally:
            process.kill()  # also when the visitor has gone on meanwhile
            process.wait()
    if process.returncode in (TOO_LARGE, -9):  # the latter: SIGKILL, from a system that ran out of memory
        raise ForgerError("One step did not fit here: choose fewer pixels, a smaller width or batch.")
    if process.returncode != 0:
        reason = (complaint.strip().splitlines() or [f"its process ended with the status {process.returncode}"])[-1]
        raise ForgerError(f"How long this takes could not be measured: {reason}")
    values = json.loads(answer)
    return Measured(Pace(**values["pace"]), values["busy"])


@contextmanager
def _alone(until: float, given_up: Callable[[], bool]) -> Iterator[None]:
    """While nobody else measures on this machine."""
    lock = FileLock(cache_root() / ".measuring")
    try:
        cache_root().mkdir(parents=True, exist_ok=True)
        while not _acquired(lock):
            if given_up() or time.monotonic() > until:
                raise ForgerError("Somebody else measures this machine now. Try again in a minute.")
    except (OSError, NotImplementedError):  # a disk that cannot be written to: nobody trains here either
        pass
    try:
        yield
    finally:
        lock.release()


def _acquired(lock: BaseFileLock) -> bool:
    try:
        lock.acquire(timeout=LOOK_SECONDS)
    except Timeout:
        return False
    return True


def _answer(process: subprocess.Popen, until: float, given_up: Callable[[], bool]) -> tuple[str, str]:
    while True:
        try:
            return process.communicate(timeout=LOOK_SECONDS)
        except subprocess.TimeoutExpired as error:
            if given_up():
                raise ForgerError("Nobody waits for this measurement any more.") from error
            if time.monotonic() > until:
                raise ForgerError(
                    f"A few steps took over {PATIENCE_SECONDS} seconds here, so this would take days: choose fewer "
                    "pixels, a smaller width or a smaller batch."
                ) from error


def measure(config: Config, device: torch.device) -> Pace:
    """What `measure_pace` does in its process."""
    devices.prepare(device)
    shape = (max(MIN_PICTURES, config.batch_size), config.resolution, config.resolution, config.preparation.channels)
    pictures = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    trainer = new_trainer(configure(config, penalty="none"), pictures, device)
    start = since_start()
    image = _seconds_per_image(trainer)
    if config.penalty != "none":
        # Lessons with the penalty and without it, in their shares: waiting for whole cycles would take too long.
        dear = _seconds_per_image(new_trainer(configure(config, penalty_every=1), pictures, device))
        image += (dear - image) / config.penalty_every
    with tempfile.TemporaryDirectory() as folder:
        run = Run(Path(folder), trainer.config)
        run.checkpoints_folder.mkdir()
        run.grids_folder.mkdir()
        stub = Pictures(pictures, "made up", config.resolution, {}, Path(folder) / "pictures.npy", np.empty(0), None)
        keeper = Keeper(run, stub, trainer, MetricLog(run.metrics_path))
        grid = _second(keeper.keep_grid)
        checkpoint = _second(lambda: keeper.save(Status(), None))
    judged = grid / config.sample_count
    judged += _second(lambda: choose_features(device).extract(pictures[:DESCRIBED, :, :, :3])) / DESCRIBED
    return Pace(start, image, grid, judged, checkpoint)


def _seconds_per_image(trainer: Trainer) -> float:
    """The median of some short pieces, so that a moment in which the machine is busy does not count."""
    trainer.step()  # the first step pays for memory and for choosing algorithms
    _wait(trainer.device)
    pieces: list[float] = []
    began = time.perf_counter()
    while time.perf_counter() - began < MEASURE_SECONDS:
        started, images = time.perf_counter(), trainer.images_seen
        while (elapsed := time.perf_counter() - started) < PIECE_SECONDS:
            trainer.step()
            _wait(trainer.device)
        pieces.append(elapsed / (trainer.images_seen - images))
    return median(pieces)


def _second(act: Callable[[], object]) -> float:
    """Seconds of the second time, since the first pays for what comes once."""
    act()
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


class Others:
    """How much processor time others take on this machine, from when it is made."""

    def __init__(self) -> None:
        self.began = self._now()

    def cores(self) -> float:
        """How many cores they kept busy."""
        seconds, theirs = (now - then for now, then in zip(self._now(), self.began, strict=True))
        return theirs / seconds if seconds > 0 else 0.0

    @staticmethod
    def _now() -> tuple[float, float]:
        """The time, and the processor time of all others until then, both in seconds."""
        times, own = psutil.cpu_times(), psutil.Process().cpu_times()
        idle = times.idle + getattr(times, "iowait", 0.0)
        # Guests' time is in `user` already.
        guests = getattr(times, "guest", 0.0) + getattr(times, "guest_nice", 0.0)
        return time.monotonic(), sum(times) - idle - guests - own.user - own.system


def seconds(pace: Pace, config: Config, images: int) -> float:
    """How long a training of `images` by `config` will take at that pace: with its start, and with what has to be made
    of its pictures before they can be learned from and judged by, where that was not made before.

    Raises ForgerError where there are no such pictures.
    """
    pictures = find_pictures(config.data, config.resolution, config.preparation)
    preparing, exam = 0.0, EXAMS[config.kind]
    number = DRAWN_COUNT if pictures is None else len(pictures)  # as good a guess as any
    if pictures is None and config.data in DRAWN:
        preparing, number = drawing_seconds(config.data, config.resolution), drawn_count(config.data)
    if number < MIN_PICTURES:
        return preparing + pace.seconds(configure(config, measure_every=0), images)  # too few to be judged by
    parts = split(number) if pictures is None else pictures.split()
    once = exam.looks_once(config, *map(len, parts))
    if pictures is not None and new_exam(config, pictures, config.measure_count, CPU, lambda *steps: None).is_prepared:
        once = 0
    return preparing + pace.seconds(config, images, once)


def in_words(seconds: float) -> str:
    """A time as people say it: "40 seconds", "12 minutes", "3.5 hours"."""
    if seconds < 1.5:
        return "1 second"
    if seconds < 90:
        return f"{round(seconds)} seconds"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    return f"{seconds / 3600:.1f} hours"


def _limit_memory() -> None:
    """Leaves the rest of the machine some memory, where the system can limit a process."""
    if sys.platform != "linux":
        return
    import resource

    most = psutil.Process().memory_info().vms + int(SHARE_OF_MEMORY * psutil.virtual_memory().available)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


def main(settings: str, device: str) -> int:
    """What the process does that `measure_pace` starts: prints the pace, or says on standard error what went wrong."""
    devices.give_way()
    others = Others()
    try:
        chosen = devices.choose(device)
        if chosen.type == "cpu":  # a card's driver reserves more addresses than there is memory
            _limit_memory()
        pace = measure(Config.from_dict(json.loads(settings)), chosen)
    except ForgerError as error:
        print(error, file=sys.stderr)
        return 2
    except Exception as error:
        if devices.is_out_of_memory(error):
            return TOO_LARGE
        raise
    print(json.dumps({"pace": asdict(pace), "busy": others.cores() > BUSY_CORES}))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
