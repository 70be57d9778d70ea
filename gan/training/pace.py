"""What a training costs on one machine, part by part: measured beforehand (`gan.training.estimate`), or noted by a
trainer as it goes and kept in its run's folder, where the next one with like settings finds it."""

import hashlib
import math
import os
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import Any

import psutil
import torch

from gan import WAITING_VARIABLES, runs
from gan import device as devices
from gan.learning.config import SETTINGS, Config, configure
from gan.learning.setting import Cost
from gan.paths import PROJECT, read_json, write_json
from gan.runs.run import Run

PACE = "pace.json"
# A training that learned for a shorter time says little.
LEAST_SECONDS = 20.0


@dataclass(frozen=True)
class Pace:
    """Seconds, all of them: for the start of the process, for each image seen, each sample grid, each picture that a
    measurement of quality looks at (None: not known), and each checkpoint with its generator."""

    start: float
    image: float
    grid: float
    judged: float | None
    checkpoint: float

    def images_per_second(self, config: Config) -> float:
        """The speed of a training by `config`, once it has begun and while it is not measured."""
        at_once = config.batch_size * config.d_steps
        grids = self.grid / max(config.sample_every, at_once)
        checkpoints = self.checkpoint / max(config.checkpoint_every, at_once)
        return 1 / (self.image + grids + checkpoints)

    def seconds(self, config: Config, images: int, judged_once: int = 0) -> float:
        """How long a training of `images` by `config` takes, from its start until all is saved.

        `judged_once` are the pictures that its first measurement looks at besides its own (see `Exam.pending`). Its
        last measurement, grid and checkpoint come at its end, wherever that is.
        """
        seconds = self.start + images / self.images_per_second(config) + self.grid + self.checkpoint
        if config.measure_every and images:
            pictures = judged_once + math.ceil(images / config.measure_every) * config.measure_count
            seconds += pictures * (self.judged or 0.0)
        return seconds


def what_counts(config: Config) -> Config:
    """`config` with all that cannot change its pace set to the default: the same result, the same pace."""
    changes: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        if setting.cost == Cost.NOTHING or not setting.has_a_say(config):
            changes[name] = setting.default
        elif setting.cost == Cost.SWITCH:
            changes[name] = setting.high
    return configure(config, **changes)


class Costs:
    """Adds up what the parts of a training cost as it goes, on the clock of the wall."""

    def __init__(self) -> None:
        self.start = 0.0
        self.seconds = dict.fromkeys(("grid", "judged", "checkpoint"), 0.0)
        self.counts = dict.fromkeys(self.seconds, 0)

    @contextmanager
    def of(self, part: str, count: int = 1) -> Iterator[None]:
        """What is done within it is a `part`, or so many."""
        started = time.monotonic()
        yield
        self.seconds[part] += time.monotonic() - started
        self.counts[part] += count

    def pace(self, images: int, seconds: float) -> Pace | None:
        """The means, where `images` were seen in `seconds` in which the parts were done, too; None for too little."""
        learning = seconds - sum(self.seconds.values())
        if images <= 0 or learning < LEAST_SECONDS or not self.counts["grid"] or not self.counts["checkpoint"]:
            return None
        each = {part: self.seconds[part] / count if count else None for part, count in self.counts.items()}
        return Pace(self.start, learning / images, each["grid"] or 0.0, each["judged"], each["checkpoint"] or 0.0)


def since_start() -> float:
    """Seconds since this process was started, by the system."""
    return max(0.0, time.time() - psutil.Process().create_time())


def note(run: Run, pace: Pace, device: torch.device) -> None:
    """Keeps the pace of `run` in its folder, for trainings with like settings. Raises ForgerError on a full disk."""
    write_json(run.folder / PACE, asdict(pace) | {"here": here(device)})


def noted(config: Config, device: torch.device) -> tuple[Run, Pace] | None:
    """The most recently active run with like settings that was trained here, and its pace; None where there is none.

    One that says nothing about measurements of quality does not count where `config` has some.
    """
    counts, place = what_counts(config), here(device)
    for run in runs.list_runs():
        kept = read_json(run.folder / PACE)
        if not isinstance(kept, dict) or kept.pop("here", None) != place or what_counts(run.config) != counts:
            continue
        if kept.keys() != {item.name for item in fields(Pace)}:
            continue
        if not all(isinstance(kept[part], (int, float)) for part in kept if part != "judged" or kept[part] is not None):
            continue
        pace = Pace(**kept)
        if pace.judged is not None or not config.measure_every:
            return run, pace
    return None


def here(device: torch.device) -> str:
    """A mark of all that decides the pace beside the settings: machine, device, PyTorch, this version's code, and what
    a person has said about threads. It names none of them, since run folders are passed on."""
    threads = [os.environ.get(name) for name in (*WAITING_VARIABLES, "OMP_NUM_THREADS")]
    parts = (platform.node(), devices.describe(device), torch.__version__, _code(), threads)
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:16]


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for path in sorted((PROJECT / "gan").rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
