"""How near redrawn pictures come to their targets, beside two answers that need no network.

Two distances: of the pixels (L1), which forgives blur, and of features, which is nearer to what an eye minds. A number
alone says little; so the same is measured for the source itself, handed back as it came, and for the mean of all
targets, whatever the source. A network that has learned its task beats both.
"""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gan.errors import ForgerError
from gan.quality.distances import mean_distance
from gan.quality.features import Features


@dataclass(frozen=True)
class Fidelity:
    """Mean distances from the targets. `l1` is a share of the whole range from black to white.

    `perceptual` is the distance of features (see `features`), where 1 is the mean between two targets: as far off as
    another picture's target.
    """

    features: str
    count: int  # pictures that were looked at
    l1: float
    perceptual: float
    l1_source: float
    perceptual_source: float
    l1_mean: float
    perceptual_mean: float

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


class Yardstick:
    """Measures redrawn pictures; what does not change between two measurements is worked out once.

    `sources` and `targets` (N, R, R, 3) uint8 belong together; `mean` (R, R, 3) uint8 is the mean target of training.
    Raises ForgerError for fewer than two targets, and where they are all the same.
    """

    def __init__(self, sources: np.ndarray, targets: np.ndarray, mean: np.ndarray, features: Features):
        if (targets == targets[:1]).all() and len(targets) > 1:
            raise ForgerError("Measuring needs pictures that differ; the held-out ones are all the same.")
        self.features, self.targets = features, targets
        self.described = features.extract(targets)
        self.usual = mean_distance(self.described)
        self.l1_source, self.perceptual_source = self._distances(sources)
        self.l1_mean, self.perceptual_mean = self._distances(np.broadcast_to(mean, targets.shape))

    def measure(self, pictures: np.ndarray) -> Fidelity:
        """The figures of pictures (N, R, R, 3) uint8, redrawn from the sources in their order."""
        l1, perceptual = self._distances(pictures)
        return Fidelity(
            self.features.name, len(pictures), l1, perceptual, self.l1_source, self.perceptual_source, self.l1_mean,
            self.perceptual_mean,
        )  # fmt: skip

    def _distances(self, pictures: np.ndarray) -> tuple[float, float]:
        apart = (np.abs(one.astype(np.int16) - other).mean() for one, other in zip(pictures, self.targets, strict=True))
        l1 = np.mean(list(apart)) / 255
        apart = np.linalg.norm(self.features.extract(pictures) - self.described, axis=1).mean()
        return float(l1), float(apart / self.usual)
