"""The pair that redraws: an encoder and decoder that turns one picture into another, and an inspector of patches.

After pix2pix (Isola et al. 2017, arXiv 1611.07004). The encoder halves the picture until 4x4 is left, the compressed
representation; the decoder doubles it again. Skip connections hand each stage of the decoder what the encoder saw at
that size; without them the bottleneck has to carry everything. The inspector is only an encoder: it looks at source and
picture together, and says of each patch whether it is real.
"""

from itertools import pairwise

import torch
from torch import Tensor, nn
from torch.nn.functional import leaky_relu

from gan.networks import plain
from gan.networks.convolution import Convolution
from gan.networks.skip import Stage, initialise
from gan.networks.stages import resolutions

# Beyond four times the width, channels cost much and show little.
WIDEST = 4
# Patches along each side that the inspector judges; its verdict on the whole counts like one row of them.
PATCHES = 8


class Redraws(nn.Module):
    """What encodes a source by the stages of its `encoder`, each half as large, and decodes what they made of it."""

    encoder: nn.ModuleList

    def encode(self, sources: Tensor) -> list[Tensor]:
        """What the encoder makes of sources, stage by stage; the last is the bottleneck, (N, C, 4, 4)."""
        features = [sources]
        for stage in self.encoder:
            features.append(stage(features[-1]))
        return features[1:]

    def decode(self, sources: Tensor, features: list[Tensor]) -> Tensor:
        """The picture that the decoder draws of what the encoder made of `sources`."""
        raise NotImplementedError

    def forward(self, sources: Tensor) -> Tensor:
        return self.decode(sources, self.encode(sources))


class RedrawGenerator(Redraws):
    """Sources (N, 3, resolution, resolution) in [-1, 1] to pictures of the same shape and range."""

    def __init__(self, resolution: int, width: int, skips: bool):
        super().__init__()
        self.skips = skips
        depth = len(resolutions(resolution)) - 1
        # From the picture inwards; the first entry is the source itself.
        channels = [3] + [width * min(WIDEST, 2**stage) for stage in range(depth)]
        self.encoder = nn.ModuleList(Shrink(before, after) for before, after in pairwise(channels))
        outwards = channels[::-1]
        outwards[-1] = width // 2
        handed = channels[-2::-1] if skips else [0] * depth
        self.decoder = nn.ModuleList()
        before = outwards[0]
        for after, skip in zip(outwards[1:], handed, strict=True):
            # Where the source is blank, copies of pixels would show as a weave of lines across the picture.
            self.decoder.append(Stage(before, after, "bilinear"))
            before = after + skip
        self.last = Convolution(before, 3, 3, 1, 1)
        self.apply(initialise)

    def decode(self, sources: Tensor, features: list[Tensor]) -> Tensor:
        """The picture that the decoder draws of what the encoder made of `sources`."""
        *seen, x = [sources, *features]
        for stage, skip in zip(self.decoder, reversed(seen), strict=True):
            x = stage(x)
            if self.skips:
                x = torch.cat([x, skip], 1)
        return torch.tanh(self.last(x))


class Shrink(nn.Module):
    """Features (N, before, 2s, 2s) to (N, after, s, s)."""

    def __init__(self, before: int, after: int):
        super().__init__()
        self.convolution = Convolution(before, after, 4, 2, 1, bias=False)
        self.norm = nn.BatchNorm2d(after)

    def forward(self, x: Tensor) -> Tensor:
        return leaky_relu(self.norm(self.convolution(x)), 0.2)


class PatchDiscriminator(nn.Module):
    """Pictures with their sources (N, 6, resolution, resolution) to logits (N * 72,), above 0: "I think it is real".

    64 of a picture's logits are for its 8x8 patches, the last 8 are one verdict on the whole: a patch alone cannot tell
    that an eye is missing.
    """

    group: int | None = 1  # no verdict depends on other pictures

    def __init__(self, resolution: int, width: int):
        super().__init__()
        sides = resolutions(resolution)[:0:-1]
        channels = [6] + [width * 2**stage for stage in range(len(sides) - 1)]
        layers: list[nn.Module] = []
        for before, after in pairwise(channels):
            layers += [Convolution(before, after, 4, 2, 1), nn.LeakyReLU(0.2, inplace=True)]
        last = channels[-1]
        self.stages = nn.Sequential(*layers)
        self.patch = Convolution(last, 1, 3, 1, 1)
        self.whole = nn.Sequential(Convolution(last, last, 4, 2, 1), nn.LeakyReLU(0.2), Convolution(last, 1, 4, 1, 0))
        self.apply(plain.initialise)

    def patches(self, pairs: Tensor) -> Tensor:
        """The logits of the patches, (N, 8, 8)."""
        return self.patch(self.stages(pairs))[:, 0]

    def forward(self, pairs: Tensor) -> Tensor:
        features = self.stages(pairs)
        whole = self.whole(features).flatten(1).expand(-1, PATCHES)
        return torch.cat([self.patch(features).flatten(1), whole], 1).flatten()
