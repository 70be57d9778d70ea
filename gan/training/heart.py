"""A trainer's heartbeat: what it says of itself while it works, and whether it was asked to stop meanwhile."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from gan.learning.trainer import Trainer
from gan.runs.run import Run, Status
from gan.training.speed import Speed
from gan.training.stop_signal import StopSignal

SECONDS = 1.0  # between two beats

Report = Callable[[Status], None]


class Stopped(Exception):
    """Leads out of something long that knows nothing of stop requests."""


class Heart:
    """Of a run in this process. Ctrl-C and SIGTERM are requests to stop from now on, as is the file in the run."""

    def __init__(self, run: Run, status: Status, report: Report):
        self.run, self.status, self.report = run, status, report
        self.last_beat = 0.0
        self.trainer: Trainer | None = None  # while the pictures are prepared
        self.speed: Speed | None = None  # from the first step on
        self.stop_signal = StopSignal()
        self.was_forgotten = False

    def note(self, **changes: Any) -> None:
        """Changes fields of the status; the next beat says it."""
        self.status = replace(self.status, **changes)

    def beat(self, **changes: Any) -> None:
        """Writes the status, with some of its fields changed. Raises ForgerError on a full disk."""
        if self.trainer:
            changes |= {"images_seen": self.trainer.images_seen, "epoch": self.trainer.epoch}
            if self.speed and (known := self.speed.beat(self.trainer.images_seen, time.monotonic())):
                changes["images_per_second"] = known
        self.note(**changes)
        self.run.write_status(self.status)
        self.last_beat = time.monotonic()
        self.report(self.status)

    @property
    def is_due(self) -> bool:
        """Whether the last beat is long enough ago."""
        return time.monotonic() - self.last_beat > SECONDS

    def time_anew(self) -> None:
        """Measures the speed from now on: a pause is no slow training."""
        assert self.trainer
        self.speed = Speed(self.trainer.images_seen, time.monotonic())
        self.note(images_per_second=0.0)

    def preparing(self, done: int, total: int | None) -> None:
        """How far the pictures are. Raises Stopped where a stop was asked for, as `measuring` does."""
        self._going_on("Preparing the pictures", done, total)

    def measuring(self, what: str, done: int, total: int | None) -> None:
        """How far a measurement is."""
        self._going_on(f"Measuring ({what})", done, total)

    def _going_on(self, what: str, done: int, total: int | None) -> None:
        if self.asked_to_stop():
            raise Stopped
        if self.is_due:
            self.beat(message=f"{what}: {done:,} of {total:,}." if total else f"{what}: {done:,}.")

    def asked_to_stop(self) -> bool:
        """Whether anybody did."""
        return self.stop_signal.came or self.run.stop_path.exists()

    def forget(self) -> None:
        """Asks to stop because nobody has ended a pause."""
        self.stop_signal.came = self.was_forgotten = True

    def who_asked(self) -> str:
        """Who asked to stop."""
        if self.was_forgotten:
            return "itself, after a pause that nobody ended"
        try:
            return self.run.stop_path.read_text(encoding="utf-8", errors="replace")[:100] or "a request without a name"
        except OSError:
            return "its terminal or a signal"
