"""A head as a child draws it: a circle with eyes, a nose, a mouth, and perhaps ears, whiskers, hair, brows or a beard.

What a photograph's lines can never teach is that such a circle means a head. So some heads are not traced at all: a
scheme is put where the eyes of the photograph seem to be, in proportions that are chance.
"""

import torch
from torch import Tensor

from gan.chance import Draws

Place = tuple[Tensor, Tensor]  # x and y, each (N,), in pixels
WHISKERS = ((-1.0, 1.6, -0.25), (-0.9, 1.7, 0.05), (-0.9, 1.6, 0.35))  # in distances of the eyes
BEARD = (-0.5, -0.25, 0.0, 0.25, 0.5)
ELSEWHERE = 9.0  # farther than the pen reaches


def scheme_numbers(draws: Draws) -> dict[str, Tensor]:
    """In what proportions each scheme is drawn, by name, each (N, ...)."""
    return {"proportions": draws.normal(6), "parts": draws.uniform(9)}


def scheme(left: Place, right: Place, height: int, width: int, numbers: dict[str, Tensor]) -> Tensor:
    """Lines (N, 1, height, width) one pixel wide, without eyes, around the places of two eyes."""
    device = left[0].device
    rows, columns = (torch.arange(side, device=device) + 0.5 for side in (height, width))
    apart = (right[0] - left[0]).clamp_min(height / 12)[:, None, None]
    # From here on lengths are distances of the eyes, from between them.
    x = (columns - ((left[0] + right[0]) / 2)[:, None, None]) / apart
    y = (rows[:, None] - ((left[1] + right[1]) / 2)[:, None, None]) / apart
    outline = _outline(x, y, numbers)
    features = _features(x, y, numbers)
    return (1.1 - torch.stack(outline + features).amin(0) * apart).clamp(0, 1)[:, None]


def _outline(x: Tensor, y: Tensor, numbers: dict[str, Tensor]) -> list[Tensor]:
    """How far (N, h, w) each place is from the lines around a face: its head, a cat's ears or a person's, and hair."""
    wide, high, low, _, _, ear = _varied(numbers)
    pointed, _, with_hair, _, _, with_round_ears, long_haired, _, _ = _chosen(numbers)
    half_width, half_height, middle = 1.35 + 1.5 * wide, 1.4 + 1.5 * high, 0.4 + low
    top = middle - half_height
    lines = [_ellipse(x, y - middle, half_width, half_height)]
    for side in (-1, 1):
        tip = side * (1.0 + ear), top - 0.5 - ear
        inner, outer = (side * (0.35 + ear), top + 0.08), (side * (1.15 + ear), top + 0.75)
        lines.append(_if(pointed, torch.minimum(_segment(x, y, *inner, *tip), _segment(x, y, *tip, *outer))))
        round_ear = _ellipse(x - side * (half_width + 0.12), y - 0.35, 0.16, 0.28 + ear.abs())
        lines.append(_if(~pointed & with_round_ears, round_ear))
        above, below = (side * (half_width + 0.2), middle - 0.2), (side * (half_width + 0.3), middle + half_height)
        lines.append(_if(~pointed & with_hair & long_haired, _segment(x, y, *above, *below)))
    fringe = _ellipse(x, y - middle, half_width + 0.22, half_height + 0.3 + ear.abs())
    lines.append(_if(~pointed & with_hair & (y < middle - 0.2), fringe))
    return lines


def _features(x: Tensor, y: Tensor, numbers: dict[str, Tensor]) -> list[Tensor]:
    """The same of the lines within a face: its nose, its mouth, and whiskers, or brows and a beard."""
    _, _, _, nose, mouth, ear = _varied(numbers)
    of_a_cat, with_whiskers, _, with_triangle, smiling, _, _, with_brows, with_beard = _chosen(numbers)
    at = 0.75 + nose
    lips = at + 0.35 + mouth.abs()
    left, right, tip = (-0.16, at - 0.1), (0.16, at - 0.1), (0.0, at + 0.08)
    sides = [_segment(x, y, *left, *right), _segment(x, y, *left, *tip), _segment(x, y, *right, *tip)]
    ridge = torch.minimum(_segment(x, y, 0.0, 0.25, -0.12, at), _segment(x, y, -0.12, at, 0.1, at))
    smile = torch.where(y > lips, _ellipse(x, y - lips, 0.45 + mouth, 0.22), ELSEWHERE)
    straight = _segment(x, y, -0.35 - mouth, lips + 0.08, 0.35 + mouth, lips + 0.08)
    lines = [torch.where(with_triangle, torch.stack(sides).amin(0), ridge), torch.where(smiling, smile, straight)]
    for side in (-1, 1):
        for start, end, down in WHISKERS:
            whisker = _segment(x, y, -side * start * 0.45, 0.75 + 0.3 * down, side * end, 0.7 + down)
            lines.append(_if(of_a_cat & with_whiskers, whisker))
        brow = _segment(x, y, side * 0.3, -0.38 - ear, side * 0.75, -0.38 + mouth)
        lines.append(_if(~of_a_cat & with_brows, brow))
    for across in BEARD:
        hair = _segment(x, y, across, lips + 0.2, 1.2 * across, lips + 0.5 + nose.abs())
        lines.append(_if(~of_a_cat & with_brows & with_beard, hair))
    return lines


def _varied(numbers: dict[str, Tensor]) -> tuple[Tensor, ...]:
    """By how much each of six lengths is longer or shorter, each (N, 1, 1), in distances of the eyes."""
    return (0.12 * numbers["proportions"]).clamp(-0.25, 0.25)[:, :, None, None].unbind(1)


def _chosen(numbers: dict[str, Tensor]) -> tuple[Tensor, ...]:
    """Which of the parts there are, each (N, 1, 1)."""
    return (numbers["parts"] < 0.5)[:, :, None, None].unbind(1)


def _if(shown: Tensor, line: Tensor) -> Tensor:
    return torch.where(shown, line, ELSEWHERE)


def _ellipse(x: Tensor, y: Tensor, a: Tensor | float, b: Tensor | float) -> Tensor:
    """About how far (N, h, w) each place is from an ellipse around the middle."""
    radius = ((x / a).square() + (y / b).square()).sqrt()
    return (radius - 1).abs() * (x.square() + y.square()).sqrt() / radius.clamp_min(1e-3)


def _segment(x: Tensor, y: Tensor, x0, y0, x1, y1) -> Tensor:
    """How far (N, h, w) each place is from a straight line between two points."""
    dx, dy = x1 - x0, y1 - y0
    along = (((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)).clamp(0, 1)
    return ((x - x0 - along * dx).square() + (y - y0 - along * dy).square()).sqrt()
