"""What a training leaves in its run's folder: grids, the generator with its card, moments, the best, checkpoints."""

from collections.abc import Collection
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from gan.data import Pictures
from gan.generators import folder as files
from gan.learning.config import configure
from gan.learning.trainer import Trainer
from gan.paths import write_file
from gan.pictures.files import jpeg_bytes, png_bytes
from gan.runs import grids
from gan.runs.checkpoint import load_newest, write_checkpoint
from gan.runs.log import MetricLog, trim_log
from gan.runs.run import Run, Status
from gan.runs.verdicts import append_verdicts
from gan.training.desk import Desk
from gan.training.sheets import Sheet, new_preview, new_sheet


def keep_first_grid(run: Run, sheet: Sheet, generator: nn.Module) -> None:
    """What the forger scribbles before its first lesson."""
    _write_grid(run, sheet, sheet.scribbled_by(generator), 0)


def _write_grid(run: Run, sheet: Sheet, pictures: np.ndarray, images_seen: int) -> None:
    write_file(grids.grid_path(run.grids_folder, images_seen), jpeg_bytes(sheet.lay_out(pictures)))


class Keeper:
    """Keeps what `trainer` has learned from `pictures` in the folder of `run`, and finds it again there. `numbers` are
    what the run calls them (`gan.runs.contents`), where that is not their places."""

    def __init__(
        self, run: Run, pictures: Pictures, trainer: Trainer, log: MetricLog, numbers: np.ndarray | None = None
    ):
        self.run, self.pictures, self.trainer, self.log = run, pictures, trainer, log
        _, held_out = pictures.split()
        self.sheet, self.preview = new_sheet(run.config, pictures.array, held_out), new_preview(run.config)
        self.desk = Desk(self.sheet, pictures.array, held_out, trainer, numbers)

    @property
    def is_saved(self) -> bool:
        """Whether the newest checkpoint is of now."""
        checkpoints = self.run.checkpoints()
        return bool(checkpoints) and int(checkpoints[-1].stem) == self.trainer.images_seen

    def keep_first(self, scribbler: nn.Module) -> None:
        """What the forger scribbles before its first lesson, and what an inspector that knows nothing thinks of it."""
        pictures = self.sheet.scribbled_by(scribbler)
        if not self.run.grids():
            _write_grid(self.run, self.sheet, pictures, 0)
        append_verdicts(self.run.verdicts_path, self.desk.judge(pictures))

    def keep_grid(self) -> None:
        """The averaged generator's sheet, and what the inspector thinks of it."""
        pictures = self.sheet.pictures_by(self.trainer.average)
        _write_grid(self.run, self.sheet, pictures, self.trainer.images_seen)
        append_verdicts(self.run.verdicts_path, self.desk.judge(pictures))

    def keep_moment(self, before: int) -> None:
        """The generator as it is now, where one is due since `before` images, to be compared with later ones."""
        if files.is_moment(before, self.trainer.images_seen):
            files.save_moment(
                self.run.folder, self.trainer.average, self.trainer.discriminator, self.trainer.images_seen
            )

    def save(self, status: Status, quality: dict[str, Any] | None) -> None:
        """A checkpoint and the generator that goes with it; then the oldest checkpoints go."""
        self.log.check_finite()  # never let a broken state push out a good one
        state = {
            "trainer": self.trainer.state_dict(),
            "log": self.log.state_dict(),
            "seconds": status.seconds,
        }
        self.save_generator(self.run.folder, status, quality)
        # Last, since a run that was killed between these files must find it worthwhile to write them again.
        write_checkpoint(self.run, self.trainer.images_seen, state)

    def save_generator(self, folder: Path, status: Status, quality: dict[str, Any] | None) -> None:
        """The averaged generator as it is now; `quality` is what was measured of it, if that was."""
        # A path would tell strangers about this machine; its last part says enough.
        source = Path(self.pictures.source).name
        card = {
            "title": self.run.name,
            "config": configure(self.run.config, data=source).to_dict(),
            "images_seen": self.trainer.images_seen,
            "data": {"source": source, "pictures": len(self.pictures)},
            "training": {"seconds": round(status.seconds), "machine": status.device}
            | ({"turned": self.trainer.turned} if self.trainer.turned else {}),
        } | ({"quality": quality} if quality else {})
        preview = png_bytes(self.preview.by(self.trainer.average))
        # With its inspector, for people to see where that was not fooled, and for others to start from.
        files.save_generator(folder, self.trainer.average, card, preview, self.trainer.discriminator)

    def restore(self, device: torch.device, apart_from: Collection[str] = ()) -> float | None:
        """Goes on from the newest checkpoint that can be read, and forgets what was logged after it. The settings in
        `apart_from` may be others there (`Trainer.load_state_dict`).

        Returns the seconds of training until then; None where there is no checkpoint yet.
        """
        seconds = None

        def load(state: dict[str, Any]) -> None:
            nonlocal seconds
            self.trainer.load_state_dict(state["trainer"], apart_from)
            self.log.load_state_dict(state["log"], device)
            seconds = float(state["seconds"])

        for leftover in self.run.folder.rglob(".*.tmp"):
            leftover.unlink()
        load_newest(self.run, device, load)
        logs = self.run.metrics_path, self.run.quality_path, self.run.verdicts_path, self.run.turns_path
        for log in logs:
            trim_log(log, self.trainer.images_seen)
        grids.trim_grids(self.run.grids_folder, self.trainer.images_seen)
        return seconds
