"""Sources that keep only some of a picture: no colours, or only a few blocks of them."""

from torch import Tensor
from torch.nn.functional import interpolate

from gan.tasks.light import luminance

BLOCKS = 8


def grey(pictures: Tensor, numbers: dict[str, Tensor]) -> Tensor:
    """Pictures (N, 3, R, R) in [0, 1] without their colours."""
    return luminance(pictures).expand_as(pictures)


def mosaic(pictures: Tensor, numbers: dict[str, Tensor]) -> Tensor:
    """Pictures (N, 3, h, w) in [0, 1], the shorter side a multiple of 8, as square blocks of one colour each: 8 x 8 of
    a square, more of a rectangle."""
    sides = pictures.shape[2:]
    blocks = interpolate(pictures, size=[side * BLOCKS // min(sides) for side in sides], mode="area")
    return interpolate(blocks, size=pictures.shape[2:], mode="nearest")
