"""How a run stands now, gathered once for any number of viewers."""

from dataclasses import dataclass

import numpy as np

from gan.grids import read_grid
from gan.history import read_metrics
from gan.run import Run, Status


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
        grid=read_grid(run.grids_folder, grids[-1]) if grids else None,
    )
