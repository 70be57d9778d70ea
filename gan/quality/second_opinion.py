"""A second opinion on a generator that draws from seeds: by measures, pictures and seeds that no decision uses.

Trainings choose their best generator, and this project chose its recipes, by one measure. What is chosen by a measure
looks better to it than to others; so here is another, which nothing in this project goes by.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from gan.data import Pictures
from gan.generators.sampling import sample
from gan.learning.config import Config
from gan.pictures.cascades import cascades
from gan.progress import Steps
from gan.quality.detector import Heads, heads
from gan.quality.distances import kid
from gan.quality.feature_choice import second_features
from gan.quality.features import Features
from gan.quality.reference import reference, second_held_out

SEEDS = range(1, 501)  # those that people look at; trainings measure others, see `gan.quality.exams`


@dataclass(frozen=True)
class SecondQuality:
    """How close by another network. `kid` is as the formula gives it, not times 1000."""

    features: str
    count: int  # generated pictures
    kid: float
    kid_error: float  # one standard error
    pixels: float  # real pictures seen through so many pixels are as far from real ones
    sentence: str
    held_out: int  # real pictures
    apart: bool  # no training measured itself by those


@dataclass(frozen=True)
class SecondOpinion:
    """What could be said; None stands for what could not."""

    quality: SecondQuality | None
    heads: Heads | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values under "second_opinion" and "heads", without what could not be said."""
        both = {"second_opinion": self.quality, "heads": self.heads}
        return {name: asdict(one) for name, one in both.items() if one is not None}


def second_opinion(
    generator: nn.Module, config: Config, pictures: Pictures, device: torch.device, progress: Steps
) -> SecondOpinion:
    """Judges the pictures of the seeds 1 to 500 beside the real `pictures`, of which training saw some.

    By EfficientNet-lite1's features as they are, 128 pixels of input, and a ladder of their own; and by how many heads
    a classical detector sees, beside real pictures that training did not see. Without the packages that takes, it is
    empty, and nothing is drawn. Minutes the first time; then the ladder lies beside the pictures. Raises ForgerError
    for fewer than 300 pictures, and for weights that are broken.
    """
    features = second_features(device)
    if features is None and not cascades():
        return SecondOpinion(None, None)
    progress("drawing pictures for a second opinion", 0, None)
    made = sample(generator, config, SEEDS)
    held_out, apart = second_held_out(pictures)
    quality = _quality(made, pictures, features, apart, progress) if features else None
    progress("looking for heads", 0, None)
    return SecondOpinion(quality, heads(made, pictures.array, held_out))


def _quality(made: np.ndarray, pictures: Pictures, features: Features, apart: bool, progress: Steps) -> SecondQuality:
    what = "describing held-out pictures for a second opinion"
    truth = reference(pictures, features, lambda done, total: progress(what, done, total), second=True)
    progress("describing generated pictures for a second opinion", 0, None)
    distance = kid(truth.held_out, features.extract(made))
    return SecondQuality(
        features=features.name,
        count=len(made),
        kid=distance.value,
        kid_error=distance.error,
        pixels=truth.ladder.seen_through(distance.value),
        sentence=truth.ladder.sentence(distance.value),
        held_out=len(truth.held_out),
        apart=apart,
    )
