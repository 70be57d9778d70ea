"""A light generator with gates: with as many pictures it comes further than the DCGAN one (docs/recipes.md).

Every stage doubles the picture, convolves once, and halves the channels again with a gated linear unit: one half of
what the convolution made decides how much of the other half passes. Two stages far apart are joined by skip-layer
excitation: the 4x4 picture says which channels of the 64x64 one matter (Liu et al. 2021, arXiv 2101.04775).
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Protocol

import torch
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d, interpolate, leaky_relu

from gan.device import constant
from gan.networks.convolution import Convolution, FromLatents, in_memory
from gan.networks.stages import channels_at, resolutions

# From so many pixels on, doubling within the convolution is quicker.
LARGE = 8
# Which rows of a 3x3 kernel meet in each row of one of 4x4 that doubles, upside down; and the same for the columns.
MEET = ((0, 0, 1), (0, 1, 1), (1, 1, 0), (1, 0, 0))
SMEARED = tuple(float(row[i] * column[j]) for row in MEET for column in MEET for i in range(3) for j in range(3))
# A stage speaks to the one that is so many doublings away.
REACH = 4


class SkipGenerator(nn.Module):
    """Latents (N, latent_size) to pictures (N, 3, resolution, resolution) in [-1, 1]."""

    def __init__(self, resolution: int, width: int, latent_size: int):
        super().__init__()
        sides = resolutions(resolution)
        channels = [channels_at(side, resolution, width) for side in sides]
        self.first = FromLatents(latent_size, 2 * channels[0], 4, 1, 0, bias=False)
        self.first_norm = nn.BatchNorm2d(2 * channels[0])
        self.stages = nn.ModuleList(Stage(before, after) for before, after in pairwise(channels))
        self.gates = excitations(channels)
        self.last = nn.Conv2d(channels[-1], 3, 3, 1, 1)
        self.apply(initialise)

    def forward(self, z: Tensor) -> Tensor:
        return coloured(self, grown(self, self.first(z[:, :, None, None])))


class Draws(Protocol):
    """What has the layers that draw: a norm, stages, gates between them, and one that makes colours of features."""

    first_norm: nn.BatchNorm2d
    stages: nn.ModuleList
    gates: nn.ModuleList
    last: nn.Conv2d


def coloured(network: Draws, features: Tensor) -> Tensor:
    """Pictures (N, 3, h, w) in [-1, 1] of features (N, C, h, w) of that size."""
    return torch.tanh(network.last(features))


def grown(network: Draws, plan: Tensor, handed: Sequence[Tensor] = ()) -> Tensor:
    """Features (N, C, 2^n s, 2^n s) by the n stages of `network`, of a plan (N, C, s, s), usually of 4x4. What is
    `handed` to the stages, of the shapes they make, is added there."""
    features = [gated(network.first_norm(plan))]
    for number, stage in enumerate(network.stages, 1):
        feature = stage(features[-1])
        if number >= REACH:
            feature = feature * network.gates[number - REACH](features[number - REACH])
        features.append(feature + handed[number - 1] if handed else feature)
    return features[-1]


def excitations(channels: Sequence[int]) -> nn.ModuleList:
    """The gates between stages that make so many channels, the first of which is the plan's."""
    return nn.ModuleList(Excitation(speaks, hears) for speaks, hears in zip(channels, channels[REACH:], strict=False))


class Stage(nn.Module):
    """Features (N, before, s, s) to (N, after, 2s, 2s), enlarged by one of `interpolate`'s modes."""

    def __init__(self, before: int, after: int, mode: str = "nearest"):
        super().__init__()
        self.mode = mode
        self.convolution = Convolution(before, 2 * after, 3, 1, 1, bias=False)
        self.norm = nn.BatchNorm2d(2 * after)

    def forward(self, x: Tensor) -> Tensor:
        if self.mode == "nearest" and x.shape[-1] >= LARGE:
            x = enlarged(x, self.convolution.weight)
        else:
            x = self.convolution(interpolate(x, scale_factor=2, mode=self.mode))
        return gated(self.norm(x))


def enlarged(x: Tensor, weight: Tensor) -> Tensor:
    """What a 3x3 convolution with `weight` (O, I, 3, 3) makes of x (N, I, s, s) with every pixel doubled:
    (N, O, 2s, 2s), for less than half of the multiplications.

    Of the nine pixels that the convolution looks at only four differ. So does a transposed convolution by two with
    that kernel smeared over two pixels each way.
    """
    rows = in_memory(weight).flatten(1, 2)
    smeared = constant(SMEARED, x.device, weight.dtype).view(16, 9) @ rows
    return conv_transpose2d(x, smeared.unflatten(1, (4, 4)).permute(3, 0, 1, 2), stride=2, padding=1)


class Excitation(nn.Module):
    """Features (N, speaks, s, s), s >= 4, to how much of each of another stage's channels passes: (N, hears, 1, 1)."""

    def __init__(self, speaks: int, hears: int):
        super().__init__()
        self.look = Convolution(speaks, hears, 4, 1, 0)
        self.decide = Convolution(hears, hears, 1)

    def forward(self, x: Tensor) -> Tensor:
        x = nn.functional.adaptive_avg_pool2d(x, 4)
        return torch.sigmoid(self.decide(leaky_relu(self.look(x), 0.1)))


def gated(x: Tensor) -> Tensor:
    """A gated linear unit: features (N, 2 C, h, w) to (N, C, h, w).

    PyTorch's own `glu` hands back its gradient in another memory format than channels-last, and batch norm's backward
    pass then takes five times as long on the CPU.
    """
    passing, gate = (half.contiguous(memory_format=torch.channels_last) for half in x.unsafe_chunk(2, 1))
    return passing * gate.sigmoid()


def initialise(module: nn.Module) -> None:
    """For `nn.Module.apply`: weights from N(0, 0.02), as the DCGAN has it; batch norm takes care of the scale."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
