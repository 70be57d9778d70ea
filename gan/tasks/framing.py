"""The same picture nearer, farther or off the middle, for tasks that should work wherever a face happens to be."""

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from gan.chance import Draws

NEAREST, FARTHEST = 0.5, 1.3
SHIFT = 0.3


def framings(draws: Draws) -> Tensor:
    """How pictures are seen, half of them as they are: (N, 3), how much of them and how far off the middle."""
    moved = (draws.uniform(1) < 0.5).float()
    zoom = 1 + moved * (draws.uniform(1, low=NEAREST, high=FARTHEST) - 1)
    return torch.cat([zoom, moved * draws.uniform(2, low=-SHIFT, high=SHIFT)], 1)


def reframe(pictures: Tensor, framings: Tensor) -> Tensor:
    """Pictures (N, 3, R, R) seen from nearer or farther and moved; beyond the edge they are mirrored."""
    zoom, shift = framings[:, :1], framings[:, 1:]
    none = torch.zeros_like(zoom)
    place = torch.cat([zoom, none, shift[:, :1], none, zoom, shift[:, 1:]], 1).view(-1, 2, 3)
    where = affine_grid(place, list(pictures.shape), align_corners=False)
    return grid_sample(pictures, where, padding_mode="reflection", align_corners=False)
