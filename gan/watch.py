"""How a run stands now, gathered once for any number of viewers."""

from dataclasses import dataclass

import numpy as np

from gan.history import grid_path, read_metrics
from gan.runs import Run, Status


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run at one moment: `metrics` are the log's columns, each (points,); `grid` is the newest sheet, a JPEG file."""

    status: Status
    metrics: dict[str, np.ndarray]
    grids: list[int]
    grid: bytes | None


def look(run: Run) -> Snapshot:
    """Reads the run's folder; nothing in it is changed."""
    grids = run.grids()
    return Snapshot(
        status=run.status(),
        metrics=read_metrics(run.metrics_path),
        grids=grids,
        grid=read_grid(run, grids[-1]) if grids else None,
    )


def grid_at(grids: list[int], images_seen: int) -> int | None:
    """Which of `grids` (rising) was the newest after `images_seen` images."""
    return next((images for images in reversed(grids) if images <= images_seen), None)


def read_grid(run: Run, images_seen: int) -> bytes | None:
    """The sheet drawn after exactly `images_seen` images, a JPEG file; None where it has just been deleted."""
    path = grid_path(run.grids_folder, images_seen)
    return path.read_bytes() if path.exists() else None
