"""What generated pictures are measured against: a data set's own pictures, described once and kept on disk."""

import contextlib
import hashlib
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gan.data import Pictures
from gan.errors import ForgerError
from gan.paths import write_atomically
from gan.progress import Progress, ignore
from gan.quality.distances import Kid, mean_distance
from gan.quality.features import Features
from gan.quality.ladder import Ladder, ladder, rungs

VERSION = 1  # to be raised when anything below changes what is kept
MIN_PICTURES = 300  # 10 held-out pictures of 100 leave so much noise (KID 0.26) that blur passes as real; 30, 0.07
MAX_HELD_OUT = 2_000
MIN_APART = 300  # held-out pictures beyond those, to judge by them alone
MAX_LADDER = 500
MAX_TRAINING = 20_000


@dataclass(frozen=True, eq=False)
class Reference:
    """Real pictures that training did not see: features (N, F), mean distance of two, and the ladder."""

    held_out: np.ndarray
    mean_distance: float
    ladder: Ladder


@dataclass(frozen=True, eq=False)
class TrainingFeatures:
    """Features (N, F) of the pictures that training does see, and their `indices` (N,) in the data set."""

    features: np.ndarray
    indices: np.ndarray


def reference(pictures: Pictures, features: Features, progress: Progress = ignore, second: bool = False) -> Reference:
    """The held-out tenth (at most 2,000) described, and the ladder of at most 500 training pictures against it.

    For a `second` opinion it is the part of that tenth which `second_held_out` names, and the ladder is a sharp one.

    Takes half a minute of one core the first time, minutes at 256 pixels; then it lies beside the pictures. A broken
    file is made again, and where none can be written, the next time costs the same. `progress` hears (pictures
    described, in all).

    Raises ForgerError for fewer than 300 pictures: no distance of so few means anything.
    """
    training, held_out = _parts(pictures)
    path = _path(pictures, features, "second-reference" if second else "reference")
    if kept := _read(path, {"held_out", "mean_distance", "pixels", "values", "errors"}):
        kids = tuple(Kid(*map(float, pair)) for pair in zip(kept["values"], kept["errors"], strict=True))
        return Reference(kept["held_out"], float(kept["mean_distance"]), Ladder(tuple(kept["pixels"].tolist()), kids))
    held_out = second_held_out(pictures)[0] if second else _some(held_out, MAX_HELD_OUT)
    described = _Counter(pictures_to_describe(len(training), len(held_out), pictures.resolution), progress)
    training = _some(training, MAX_LADDER)
    held_out = features.extract_chosen(pictures.array, held_out, described=described)
    steps = ladder(pictures.array, training, held_out, features, described, sharp=second)
    made = Reference(held_out, mean_distance(held_out), steps)
    _keep(
        path,
        held_out=made.held_out,
        mean_distance=made.mean_distance,
        pixels=steps.pixels,
        values=[one.value for one in steps.kids],
        errors=[one.error for one in steps.kids],
    )
    return made


def second_held_out(pictures: Pictures) -> tuple[np.ndarray, bool]:
    """The held-out pictures for a second opinion, rising places (M,), and whether no training measured itself by them.

    Trainings measure by 2,000 of the held-out tenth. Where it has 300 more, these are taken, at most 2,000. Of a
    smaller data set trainings use the whole tenth, so that there is none apart; half of it would be as well
    known as all, and say less. Raises ForgerError for fewer than 300 pictures.
    """
    _, held_out = _parts(pictures)
    others = np.setdiff1d(held_out, _some(held_out, MAX_HELD_OUT))
    if len(others) >= MIN_APART:
        return _some(others, MAX_HELD_OUT), True
    return _some(held_out, MAX_HELD_OUT), False


def pictures_to_describe(training: int, held_out: int, resolution: int) -> int:
    """How many pictures `reference` describes the first time for a data set of so many; 0 where it refuses that."""
    if training + held_out < MIN_PICTURES:
        return 0
    return min(held_out, MAX_HELD_OUT) + min(training, MAX_LADDER) * len(rungs(resolution))


def is_kept(pictures: Pictures, features: Features) -> bool:
    """Whether `reference` lies beside the pictures already."""
    return _path(pictures, features, "reference").exists()


def training_features(pictures: Pictures, features: Features, progress: Progress = ignore) -> TrainingFeatures:
    """All training pictures described, or 20,000 of them by chance: minutes the first time, then kept as above.

    `progress` hears (pictures described, in all). Raises ForgerError for fewer than 300 pictures.
    """
    indices = _some(_parts(pictures)[0], MAX_TRAINING)
    path = _path(pictures, features, "training")
    if kept := _read(path, {"features"}):
        return TrainingFeatures(kept["features"].astype(np.float32), indices)
    described = features.extract_chosen(pictures.array, indices, described=_Counter(len(indices), progress))
    _keep(path, features=described.astype(np.float16))  # half the disk; distances stay the same to a thousandth
    return TrainingFeatures(described, indices)


class _Counter:
    """Adds up how many pictures were described, and tells."""

    def __init__(self, total: int, progress: Progress):
        self.done, self.total, self.progress = 0, total, progress

    def __call__(self, count: int) -> None:
        self.done += count
        self.progress(self.done, self.total)


def _parts(pictures: Pictures) -> tuple[np.ndarray, np.ndarray]:
    if len(pictures) < MIN_PICTURES:
        raise ForgerError(
            f"Measuring quality needs a data set of {MIN_PICTURES} pictures at least; this one has {len(pictures)}."
        )
    return pictures.split()


def _some(indices: np.ndarray, limit: int) -> np.ndarray:
    """At most `limit` of them, drawn by chance that is always the same: data sets come sorted by age or kind."""
    return np.sort(np.random.default_rng(0).permutation(indices)[:limit])


def _path(pictures: Pictures, features: Features, what: str) -> Path:
    # Where pictures have twins, another way of splitting means others.
    split = "-by-place" if pictures.twins is None else ""
    if pictures.parts:  # so does a run that learned from some of them before
        split = "-" + hashlib.sha256(b"".join(part.tobytes() for part in pictures.parts)).hexdigest()[:12]
    return pictures.path.parent / f"{what}-{features.name}-v{VERSION}{split}.npz"


def _read(path: Path, keys: set[str]) -> dict[str, np.ndarray] | None:
    """What was kept there, or None where there is nothing whole."""
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = dict(file)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    return arrays if arrays.keys() == keys else None


def _keep(path: Path, **arrays: Any) -> None:
    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:
            np.savez(file, **arrays)

    with contextlib.suppress(ForgerError):  # a full or read-only disk costs time, not the figures
        write_atomically(path, write)
