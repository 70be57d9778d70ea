"""Discriminators without any normalisation, for losses that keep them calm by a gradient penalty.

As in R3GAN (Huang et al. 2024, arXiv 2501.05441) nothing but convolutions and leaky ReLUs; one more convolution at
4x4 sees how much the pictures of a batch differ (minibatch standard deviation, Karras et al. 2018), so that a forger
who draws the same picture again and again gives itself away.

The `slim` one has no more channels at 4x4 than at 8x8, as the generators have. In the `plain` one more than half of all
weights stand there; without them it learned more from each picture, in less time (docs/recipes.md).
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from gan.networks.convolution import Convolution
from gan.networks.stages import channels_at, resolutions


class PlainDiscriminator(nn.Module):
    """Pictures (N, 3, resolution, resolution) in [-1, 1] to logits (N,): above 0 means "I think it is real"."""

    def __init__(self, resolution: int, width: int, group: int, slim: bool = False):
        super().__init__()
        self.group: int | None = group  # pictures whose verdicts depend on each other
        sides = resolutions(resolution // 2)[::-1]
        channels = [3] + [
            channels_at(side, resolution // 2, width) if slim else width * (resolution // 2) // side for side in sides
        ]
        layers: list[nn.Module] = []
        for before, after in pairwise(channels):
            layers += [Convolution(before, after, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
        self.stages = nn.Sequential(*layers)
        last = channels[-1]
        self.compare = Convolution(last + 1, last, 3, 1, 1)
        self.verdict = Convolution(last, 1, 4, 1, 0)
        self.apply(initialise)

    def forward(self, pictures: Tensor) -> Tensor:
        features = self.stages(pictures)
        features = nn.functional.leaky_relu(self.compare(with_deviation(features, self.group or len(features))), 0.2)
        return self.verdict(features).flatten()


def with_deviation(features: Tensor, group: int) -> Tensor:
    """Features (N, C, h, w) and one more channel: how much each group of up to `group` pictures varies, on average.

    The size of the batch then changes nothing; of the last group there may be fewer.
    """
    whole = len(features) // group * group
    parts = [features[:whole].unflatten(0, (-1, group))] if whole else []
    if whole < len(features):
        parts.append(features[None, whole:])
    channels = []
    for part in parts:  # (groups, pictures, C, h, w)
        spread = (part - part.mean(1, keepdim=True)).square().mean(1)
        deviation = (spread + 1e-8).sqrt().mean((1, 2, 3))
        channels.append(deviation.repeat_interleave(part.shape[1]))
    channel = torch.cat(channels)[:, None, None, None].expand(-1, 1, *features.shape[2:])
    return torch.cat([features, channel], 1)


def initialise(module: nn.Module) -> None:
    """For `nn.Module.apply`: He et al. 2015 for leaky ReLUs, so that signals keep their size without any norm."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, 0.2)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
