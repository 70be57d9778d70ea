"""The trainer process: turns steps into a log, sample grids, checkpoints and a heartbeat, and obeys a stop request."""

import copy
import io
import signal
import time
import zipfile
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
from gan.config import configure
from gan.data import open_pictures
from gan.errors import ForgerError
from gan.head_start import find_head_start, load_head_start
from gan.judge import Judge
from gan.paths import write_atomically
from gan.pictures import grid, jpeg_bytes, png_bytes
from gan.run import Run, State, Status
from gan.sampling import generate, latents, to_uint8
from gan.trainer import Trainer, new_generator

HEARTBEAT_SECONDS = 1.0
# The seeds behind every sample grid: the same in all runs, and those that Generate shows first.
FIRST_SEED = 1

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


def _sheet(pictures: np.ndarray) -> np.ndarray:
    return grid(pictures, columns=round(len(pictures) ** 0.5))


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
        self.latents = latents(
            range(FIRST_SEED, FIRST_SEED + config.sample_count),
            config.latent_size,
            config.latent_distribution,
        )
        head_start = None
        if not self.run.checkpoints():
            head_start = find_head_start(config) if config.start_from else None
            if not head_start and not self.run.grids():
                self.draw_first_grid(new_generator(config))
        try:
            self.pictures = open_pictures(config.data, config.resolution, self._preparing)
        except _Stopped:
            return self._obey(State.STOPPED, "Stopped while the pictures were being prepared.")
        self.trainer = Trainer(config, self.pictures.array, device)
        self.judge = Judge(self.run, self.pictures, device, self._preparing)
        self._restore()
        if head_start:
            load_head_start(self.trainer, head_start)
            self.draw_first_grid(copy.deepcopy(self.trainer.generator).cpu())
        if not self.run.grids():
            self.draw_grid()
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
            if self._crossed(before, config.sample_every):
                self.draw_grid()
            if config.measure_every and self._crossed(before, config.measure_every):
                self.measure()
            if self._crossed(before, config.checkpoint_every):
                self.save()
            self.status = replace(self.status, seconds=self.status.seconds + time.monotonic() - started)
            if time.monotonic() - self.last_beat > HEARTBEAT_SECONDS:
                self.beat()
        return self._finish(target_images)

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
        """What the forger scribbles before its first lesson (batch statistics: it has no running ones yet)."""
        with torch.no_grad():
            self._write_grid(to_uint8(generator(self.latents)), 0)

    def draw_grid(self) -> None:
        """The averaged generator's pictures from the run's own latents."""
        self._write_grid(generate(self.trainer.average, self.latents), self.trainer.images_seen)

    def _write_grid(self, pictures: np.ndarray, images_seen: int) -> None:
        content = jpeg_bytes(_sheet(pictures))
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
        # In memory first: on a full disk torch.save itself would say something that nobody understands.
        content = io.BytesIO()
        torch.save(state, content)
        # Last, since a run that was killed between these files must find it worthwhile to write them again.
        write_atomically(
            self.run.checkpoints_folder / f"{self.trainer.images_seen:010d}.pt",
            lambda temporary: temporary.write_bytes(content.getbuffer()),
        )
        for path in self.run.checkpoints()[: -self.run.config.keep_checkpoints]:
            path.unlink()

    def _save_generator(self, folder: Path) -> None:
        preview = png_bytes(_sheet(generate(self.trainer.average, self.latents)))
        folder.mkdir(exist_ok=True)
        write_atomically(folder / models.PREVIEW, lambda temporary: temporary.write_bytes(preview))
        models.save_generator(folder, self.trainer.average, self._card())

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
        broken = []
        for path in reversed(self.run.checkpoints()):
            try:
                self._load(path)
                break
            except ForgerError:
                raise
            except Exception as error:  # torch names no type for a torn file
                print(f"{path.name} cannot be read ({error}); trying the one before it.", flush=True)
                broken.append(path)
        else:
            if broken:
                raise ForgerError("None of this run's checkpoints can be read; start a new run.")
        for path in broken:  # or it would pass for the newest, and push out good ones
            path.rename(path.with_suffix(".broken"))
        for log in (self.run.metrics_path, self.run.quality_path):
            history.trim_log(log, self.trainer.images_seen)
        grids.trim_grids(self.run.grids_folder, self.trainer.images_seen)

    def _load(self, path: Path) -> None:
        # torch.load takes a flipped bit for a number; the sums in the file know better.
        with zipfile.ZipFile(path) as archive:
            if torn := archive.testzip():
                raise ValueError(f"{torn} is damaged")
        state = torch.load(path, map_location=self.trainer.device, weights_only=True)
        self.trainer.load_state_dict(state["trainer"])
        self.log.load_state_dict(state["log"], self.trainer.device)
        self.status = replace(self.status, seconds=float(state["seconds"]))
