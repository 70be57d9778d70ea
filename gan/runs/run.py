"""One run: its folder, its frozen settings and its heartbeat.

runs/NAME/config.json              the frozen settings
          status.json              the heartbeat: state, process, images seen, speed, message
          metrics.jsonl            the log, one line a point
          quality.jsonl            the measurements, one line each
          verdicts.jsonl           the inspector's verdicts at each grid (`gan.runs.verdicts`)
          pace.json                what its last training cost here, part by part (`gan.training.pace`)
          grids/0000004096.jpg     sample grids from the same latents, named after the images seen
          checkpoints/0000010000.pt  the whole training state
          generator.safetensors, card.json, ...   the generator, as of the last checkpoint (`gan.generators.folder`)
          best/                    the best generator so far, by those measurements
          turns.jsonl              what was turned while it trained: image, setting, value (`gan.runs.requests`)
          contents.npz             which pictures it learns from, by their pixels (`gan.runs.contents`)
          changes.jsonl            another place of them, or batch size, since a resume (`gan.runs.changes`)
          requests.jsonl           what else is asked of its trainer, there while one is at work
          lesson.json, lesson.jpg  the newest step that was watched (`gan.runs.lesson`)
          stop                     a request to stop, there while it is not yet obeyed
          log.txt                  what the trainer process printed
"""

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import psutil

from gan.errors import ForgerError
from gan.learning.config import Config
from gan.paths import overwrite, read_json, write_json
from gan.runs import grids

# Of seconds or images, in a heartbeat that can be believed: 300,000 years.
LONGEST = 1e13


class State(StrEnum):
    """How a run stands. A trainer is at work in the first three."""

    PREPARING = "preparing"
    TRAINING = "training"
    PAUSED = "paused"
    NEW = "new"
    STOPPED = "stopped"
    FINISHED = "finished"
    FAILED = "failed"
    INTERRUPTED = "interrupted"


@dataclass(frozen=True)
class Status:
    """A run's heartbeat. `target_images` is where it stops by itself; `seconds` is its training time so far.

    `images_per_second` is its speed of the last minutes, all included (`gan.training.speed`); the log has that of each
    of its intervals. `process_started` is by the clock, `process_since_boot` from when the machine was switched on.
    """

    state: State = State.NEW
    message: str = ""
    images_seen: int = 0
    target_images: int = 0
    images_per_second: float = 0.0
    seconds: float = 0.0
    epoch: float = 0.0
    device: str = ""
    pid: int = 0
    process_started: float = 0.0
    process_since_boot: float = 0.0
    updated: float = 0.0

    @property
    def working(self) -> bool:
        """Whether a trainer is at work, or was when this was written."""
        return self.state in (State.PREPARING, State.TRAINING, State.PAUSED)

    @property
    def seconds_left(self) -> float | None:
        """Until the target at the present speed; None while that is not known."""
        if self.images_per_second <= 0:
            return None
        return max(0, self.target_images - self.images_seen) / self.images_per_second


@dataclass(frozen=True)
class Run:
    """One training's folder and its settings, as they are since it was resumed last."""

    folder: Path
    config: Config
    called: str = ""  # where it is not called as its folder

    @property
    def name(self) -> str:
        return self.called or self.folder.name

    @property
    def metrics_path(self) -> Path:
        return self.folder / "metrics.jsonl"

    @property
    def quality_path(self) -> Path:
        return self.folder / "quality.jsonl"

    @property
    def verdicts_path(self) -> Path:
        return self.folder / "verdicts.jsonl"

    @property
    def turns_path(self) -> Path:
        return self.folder / "turns.jsonl"

    @property
    def best_folder(self) -> Path:
        return self.folder / "best"

    @property
    def grids_folder(self) -> Path:
        return self.folder / "grids"

    @property
    def checkpoints_folder(self) -> Path:
        return self.folder / "checkpoints"

    @property
    def stop_path(self) -> Path:
        return self.folder / "stop"

    @property
    def log_path(self) -> Path:
        return self.folder / "log.txt"

    @property
    def alive(self) -> bool:
        """Whether a trainer process is at work on this run."""
        return self.status().working

    def checkpoints(self) -> list[Path]:
        """The training states, oldest first."""
        return sorted(path for path in self.checkpoints_folder.glob("*.pt") if path.stem.isdecimal())

    def grids(self) -> list[int]:
        """After how many images grids were drawn, rising."""
        return grids.list_grids(self.grids_folder)

    def status(self) -> Status:
        """The heartbeat; a run whose process died without a word is `interrupted`."""
        values = read_json(self.folder / "status.json")
        try:
            status = Status(**values | {"state": State(values["state"])}) if values else Status()
            for item in fields(Status):
                kind: Any = (int, float) if item.type is float else item.type
                value = getattr(status, item.name)
                if not isinstance(value, kind) or (not isinstance(value, str) and not 0 <= value <= LONGEST):
                    raise TypeError(item.name)
        except (TypeError, ValueError, KeyError):  # not what `write_status` wrote
            return Status(state=State.FAILED, message="The status of this run cannot be read.")
        if status.working and not _lives(status):
            message = "The trainer process ended without a word: it was killed, or the memory was full."
            return replace(status, state=State.INTERRUPTED, message=message)
        return status

    def write_status(self, status: Status) -> None:
        """The heartbeat, written by whoever is at work on the run. Raises ForgerError where it cannot be.

        How a run ended is said on a full disk, too, or it would look as if it had been killed.
        """
        path, values = self.folder / "status.json", asdict(replace(status, updated=time.time()))
        try:
            write_json(path, values)
        except ForgerError:
            if status.working:
                raise
            with suppress(OSError):
                overwrite(path, json.dumps(values).encode())
                return
            raise


def _lives(status: Status) -> bool:
    try:
        process = psutil.Process(status.pid)
        # A number alone is not a process: the system gives it away again. Not to the second, since a corrected clock
        # moves the start of every process; one that is set moves it by hours, but not that it came so long after boot.
        started = process.create_time()
        same = abs(started - status.process_started) < 60 or (
            status.process_since_boot > 0 and abs(started - psutil.boot_time() - status.process_since_boot) < 0.1
        )
        return same and process.status() != psutil.STATUS_ZOMBIE
    except (psutil.Error, ValueError, OverflowError):  # the last two: no system has such a number
        return False
