"""Sources that keep only some of a picture: no colours, or only a few blocks of them."""

import torch
from torch import Tensor
from torch.nn.functional import interpolate

BLOCKS = 8
# How bright red, green and blue look to the eye (ITU-R BT.601).
LUMA = (0.299, 0.587, 0.114)
# The other tasks give lengths for pictures of so many pixels.
USUAL = 64


def scale_of(pictures: Tensor) -> float:
    """How many pixels of pictures (N, C, R, R) are one of a picture of the `USUAL` size."""
    return pictures.shape[-1] / USUAL


def luminance(pictures: Tensor) -> Tensor:
    """How bright pictures (N, 3, h, w) in [0, 1] look: (N, 1, h, w)."""
    weights = torch.tensor(LUMA, device=pictures.device, dtype=pictures.dtype)[:, None, None]
    return (pictures * weights).sum(1, keepdim=True)


def grey(pictures: Tensor, random: torch.Generator) -> Tensor:
    """Pictures (N, 3, R, R) in [0, 1] without their colours."""
    return luminance(pictures).expand_as(pictures)


def mosaic(pictures: Tensor, random: torch.Generator) -> Tensor:
    """Pictures (N, 3, R, R) in [0, 1], R a multiple of 8, as 8 x 8 blocks of one colour each."""
    blocks = interpolate(pictures, size=(BLOCKS, BLOCKS), mode="area")
    return interpolate(blocks, size=pictures.shape[2:], mode="nearest")
