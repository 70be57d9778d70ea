"""How far a picture is from its target to a network that knows photographs: the perceptual loss.

After Johnson et al. 2016 (arXiv 1603.08155), in the form of Zhang et al. 2018 (arXiv 1801.03924, LPIPS): what the
network sees at every place is a direction, and the distance is between two of them. Pixels alone would have a forger
paint the mean of all that a sketch may mean, which has no eyes; this wants eyes where the target has some.

The network is EfficientNet-lite1; the figures of redrawing generators (`gan.quality.fidelity`) come from the last layer
of another one, lite0.
"""

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from gan.learning.config import Config
from gan.learning.eyes import Eyes

SMOOTH = 1e-6  # else the slope of a distance of 0 would be infinite


class Perception:
    """Looks at pictures and their targets. Raises ForgerError as `Eyes` does."""

    def __init__(self, config: Config, device: torch.device):
        self.eyes = Eyes("perceptual_weight", config, device)

    def distance(self, pictures: Tensor, targets: Tensor, counts: Tensor | None = None) -> Tensor:
        """The mean distance, a scalar, from `targets`, both (N, 3, R, R) in [-1, 1]: from 0 to 2 for each layer. Each
        place counts as much as `counts` (N, 1, R, R) says of the pixels there; without it all alike."""
        with torch.no_grad():
            wanted = self.eyes.see(targets)
        total = torch.zeros((), device=pictures.device)
        for one, other in zip(self.eyes.see(pictures), wanted, strict=True):
            apart = ((one - other).square().sum(1, keepdim=True) + SMOOTH).sqrt()
            side = apart.shape[-1]
            total = total + (apart if counts is None else apart * adaptive_avg_pool2d(counts, side)).mean()
        return total
