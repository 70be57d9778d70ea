"""The training pictures that are most like generated ones: for looking whether a generator copies."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from gan.data import Pictures, open_pictures
from gan.progress import Steps
from gan.quality.distances import distances
from gan.quality.features import Features
from gan.quality.memorisation import SURELY_NEAR, nearest
from gan.quality.reference import TrainingFeatures, reference, training_features


@dataclass(frozen=True, eq=False)
class Album:
    """A data set's training pictures, described, and how near real pictures come to them that are not among them."""

    pictures: Pictures
    training: TrainingFeatures
    typical: np.ndarray  # (N,) from each held-out picture to its nearest training picture, rising

    @property
    def usual(self) -> float:
        """The median of `typical`; not 0, which it would be where most pictures are there twice."""
        return max(float(np.median(self.typical)), 1e-9)

    @property
    def surely_near(self) -> float:
        """Of the held-out pictures, 99 % lie farther than this from all training pictures."""
        return float(np.quantile(self.typical, SURELY_NEAR))


def open_album(source: str, resolution: int, features: Features, progress: Steps) -> Album:
    """Describes the pictures of `source` (see `open_pictures`): minutes the first time, then kept on disk.

    Raises ForgerError for a source that cannot be opened or has fewer than 300 pictures.
    """
    pictures = open_pictures(source, resolution, lambda *done: progress(f"Reading {Path(source).name}", *done))
    training = training_features(pictures, features, lambda *done: progress("Looking at the training pictures", *done))
    truth = reference(pictures, features, lambda *done: progress("Looking at the held-out pictures", *done))
    return Album(pictures, training, np.sort(nearest(truth.held_out, training.features)[0]))


def find(album: Album, made: np.ndarray, features: Features, count: int = 3) -> tuple[np.ndarray, np.ndarray]:
    """For each of the pictures `made` (N, R, R, 3) uint8 the `count` nearest training pictures, the nearest first.

    Returns their places in `album.pictures` (N, count) and their distances (N, count).
    """
    table = distances(features.extract(made), album.training.features)
    order = np.argsort(table, axis=1)[:, :count]
    return album.training.indices[order], np.take_along_axis(table, order, 1)
