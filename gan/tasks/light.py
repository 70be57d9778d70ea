"""How bright a picture looks, and how large it is: what several tasks measure by."""

from torch import Tensor

from gan.device import constant

# How bright red, green and blue look to the eye (ITU-R BT.601).
LUMA = (0.299, 0.587, 0.114)
# Tasks give lengths for pictures of so many pixels.
USUAL = 64


def scale_of(pictures: Tensor) -> float:
    """How many pixels of pictures (N, C, h, w) are one of a square of the `USUAL` size, by their shorter side."""
    return min(pictures.shape[-2:]) / USUAL


def luminance(pictures: Tensor) -> Tensor:
    """How bright pictures (N, 3, h, w) in [0, 1] look: (N, 1, h, w)."""
    return (pictures * constant(LUMA, pictures.device, pictures.dtype)[:, None, None]).sum(1, keepdim=True)
