"""How a run stands now, gathered once for any number of viewers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np

from gan.runs import changes
from gan.runs.grids import read_grid
from gan.runs.log import read_columns
from gan.runs.run import Run, Status
from gan.runs.verdicts import Verdicts, read_verdicts

PRINTED = 2_000  # characters
QUALITY = (
    "kimg", "kid", "kid_error", "pixels", "diversity", "perceptual", "perceptual_source", "perceptual_mean",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Snapshot:
    """A run at one moment: `metrics` are the log's columns, each (points,); `grid` is the newest sheet, a JPEG file;
    `printed` is the end of what the trainer process printed; `quality` are the columns `QUALITY` of the measurements
    on the same features as the last one, none yet: empty; `verdicts` are the inspector's at each grid."""

    status: Status
    metrics: dict[str, np.ndarray]
    grids: list[int]
    grid: bytes | None
    printed: str
    quality: dict[str, np.ndarray] = field(default_factory=dict)
    verdicts: Sequence[Verdicts] = ()


def look(run: Run) -> Snapshot:
    """Reads the run's folder; nothing in it is changed."""
    grids = run.grids()
    return Snapshot(
        status=run.status(),
        metrics=read_columns(run.metrics_path),
        grids=grids,
        grid=read_grid(run.grids_folder, grids[-1]) if grids else None,
        printed=_end(run.log_path),
        # Distances on other features have another scale, and those from other pictures another meaning, so no chart or
        # record may hold both.
        quality=read_columns(run.quality_path, QUALITY, alike="features", after=_pictures_since(run)),
        verdicts=_verdicts(run.verdicts_path),
    )


def _verdicts(path: Path) -> Sequence[Verdicts]:
    try:
        state = path.stat()
    except OSError:
        return ()
    return _read_verdicts(path, state.st_mtime_ns, state.st_size)


@lru_cache(maxsize=8)  # there is a line more every ten seconds, and a look every second
def _read_verdicts(path: Path, changed: int, size: int) -> Sequence[Verdicts]:
    return tuple(read_verdicts(path))


def _pictures_since(run: Run) -> int:
    return changes.since(run.folder, changes.PICTURES) or -1


def _end(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-PRINTED:] if log.exists() else ""
