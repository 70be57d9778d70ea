"""The trainer process: turns steps into a log, sample grids, checkpoints and a heartbeat, and obeys a stop request."""

import copy
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import FrameType
from typing import Any

import numpy as np
import torch
from torch import nn

from gan import device as devices
from gan import grids, history, models, runs
from gan.checkpoint import load_newest, write_checkpoint
from gan.config import configure
from gan.data import open_pictures
from gan.errors import ForgerError
from gan.head_start import find_head_start, load_head_start
from gan.judge import new_judge
from gan.pair_trainer import new_trainer
from gan.paths import write_atomically
from gan.pictures import jpeg_bytes, png_bytes
from gan.run import Run, State, Status
from gan.sheets import LatentSheet, new_preview, new_sheet
from gan.trainer import new_generator

HEARTBEAT_SECONDS = 1.0

Report = Callable[[Status], None]


def train(run: Run, target_images: int, device: str = "auto", report: Report = lambda status: None) -> Status:
    """Trains `run` in this process until `target_images` in all, or until it is asked to stop (file, Ctrl-C, SIGTERM).

    Returns the last status. `report` is given every heartbeat. Raises ForgerError where another run is training
    and where this one fails; then the message stands in its status, too.
    """
    status = runs.claim(run, target_images)
    try:
        return _Work(run, status, report).until(target_images, devices.choose(device))
    except ForgerError as error:
        _leave(run, str(error))
        raise
    except (MemoryError, torch.OutOfMemoryError) as error:
        message = "The memory is full. Start again with a smaller batch size, a smaller width or fewer pixels."
        _leave(run, message)
        raise ForgerError(message) from error
    except Exception as error:
        _leave(run, f"The trainer failed: {type(error).__name__}: {error}")
        raise


def _leave(run: Run, message: str) -> None:
    try:
        run.write_status(replace(run.status(), state=State.FAILED, message=message))
    except ForgerError:
        pass  # the disk is full: the dead process says enough


class _Stopped(Exception):
    """Leads out of the reading of a data set, which knows nothing of stop requests."""


class _Work:
    """The trainer's way through one run."""

    def __init__(self, run: Run, status: Status, report: Report):
        self.run, self.status, self.report = run, status, report
        self.log = history.MetricLog(run.metrics_path)
        self.stop_signal = False
        self.last_beat = 0.0

    def until(self, target_images: int, device: torch.device) -> Status:
        config = self.run.config
        devices.prepare(device)
        self._catch_signals()
        self.beat(message="Preparing the pictures.", device=devices.describe(device))
        head_start = find_head_start(config) if config.start_from and not self.run.checkpoints() else None
        begins = not self.run.checkpoints() and not self.run.grids() and not head_start
        if begins and not config.task:  # a scribble can be seen before the pictures are ready
            self.sheet = LatentSheet(config)
            self.draw_first_grid(new_generator(config))
        try:
            self.pictures = open_pictures(config.data, config.resolution, self._preparing)
        except _Stopped:
            return self._obey(State.STOPPED, "Stopped while the pictures were being prepared.")
        self.sheet, self.preview = new_sheet(config, self.pictures.array), new_preview(config)
        self.trainer = new_trainer(config, self.pictures.array, device)
        self.judge = new_judge(self.run, self.pictures, device, self._preparing)
        self._begin(head_start)
        self.beat(state=State.TRAINING, message="")
        last_log, logged_images = time.monotonic(), self.trainer.images_seen
        while self.trainer.images_seen < target_images and not self.asked_to_stop():
            before = self.trainer.images_seen
            started = time.monotonic()
            self.log.add(self.trainer.step())
            now = self.trainer.images_seen
            if self._crossed(before, config.log_every):
                elapsed = time.monotonic() - last_log
                speed = (now - logged_images) / max(elapsed, 1e-9)
                self.log.flush(now, self.trainer.epoch, speed)
                last_log, logged_images = time.monotonic(), now
                self.status = replace(self.status, images_per_second=speed)
            self._keep(before)
            self.status = replace(self.status, seconds=self.status.seconds + time.monotonic() - started)
            if time.monotonic() - self.last_beat > HEARTBEAT_SECONDS:
                self.beat()
        return self._finish(target_images)

    def _keep(self, before: int) -> None:
        """Draws, measures and saves what the step since `before` images made due."""
        config, now = self.run.config, self.trainer.images_seen
        if self._crossed(before, config.sample_every):
            self.draw_grid()
        if config.measure_every and self._crossed(before, config.measure_every):
            self.measure()
        if config.task and models.is_moment(before, now):
            self.keep_moment()
        if self._crossed(before, config.checkpoint_every):  # last: a run killed before it does all this again
            self.save()

    def _begin(self, head_start: Run | None) -> None:
        """Goes back to where this run came to, or to where it starts from, and sees to the first grid."""
        self._restore()
        if head_start:
            load_head_start(self.trainer, head_start)
        if not self.run.grids():
            if self.trainer.images_seen:  # it trains on from where another one came to
                self.draw_grid()
            else:
                self.draw_first_grid(copy.deepcopy(self.trainer.generator).cpu())

    def _finish(self, target_images: int) -> Status:
        if not self.run.checkpoints() or int(self.run.checkpoints()[-1].stem) != self.trainer.images_seen:
            self.draw_grid()
            if self.run.config.measure_every and not self.asked_to_stop():
                self.measure()
            self.save()
        return self._obey(State.FINISHED if self.trainer.images_seen >= target_images else State.STOPPED)

    def _obey(self, state: str, message: str = "") -> Status:
        self.run.stop_path.unlink(missing_ok=True)
        self.beat(state=state, message=message)
        return self.status

    def beat(self, **changes: Any) -> None:
        """Writes the heartbeat, with some of its fields changed."""
        if hasattr(self, "trainer"):
            changes |= {"images_seen": self.trainer.images_seen, "epoch": self.trainer.epoch}
        self.status = replace(self.status, **changes)
        self.run.write_status(self.status)
        self.last_beat = time.monotonic()
        self.report(self.status)

    def asked_to_stop(self) -> bool:
        return self.stop_signal or self.run.stop_path.exists()

    def _catch_signals(self) -> None:
        def ask(number: int, frame: FrameType | None) -> None:
            self.stop_signal = True

        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, ask)

    def _crossed(self, before: int, every: int) -> bool:
        return self.trainer.images_seen // every > before // every

    def _preparing(self, done: int, total: int | None) -> None:
        if self.asked_to_stop():
            raise _Stopped
        if time.monotonic() - self.last_beat > HEARTBEAT_SECONDS:
            self.beat(message=f"Preparing the pictures: {done:,} of {total:,}." if total else f"Preparing: {done:,}.")

    def draw_first_grid(self, generator: nn.Module) -> None:
        """What the forger scribbles before its first lesson."""
        self._write_grid(self.sheet.scribble(generator), 0)

    def draw_grid(self) -> None:
        """The averaged generator's sheet."""
        self._write_grid(self.sheet.draw(self.trainer.average), self.trainer.images_seen)

    def _write_grid(self, sheet: np.ndarray, images_seen: int) -> None:
        content = jpeg_bytes(sheet)
        path = grids.grid_path(self.run.grids_folder, images_seen)
        write_atomically(path, lambda temporary: temporary.write_bytes(content))

    def measure(self) -> None:
        """How close to real pictures the averaged generator is now; the best one is kept beside the last."""
        try:
            best = self.judge.judge(self.trainer.average, self.trainer.images_seen)
        except _Stopped:
            return  # the loop will see it, too
        except ForgerError as error:
            print(f"Not measured: {error}", flush=True)
            return
        finally:
            self.beat(message="")
        if best:
            self._save_generator(self.run.best_folder)

    def save(self) -> None:
        """A checkpoint and the generator that goes with it; then the oldest checkpoints go."""
        self.log.check_finite()  # never let a broken state push out a good one
        state = {
            "trainer": self.trainer.state_dict(),
            "log": self.log.state_dict(),
            "seconds": self.status.seconds,
        }
        self._save_generator(self.run.folder)
        # Last, since a run that was killed between these files must find it worthwhile to write them again.
        write_checkpoint(self.run, self.trainer.images_seen, state)

    def _save_generator(self, folder: Path) -> None:
        preview = png_bytes(self.preview.draw(self.trainer.average))
        folder.mkdir(exist_ok=True)
        write_atomically(folder / models.PREVIEW, lambda temporary: temporary.write_bytes(preview))
        if self.run.config.task:  # beside the picture, people see where it was not fooled
            models.save_weights(folder / models.DISCRIMINATOR, self.trainer.discriminator, torch.float16)
        models.save_generator(folder, self.trainer.average, self._card())

    def keep_moment(self) -> None:
        """The generator as it is now, to be compared with later ones."""
        path = models.moment_path(self.run.folder, self.trainer.images_seen)
        path.parent.mkdir(exist_ok=True)
        models.save_weights(path, self.trainer.average, torch.float16)

    def _card(self) -> dict[str, Any]:
        # A path would tell strangers about this machine; its last part says enough.
        source = Path(self.pictures.source).name
        measured = self.judge.figures.get("images") == self.trainer.images_seen
        return {
            "title": self.run.name,
            "config": configure(self.run.config, data=source).to_dict(),
            "images_seen": self.trainer.images_seen,
            "data": {"source": source, "pictures": len(self.pictures)},
            "training": {"seconds": round(self.status.seconds), "machine": self.status.device},
        } | ({"quality": self.judge.figures} if measured else {})

    def _restore(self) -> None:
        """Goes on from the newest checkpoint that can be read, and forgets what was logged after it."""
        for leftover in self.run.folder.rglob(".*.tmp"):
            leftover.unlink()
        load_newest(self.run, self.trainer.device, self._load)
        for log in (self.run.metrics_path, self.run.quality_path):
            history.trim_log(log, self.trainer.images_seen)
        grids.trim_grids(self.run.grids_folder, self.trainer.images_seen)

    def _load(self, state: dict[str, Any]) -> None:
        self.trainer.load_state_dict(state["trainer"])
        self.log.load_state_dict(state["log"], self.trainer.device)
        self.status = replace(self.status, seconds=float(state["seconds"]))
