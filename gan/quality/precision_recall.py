"""Precision and recall: do generated pictures lie where real ones do, and real ones where generated ones do?"""

from dataclasses import dataclass

import numpy as np

from gan.quality.distances import CHUNK, distances

NEIGHBOURS = 3


@dataclass(frozen=True)
class PrecisionRecall:
    """Shares from 0 to 1, of `count` pictures a side; the second two are those of real pictures that training saw."""

    precision: float
    recall: float
    real_precision: float
    real_recall: float
    count: int


def precision_recall(generated: np.ndarray, training: np.ndarray, held_out: np.ndarray) -> PrecisionRecall:
    """Precision and recall (Kynkaanniemi et al. 2019, arXiv 1904.06991) of features (N, F), against held-out ones.

    Precision is the share of generated pictures that lie in a ball around a real one, as wide as to its third
    nearest; recall the share of real ones in such a ball around a generated one. Fewer pictures have wider balls, so
    as many are taken of each, spread over all: of the real ones that training saw, too, whose own precision and recall
    show what can be had. At least 5 of each are needed for anything but 1.
    """
    count = min(len(generated), len(training), len(held_out))
    made, seen, real = (_spread(features, count) for features in (generated, training, held_out))
    balls = _radii(real)
    return PrecisionRecall(
        precision=_covered(made, real, balls),
        recall=_covered(real, made, _radii(made)),
        real_precision=_covered(seen, real, balls),
        real_recall=_covered(real, seen, _radii(seen)),
        count=count,
    )


def _spread(features: np.ndarray, count: int) -> np.ndarray:
    return features[np.arange(count) * len(features) // count]


def _radii(features: np.ndarray) -> np.ndarray:
    """From each to its third nearest, of those that there are: (N,)."""
    place = min(NEIGHBOURS, len(features) - 1)  # at place 0 stands each itself
    parts = (features[start : start + CHUNK] for start in range(0, len(features), CHUNK))
    return np.concatenate([np.partition(distances(part, features), place, axis=1)[:, place] for part in parts])


def _covered(points: np.ndarray, centres: np.ndarray, radii: np.ndarray) -> float:
    """The share of the points that lie in any ball."""
    parts = (points[start : start + CHUNK] for start in range(0, len(points), CHUNK))
    return float(np.mean(np.concatenate([(distances(part, centres) <= radii).any(1) for part in parts])))
