"""A guided generator that paints in a few flat colours with hard edges and draws lines of ink, as a cartoonist does.

Convolutions make slopes where a cartoon has steps. So every pixel chooses one of a few colours, and each colour is the
mean of what the network would have painted there otherwise: k-means, whose first half is learned. A choice has no
gradient; the one of a softmax stands in for it (the straight-through estimator, Bengio et al. 2013, arXiv 1308.3432).
Neighbours choose together, or the edge of a colour would be ragged. Ink has soft edges, so it comes on top.
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from gan.networks import plain
from gan.networks.guided import GuidedGenerator
from gan.networks.skip import coloured

COLOURS = 12  # what it may use of them in one picture
DECIDED = 5.0  # by so much the softmax leans towards the choice
NO_INK = -3.0  # where the sigmoid of an untaught network begins
STEEP = 4.0  # or ink would be where there is only shade


class PosterGenerator(GuidedGenerator):
    """Sources (N, 3, resolution, resolution) in [-1, 1] to pictures of that shape and range: `COLOURS` colours, and
    ink."""

    def __init__(self, resolution: int, width: int, skips: bool):
        super().__init__(resolution, width, skips)
        self.choose = nn.Conv2d(width, COLOURS, 3, 1, 1).apply(plain.initialise)
        self.ink = nn.Conv2d(width, 1, 3, 1, 1).apply(plain.initialise)
        assert self.ink.bias is not None
        nn.init.constant_(self.ink.bias, NO_INK / STEEP)

    def colour(self, features: Tensor) -> Tensor:
        """The picture (N, 3, h, w) of the last features (N, width, h, w)."""
        ink = (STEEP * self.ink(features).float()).sigmoid()
        return (self.flat(features) + 1) * (1 - ink) - 1

    def flat(self, features: Tensor) -> Tensor:
        """The picture without its ink."""
        smooth, leaning = coloured(self, features), avg_pool2d(self.choose(features), 3, 1, 1, count_include_pad=False)
        with torch.autocast(features.device.type, enabled=False):  # the mean of many pixels wants all digits
            pixels, soft = smooth.float().flatten(2), (DECIDED * leaning.float()).flatten(2).softmax(1)
            chosen = torch.zeros_like(soft).scatter_(1, soft.argmax(1, keepdim=True), 1.0) + (soft - soft.detach())
            colours = pixels @ chosen.transpose(1, 2) / chosen.sum(2)[:, None].clamp_min(1.0)
            return (colours @ chosen).view_as(smooth)
