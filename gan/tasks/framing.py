"""The same picture nearer, farther or off the middle, for tasks that should work wherever a face happens to be."""

import torch
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

NEAREST, FARTHEST = 0.5, 1.3
SHIFT = 0.3


def reframe(pictures: Tensor, random: torch.Generator) -> Tensor:
    """Half of the pictures (N, 3, R, R) seen from nearer or farther and moved; beyond the edge they are mirrored."""
    count = len(pictures)
    moved = (torch.rand(count, 1, generator=random) < 0.5).float()
    zoom = 1 + moved * (torch.empty(count, 1).uniform_(NEAREST, FARTHEST, generator=random) - 1)
    shift = moved * torch.empty(count, 2).uniform_(-SHIFT, SHIFT, generator=random)
    place = torch.zeros(count, 2, 3)
    place[:, 0, 0] = place[:, 1, 1] = zoom[:, 0]
    place[:, :, 2] = shift
    where = affine_grid(place.to(pictures.device), list(pictures.shape), align_corners=False)
    return grid_sample(pictures, where, padding_mode="reflection", align_corners=False)
