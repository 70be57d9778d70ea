"""The logs of a run: one JSON line a point, appended by the trainer and read by any number of viewers."""

import json
import math
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from gan.errors import ForgerError
from gan.learning.schedule import MOVABLE
from gan.learning.trainer import METRICS
from gan.paths import LARGEST, elsewhere, is_number, write_atomically

# The last ones are settings, where a schedule moves them.
COLUMNS = ("images", "kimg", "epoch", "images_per_second", *METRICS, *MOVABLE)


class MetricLog:
    """Averages the metrics of each step and appends one line for each interval to `path`."""

    def __init__(self, path: Path):
        self.path = path
        self._sums: dict[str, Tensor] = {}
        self._counts: Counter[str] = Counter()  # not every step measures everything

    def add(self, metrics: dict[str, Tensor]) -> None:
        """Takes one step's metrics. Nothing is read from the device yet, so a card need not wait."""
        for name, value in metrics.items():
            self._sums[name] = self._sums.get(name, 0) + value.double()
        self._counts.update(metrics.keys())

    def flush(
        self, images_seen: int, epoch: float, images_per_second: float, settings: Mapping[str, float] | None = None
    ) -> dict[str, float]:
        """Appends the means since the last line, and the `settings` that moved to where they are now.

        Returns the line. `check_finite` has the last word before.
        """
        sums = self._read()
        line = {
            "images": images_seen,
            "kimg": images_seen / 1000,
            "epoch": epoch,
            "images_per_second": images_per_second,
        }
        line |= {name: value / self._counts[name] for name, value in sums.items()} | dict(settings or {})
        append_line(self.path, line)
        self._sums, self._counts = {}, Counter()
        return line

    def check_finite(self) -> None:
        """Raises ForgerError, saying what to try, once a loss or gradient since the last line was not finite."""
        self._read()

    def _read(self) -> dict[str, float]:
        """The sums, fetched from the device all at once; raises as `check_finite` does."""
        values = torch.stack(list(self._sums.values())).tolist() if self._sums else []
        sums = dict(zip(self._sums, values, strict=True))
        broken = [name for name, value in sums.items() if not math.isfinite(value)]
        if broken:
            raise ForgerError(
                f"The training broke down: {', '.join(broken)} is no longer a finite number. Start again with smaller "
                "learning rates (both halved, say) or a larger batch. The last checkpoint is untouched."
            )
        return sums

    def state_dict(self) -> dict[str, Any]:
        """The unfinished interval, so that a resumed run writes the same next line."""
        return {"sums": {name: value.cpu() for name, value in self._sums.items()}, "counts": dict(self._counts)}

    def load_state_dict(self, state: dict[str, Any], device: torch.device) -> None:
        """The opposite of `state_dict`."""
        self._sums = {name: value.to(device) for name, value in state["sums"].items()}
        # Older states have one number for all.
        self._counts = Counter(state["counts"] if "counts" in state else dict.fromkeys(self._sums, state["count"]))


def append_line(path: Path, line: Mapping[str, Any]) -> None:
    """Adds one point to a log; it must hold `images`. Raises ForgerError where the log cannot be written."""
    try:
        with open(path, "a") as file:
            file.write(json.dumps(line) + "\n")
    except OSError as error:
        raise ForgerError(f"The log “{path}” cannot be written: {error.strerror or error}.{elsewhere(path)}") from error


def read_columns(
    path: Path, names: tuple[str, ...] = COLUMNS, alike: str = "", after: int = -1
) -> dict[str, np.ndarray]:
    """A log's columns, each of shape (lines,); a line that is still being written is left out.

    Only lines of `after` so many images; with the name of a column as `alike`, those that say the same there as the
    last one.
    """
    lines = [line for line in read_lines(path) if line["images"] > after]
    if not lines:
        return {}
    if alike:
        lines = [line for line in lines if line.get(alike) == lines[-1].get(alike)]
    return {name: np.array([_number(line.get(name)) for line in lines]) for name in names}


def _number(value: Any) -> float:
    return float(value) if is_number(value) else math.nan


def trim_log(path: Path, images_seen: int) -> None:
    """Forgets the lines after `images_seen`, which a resumed run is about to write again."""
    if path.exists():
        kept = [json.dumps(line) + "\n" for line in read_lines(path) if line["images"] <= images_seen]
        write_atomically(path, lambda temporary: temporary.write_text("".join(kept)))


def read_lines(path: Path) -> list[dict[str, Any]]:
    """A log's lines; one that is damaged or still being written is left out."""
    lines = []
    for text in path.read_text(errors="replace").splitlines() if path.exists() else []:
        with suppress(ValueError, RecursionError):
            line = json.loads(text)
            if isinstance(line, dict) and isinstance(line.get("images"), int) and abs(line["images"]) <= LARGEST:
                lines.append(line)
    return lines
