"""What the inspector thought of forgeries and of real pictures whenever a grid was drawn: `verdicts.jsonl` of a run.

Each line holds logits (above 0: "I think it is real"; with the relativistic loss only their differences mean
something) and the places of the real pictures in their data set, never the pictures themselves.
"""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan.paths import is_number
from gan.runs.log import append_line, read_lines

DIGITS = 3
LOGITS, PLACES = ("forged", "real", "held_out"), ("real_places", "held_out_places")
RATIOS = ("diversity", "nearness", "distance")
MOST = 256  # pictures of each kind on a line: as many as a grid can have


@dataclass(frozen=True, eq=False)
class Verdicts:
    """The desk at one grid. `forged`, `real` and `held_out` are logits, each (n,): of the grid's own pictures in their
    order, of real pictures to learn from, and of real ones that the inspector never saw. `real_places` and
    `held_out_places` say which pictures of the data set those are; where pairs are judged, both are empty, `real` is
    empty, too, and `held_out` are the true pairs of the grid's own sources.

    `diversity` is how varied the forgeries are, 1: as real ones; `nearness` how near they lie to pictures that were
    learned from, 1: as those lie to each other, 0: copies; `distance` how far they are from real pictures as a whole,
    0: not at all, 1: as far apart as two real pictures. NaN where it was not measured.
    """

    images_seen: int
    forged: np.ndarray
    real: np.ndarray
    held_out: np.ndarray
    real_places: np.ndarray
    held_out_places: np.ndarray
    diversity: float = math.nan
    nearness: float = math.nan
    distance: float = math.nan

    @property
    def genuine(self) -> np.ndarray:
        """The logits of all real pictures, those learned from first."""
        return np.concatenate([self.real, self.held_out])

    @property
    def genuine_places(self) -> np.ndarray:
        """Which pictures of the data set those are."""
        return np.concatenate([self.real_places, self.held_out_places])

    @property
    def rank(self) -> float:
        """How often a real picture scores higher than a forgery, of all pairs."""
        return float((self.genuine[:, None] > self.forged).mean())

    @property
    def gap(self) -> float:
        """By how much pictures that it studies score higher than real ones that it never saw; NaN without either."""
        both = len(self.real) and len(self.held_out)
        return float(self.real.mean() - self.held_out.mean()) if both else math.nan


def append_verdicts(path: Path, verdicts: Verdicts) -> None:
    """Adds one line. Raises ForgerError where it cannot be written."""
    line: dict[str, Any] = {"images": verdicts.images_seen}
    line |= {name: np.round(getattr(verdicts, name).astype(float), DIGITS).tolist() for name in LOGITS}
    line |= {name: getattr(verdicts, name).tolist() for name in PLACES}
    for name in RATIOS:
        value = getattr(verdicts, name)
        if math.isfinite(value):
            line[name] = round(value, DIGITS)
    append_line(path, line)


def read_verdicts(path: Path) -> list[Verdicts]:
    """All lines, in their order; those that are damaged are left out."""
    found = []
    for line in read_lines(path):
        rows = [row for name in (*LOGITS, *PLACES) if (row := _numbers(line.get(name))) is not None]
        if len(rows) < len(LOGITS) + len(PLACES) or not len(rows[0]):
            continue
        forged, real, held_out, real_places, held_out_places = rows
        placed = len(real_places) + len(held_out_places)
        if placed and (len(real_places), len(held_out_places)) != (len(real), len(held_out)):
            continue
        places = (np.maximum(part, 0).astype(int) for part in (real_places, held_out_places))
        ratios = (_ratio(line.get(name)) for name in RATIOS)
        found.append(Verdicts(line["images"], forged, real, held_out, *places, *ratios))
    return found


def _numbers(values: Any) -> np.ndarray | None:
    """None for anything but a short list of finite numbers."""
    if not isinstance(values, list) or len(values) > MOST:
        return None
    if not all(map(is_number, values)):
        return None
    return np.array(values, float)


def _ratio(value: Any) -> float:
    return float(value) if is_number(value) and value >= 0 else math.nan
