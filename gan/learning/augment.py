"""Differentiable augmentation: real pictures and forgeries are changed alike before the inspector sees them.

So it is less tempted to learn a small data set by heart, and what it teaches passes through to the forger
(DiffAugment, Zhao et al. 2020, arXiv 2006.10738). Each change befalls a picture with its own probability: where
that is well under 1 the forger does not learn to draw the changes themselves (Karras et al. 2020).
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

from gan.chance import Draws

# Translation reaches this share of the side; a cut-out square has half of the side.
SHIFT = 1 / 8
# What befalls each picture, column by column of `changes`.
COLOURED, BRIGHTNESS, SATURATION, CONTRAST, DOWN, RIGHT, CUT, CUT_ROW, CUT_COLUMN = range(9)


def changes(draws: Draws, probability: float, side: int) -> Tensor:
    """What befalls pictures of `side` pixels, each change with `probability`: (N, 9) float32, for `augment`."""
    coloured = draws.uniform(1) < probability
    colours = [draws.uniform(1, low=low, high=high) for low, high in ((-0.5, 0.5), (0, 2), (0.5, 1.5))]
    margin = round(side * SHIFT)
    shifts = draws.integers(2 * margin + 1, 2) - margin
    shifts = torch.where(draws.uniform(1) < probability, shifts, 0)
    cut = draws.uniform(1) < probability
    return torch.cat([coloured, *colours, shifts, cut, draws.integers(side + 1, 2)], 1)


def augment(pictures: Tensor, changes: Tensor) -> Tensor:
    """Pictures (N, 3, s, s) or pairs (N, 6, s, s) in [-1, 1] after `changes` (N, 9): differentiable as often as one
    likes."""
    for change in (colour, translation, cutout):
        pictures = change(pictures, changes)
    return pictures


def colour(pictures: Tensor, changes: Tensor) -> Tensor:
    """Brightness by up to half of the range from dark to grey, saturation times 0 to 2, contrast times 0.5 to 1.5."""
    brightness, saturation, contrast = (
        changes[:, column, None, None, None, None] for column in (BRIGHTNESS, SATURATION, CONTRAST)
    )
    # (N, pictures, 3, s, s): those of a pair change alike, but neither shines through the other.
    changed = pictures.unflatten(1, (-1, 3)) + brightness
    grey = changed.mean(2, keepdim=True)
    changed = torch.lerp(grey, changed, saturation)
    middle = changed.mean((2, 3, 4), keepdim=True)
    changed = torch.lerp(middle, changed, contrast)
    return torch.where(changes[:, COLOURED, None, None, None] > 0, changed.flatten(1, 2), pictures)


def translation(pictures: Tensor, changes: Tensor) -> Tensor:
    """Moved by up to an eighth of the side; what comes in from outside is grey."""
    count, _, side, _ = pictures.shape
    margin = round(side * SHIFT)
    at = torch.arange(side, device=pictures.device)
    rows, columns = (changes[:, axis, None].long() + margin + at for axis in (DOWN, RIGHT))
    padded = pad(pictures, [margin] * 4)
    each = torch.arange(count, device=pictures.device)[:, None, None]
    return padded.permute(0, 2, 3, 1)[each, rows[:, :, None], columns[:, None]].permute(0, 3, 1, 2)


def cutout(pictures: Tensor, changes: Tensor) -> Tensor:
    """A grey square of half the side somewhere, partly outside perhaps."""
    side = pictures.shape[-1]
    # Half a pixel on: the centre lies between two pixels, or the square would lose a row and a column.
    at = torch.arange(side, device=pictures.device) + 0.5
    inside = [(at - changes[:, axis, None]).abs() < side / 4 for axis in (CUT_ROW, CUT_COLUMN)]
    hole = inside[0][:, None, :, None] & inside[1][:, None, None, :]
    return pictures.masked_fill(hole & (changes[:, CUT, None, None, None] > 0), 0.0)
