"""A discriminator without any normalisation, for losses that keep it calm by a gradient penalty.

As in R3GAN (Huang et al. 2024, arXiv 2501.05441) nothing but convolutions and leaky ReLUs; one more convolution at
4x4 sees how much the pictures of a batch differ (minibatch standard deviation, Karras et al. 2018), so that a forger
who draws the same picture again and again gives itself away.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn

from gan.networks.stages import resolutions

# Pictures that are compared with each other; the size of the batch then changes nothing.
GROUP = 8


class PlainDiscriminator(nn.Module):
    """Pictures (N, 3, resolution, resolution) in [-1, 1] to logits (N,): above 0 means "I think it is real"."""

    group: int | None = GROUP  # pictures whose verdicts depend on each other

    def __init__(self, resolution: int, width: int):
        super().__init__()
        sides = resolutions(resolution // 2)[::-1]
        channels = [3] + [width * (resolution // 2) // side for side in sides]
        layers: list[nn.Module] = []
        for before, after in pairwise(channels):
            layers += [nn.Conv2d(before, after, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
        self.stages = nn.Sequential(*layers)
        last = channels[-1]
        self.compare = nn.Conv2d(last + 1, last, 3, 1, 1)
        self.verdict = nn.Conv2d(last, 1, 4, 1, 0)
        self.apply(initialise)

    def forward(self, pictures: Tensor) -> Tensor:
        features = self.stages(pictures)
        features = nn.functional.leaky_relu(self.compare(with_deviation(features)), 0.2)
        return self.verdict(features).flatten()


def with_deviation(features: Tensor) -> Tensor:
    """Features (N, C, h, w) and one more channel: how much each group of up to `GROUP` pictures varies, on average."""
    groups = features.split(GROUP)
    deviations = [(group.var(0, correction=0) + 1e-8).sqrt().mean().expand(len(group)) for group in groups]
    channel = torch.cat(deviations)[:, None, None, None].expand(-1, 1, *features.shape[2:])
    return torch.cat([features, channel], 1)


def initialise(module: nn.Module) -> None:
    """For `nn.Module.apply`: He et al. 2015 for leaky ReLUs, so that signals keep their size without any norm."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, 0.2)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
