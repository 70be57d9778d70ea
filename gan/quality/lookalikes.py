"""The training pictures that are most like generated ones: for looking whether a generator copies."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan.data import PLAIN, Pictures, Preparation, open_pictures
from gan.errors import ForgerError
from gan.progress import Steps
from gan.quality.distances import distances
from gan.quality.features import Features
from gan.quality.memorisation import LEAST, SURELY_NEAR, nearest, without_doubles
from gan.quality.reference import TrainingFeatures, reference, training_features
from gan.runs.contents import as_learned
from gan.runs.run import Run


@dataclass(frozen=True, eq=False)
class Album:
    """A data set's training pictures, described, and how near real pictures come to them that are not among them."""

    pictures: Pictures
    training: TrainingFeatures
    typical: np.ndarray  # (N,) from each held-out picture to its nearest training picture, rising, without doubles

    @property
    def usual(self) -> float:
        """The median of `typical`."""
        return float(np.median(self.typical))

    @property
    def surely_near(self) -> float:
        """Of the held-out pictures, 99 % lie farther than this from all training pictures."""
        return float(np.quantile(self.typical, SURELY_NEAR))


def open_album(
    source: str,
    resolution: int,
    features: Features,
    progress: Steps,
    preparation: Preparation = PLAIN,
    run: Run | None = None,
) -> Album:
    """Describes the pictures of `source`, read as `preparation` says (see `open_pictures`); those that training saw are
    those that `run` remembers, where there is one.

    It takes minutes the first time; then that is kept on disk. Raises ForgerError for a source that cannot be opened
    or has fewer than 300 pictures, and where nearly all of those that are held out are among the studied ones, too.
    """
    reading = f"Reading {Path(source).name}"
    pictures = as_learned(run, open_pictures(source, resolution, lambda *done: progress(reading, *done), preparation))
    training = training_features(pictures, features, lambda *done: progress("Looking at the training pictures", *done))
    truth = reference(pictures, features, lambda *done: progress("Looking at the held-out pictures", *done))
    typical = without_doubles(nearest(truth.held_out, training.features)[0], truth.mean_distance)
    if len(typical) < LEAST:
        raise ForgerError("The held-out pictures are there among the studied ones, too: nothing can be said by them.")
    return Album(pictures, training, np.sort(typical))


def find(album: Album, made: np.ndarray, features: Features, count: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """For each of the pictures `made` (N, R, R, 3) uint8 the `count` nearest training pictures, the nearest first.

    Returns their places in `album.pictures` (N, count) and their distances (N, count).
    """
    table = distances(features.extract(made), album.training.features)
    order = np.argsort(table, axis=1)[:, :count]
    return album.training.indices[order], np.take_along_axis(table, order, 1)
