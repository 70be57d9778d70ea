"""A cartoonist made of image processing: colours smoothed but not across edges, few of them, and lines of ink.

The bilateral filter is Tomasi and Manduchi's (1998); the ink a thresholded difference of Gaussians, as in
Winnemoeller et al. 2006, "Real-time video abstraction".
"""

import torch
from torch import Tensor
from torch.nn.functional import one_hot, pad

from gan.tasks.blur import blur
from gan.tasks.light import luminance, scale_of

REACH = 2  # neighbours on each side that the filter looks at
COLOURS = 8
ROUNDS = 4
SAMPLE = 2048  # pixels that decide about the colours


def cartoon(pictures: Tensor) -> Tensor:
    """Pictures (N, 3, R, R) in [0, 1] in a few flat colours with ink lines, of that shape and range."""
    scale = scale_of(pictures)
    smooth = pictures
    for _ in range(2):
        smooth = _bilateral(smooth, apart=max(1, round(scale)), colours=0.12)
    flat = _livelier(_few_colours(smooth))
    return flat * (1 - _ink(luminance(smooth), scale))


def _bilateral(pictures: Tensor, apart: int, colours: float) -> Tensor:
    """The mean of each pixel's neighbours, `apart` pixels from each other; those of a like colour count most."""
    height, width = pictures.shape[2:]
    edge = REACH * apart
    padded = pad(pictures, (edge, edge, edge, edge), mode="replicate")
    total, weights = torch.zeros_like(pictures), torch.zeros_like(pictures[:, :1])
    for down in range(-REACH, REACH + 1):
        for right in range(-REACH, REACH + 1):
            top, left = edge + down * apart, edge + right * apart
            near = padded[:, :, top : top + height, left : left + width]
            unlike = (near - pictures).square().sum(1, keepdim=True) / (2 * colours**2)
            weight = torch.exp(-(down**2 + right**2) / REACH**2 - unlike)
            total += weight * near
            weights += weight
    return total / weights


def _few_colours(pictures: Tensor) -> Tensor:
    """Every pixel in the nearest of the picture's own `COLOURS` colours, found by k-means."""
    pixels = pictures.flatten(2).transpose(1, 2)  # (N, R * R, 3)
    some = pixels[:, :: max(1, pixels.shape[1] // SAMPLE)]
    order = some.sum(2).argsort(1)
    starts = torch.linspace(0.02, 0.98, COLOURS, device=pictures.device).mul(some.shape[1] - 1).long()
    centres = some.gather(1, order[:, starts, None].expand(-1, -1, 3))
    for _ in range(ROUNDS):
        members = one_hot(_nearest(some, centres), COLOURS).to(some)
        sizes = members.sum(1)[:, :, None]
        means = members.transpose(1, 2) @ some / sizes.clamp_min(1)
        centres = torch.where(sizes > 0, means, centres)
    nearest = _nearest(pixels, centres)
    return centres.gather(1, nearest[:, :, None].expand(-1, -1, 3)).transpose(1, 2).view_as(pictures)


def _nearest(pixels: Tensor, centres: Tensor) -> Tensor:
    """Which of the centres (N, C, 3) each of the pixels (N, P, 3) is nearest to: (N, P)."""
    return (centres.square().sum(2)[:, None] - 2 * pixels @ centres.transpose(1, 2)).argmin(2)


def _livelier(pictures: Tensor) -> Tensor:
    """More colour and a little more light, as in print."""
    grey = luminance(pictures)
    return (grey + 1.35 * (pictures - grey)).clamp(0, 1) ** 0.9


def _ink(grey: Tensor, scale: float) -> Tensor:
    """Where grey pictures (N, 1, R, R) are darker than around: 1 for full ink, 0 for none, with soft edges."""
    darker = blur(grey, 1.6 * scale) - blur(grey, 0.8 * scale)
    return torch.sigmoid((darker - 0.022) * 220)
