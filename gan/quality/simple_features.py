"""A measure without any pretrained network: how bright, colourful and rough each part of a picture is.

It sees blur, noise, wrong colours and rough misplacement. It does not know what a head is: where torn and whole ones
have equal edges, they are equal to it. Use it to compare generators of one data set, not as a verdict.
"""

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, interpolate

from gan.quality.features import Features

GRID = 4
LEVELS = 3  # the picture, its half and its quarter
DIRECTIONS = 4
EDGE_SCALE, COLOUR_SCALE = 8.0, 2.0  # make both kinds of numbers about a half on photographs


class SimpleFeatures(Features):
    """On a grid of 4 x 4: mean and spread of each colour; edges in 4 directions at 3 sizes (N, 288).

    The edges are a histogram of oriented gradients (Dalal & Triggs 2005) without its normalisation, which would
    hide blur; square roots keep the strongest edges from outvoting the rest.
    """

    name = "simple-1"
    batch = 64

    def describe(self, pictures: Tensor) -> Tensor:
        mean = adaptive_avg_pool2d(pictures, GRID)
        spread = (adaptive_avg_pool2d(pictures.square(), GRID) - mean.square()).clamp(min=0).sqrt()
        parts = [(mean - 0.5) * COLOUR_SCALE, spread * COLOUR_SCALE]
        grey = pictures.mean(1, keepdim=True)
        for level in range(LEVELS):
            size = max(pictures.shape[-1] >> level, GRID + 1)
            small = interpolate(grey, size=(size, size), mode="bilinear", antialias=True) if level else grey
            parts.append(_edges(small) * EDGE_SCALE)
        return torch.cat([part.flatten(1) for part in parts], 1)


def _edges(grey: Tensor) -> Tensor:
    """Root of the mean gradient energy in each direction and cell: (N, 4, 4, 4) of (N, 1, H, W)."""
    down = grey[..., 1:, :-1] - grey[..., :-1, :-1]
    right = grey[..., :-1, 1:] - grey[..., :-1, :-1]
    energy = down.square() + right.square()
    angle = torch.atan2(down, right)
    # An edge and its opposite count as one direction, and one between two directions counts half for each.
    centres = torch.arange(DIRECTIONS, device=grey.device).view(1, -1, 1, 1) * torch.pi / DIRECTIONS
    return adaptive_avg_pool2d(energy * torch.cos(angle - centres).square().square(), GRID).sqrt()
