"""Differentiable augmentation: real pictures and forgeries are changed alike before the inspector sees them.

So it cannot learn a small data set by heart, and what it teaches passes through to the forger
(DiffAugment, Zhao et al. 2020, arXiv 2006.10738). Each change befalls a picture with its own probability: where
that is well under 1 the forger does not learn to draw the changes themselves (Karras et al. 2020).
"""

import torch
from torch import Tensor
from torch.nn.functional import pad

# Translation reaches this share of the side; a cut-out square has half of the side.
SHIFT = 1 / 8


def augment(pictures: Tensor, probability: float, random: torch.Generator) -> Tensor:
    """Colour, translation and cut-out, each for a share of the pictures (N, 3, s, s) or pairs (N, 6, s, s) in [-1, 1].

    `random` lives on the CPU. Nothing is drawn from it where `probability` is 0.
    """
    if probability <= 0:
        return pictures
    for change in (colour, translation, cutout):
        pictures = change(pictures, probability, random)
    return pictures


def _chosen(pictures: Tensor, probability: float, random: torch.Generator) -> Tensor:
    return (torch.rand(len(pictures), 1, 1, 1, generator=random) < probability).to(pictures.device)


def _uniform(pictures: Tensor, low: float, high: float, random: torch.Generator) -> Tensor:
    return torch.empty(len(pictures), 1, 1, 1).uniform_(low, high, generator=random).to(pictures.device)


def colour(pictures: Tensor, probability: float, random: torch.Generator) -> Tensor:
    """Brightness by up to half of the range from dark to grey, saturation times 0 to 2, contrast times 0.5 to 1.5."""
    chosen = _chosen(pictures, probability, random)
    # (N, pictures, 3, s, s): those of a pair change alike, but neither shines through the other.
    changed = pictures.unflatten(1, (-1, 3)) + _uniform(pictures, -0.5, 0.5, random)[..., None]
    grey = changed.mean(2, keepdim=True)
    changed = torch.lerp(grey, changed, _uniform(pictures, 0, 2, random)[..., None])
    middle = changed.mean((2, 3, 4), keepdim=True)
    changed = torch.lerp(middle, changed, _uniform(pictures, 0.5, 1.5, random)[..., None])
    return torch.where(chosen, changed.flatten(1, 2), pictures)


def translation(pictures: Tensor, probability: float, random: torch.Generator) -> Tensor:
    """Moved by up to an eighth of the side; what comes in from outside is grey."""
    count, _, side, _ = pictures.shape
    margin = round(side * SHIFT)
    shifts = torch.randint(0, 2 * margin + 1, (count, 2), generator=random)
    chosen = torch.rand(count, 1, generator=random) < probability
    shifts = torch.where(chosen, shifts, margin)
    rows, columns = (shifts[:, axis, None] + torch.arange(side) for axis in (0, 1))
    padded = pad(pictures, [margin] * 4)
    where = [
        index.to(pictures.device) for index in (torch.arange(count)[:, None, None], rows[:, :, None], columns[:, None])
    ]
    return padded.permute(0, 2, 3, 1)[where[0], where[1], where[2]].permute(0, 3, 1, 2)


def cutout(pictures: Tensor, probability: float, random: torch.Generator) -> Tensor:
    """A grey square of half the side somewhere, partly outside perhaps."""
    count, _, side, _ = pictures.shape
    chosen = _chosen(pictures, probability, random)
    centre = torch.randint(0, side + 1, (count, 2, 1), generator=random)
    # Half a pixel on: the centre lies between two pixels, or the square would lose a row and a column.
    inside = ((torch.arange(side) + 0.5 - centre).abs() < side / 4).to(pictures.device)
    hole = inside[:, 0, None, :, None] & inside[:, 1, None, None, :]
    return pictures.masked_fill(hole & chosen, 0.0)
