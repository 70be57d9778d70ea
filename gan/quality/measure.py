"""The figures that stand beside a generator: the cheap ones of a training, and the full set of an evaluation."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gan.errors import ForgerError
from gan.quality.distances import frechet, kid, mean_distance
from gan.quality.features import Features
from gan.quality.memorisation import Memorisation, memorisation
from gan.quality.precision_recall import PrecisionRecall, precision_recall
from gan.quality.reference import Reference, TrainingFeatures


@dataclass(frozen=True)
class Quality:
    """How close and how varied. `kid` is as the formula gives it, not times 1000, and may be a little below 0."""

    features: str  # the name of the features: figures on different ones cannot be compared
    count: int  # generated pictures that were looked at
    kid: float
    kid_error: float  # one standard error
    pixels: float  # real pictures seen through so many pixels are as far from real ones
    sentence: str
    diversity: float  # 1: as varied as real pictures; 0: all the same

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Evaluation(Quality):
    """Quality with what takes longer."""

    frechet: float  # on `features`, hence not the FID of the papers
    memorisation: Memorisation
    precision_recall: PrecisionRecall


def measure(pictures: np.ndarray, reference: Reference, features: Features) -> Quality:
    """The cheap figures of generated pictures (N, R, R, 3) uint8; 200 to 400 are enough.

    With 400 the place on the ladder varies by about half a pixel around 34 of 64, with 200 by one; 400 take one to two
    seconds of one core. Raises ForgerError for fewer than 3 pictures, or pictures of another size than the data set's.
    """
    return _quality(_described(pictures, reference, features), reference, features)


def evaluate(pictures: np.ndarray, reference: Reference, training: TrainingFeatures, features: Features) -> Evaluation:
    """All figures of generated pictures (N, R, R, 3) uint8; a thousand or more.

    The Frechet distance depends on their number: compare it for equal numbers only. Raises as `measure` does.
    """
    described = _described(pictures, reference, features)
    return Evaluation(
        **_quality(described, reference, features).to_dict(),
        frechet=frechet(reference.held_out, described),
        memorisation=memorisation(described, training.features, reference.held_out),
        precision_recall=precision_recall(described, training.features, reference.held_out),
    )


def _described(pictures: np.ndarray, reference: Reference, features: Features) -> np.ndarray:
    resolution = reference.ladder.pixels[-1]
    if pictures.shape[1] != resolution:
        raise ForgerError(
            f"The generated pictures are {pictures.shape[1]} pixels wide, those to compare with {resolution}."
        )
    return features.extract(pictures)


def _quality(described: np.ndarray, reference: Reference, features: Features) -> Quality:
    distance = kid(reference.held_out, described)
    return Quality(
        features=features.name,
        count=len(described),
        kid=distance.value,
        kid_error=distance.error,
        pixels=reference.ladder.seen_through(distance.value),
        sentence=reference.ladder.sentence(distance.value),
        diversity=mean_distance(described) / reference.mean_distance,
    )
