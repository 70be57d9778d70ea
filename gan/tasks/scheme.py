"""A head as a child draws it: a circle with eyes, a nose, a mouth, and perhaps ears, whiskers or hair.

What a photograph's lines can never teach is that such a circle means a head. So some heads are not traced at all: a
scheme is put where the eyes of the photograph seem to be, in proportions that are chance.
"""

import torch
from torch import Tensor

from gan.chance import Draws

Place = tuple[Tensor, Tensor]  # x and y, each (N,), in pixels
WHISKERS = ((-1.0, 1.6, -0.25), (-0.9, 1.7, 0.05), (-0.9, 1.6, 0.35))  # in distances of the eyes


def scheme_numbers(draws: Draws) -> dict[str, Tensor]:
    """In what proportions each scheme is drawn, by name, each (N, ...)."""
    return {"proportions": draws.normal(6), "parts": draws.uniform(5)}


def scheme(left: Place, right: Place, height: int, width: int, numbers: dict[str, Tensor]) -> Tensor:
    """Lines (N, 1, height, width) one pixel wide, without eyes, around the places of two eyes."""
    device = left[0].device
    rows, columns = (torch.arange(side, device=device) + 0.5 for side in (height, width))
    apart = (right[0] - left[0]).clamp_min(height / 12)[:, None, None]
    # From here on lengths are distances of the eyes, from between them.
    x = (columns - ((left[0] + right[0]) / 2)[:, None, None]) / apart
    y = (rows[:, None] - ((left[1] + right[1]) / 2)[:, None, None]) / apart
    wide, high, low, nose, mouth, ear = (0.12 * numbers["proportions"]).clamp(-0.25, 0.25)[:, :, None, None].unbind(1)
    with_ears, with_whiskers, with_hair, pointed, smiling = (numbers["parts"] < 0.5)[:, :, None, None].unbind(1)
    half_width, half_height, middle = 1.25 + wide, 1.35 + high, 0.4 + low
    parts = [_ellipse(x, y - middle, half_width, half_height)]
    for side in (-1, 1):
        inner, outer = side * (0.35 + ear), side * (1.15 + ear)
        top = middle - half_height
        tip = side * (1.0 + ear), top - 0.5 - wide
        ear_lines = torch.minimum(_segment(x, y, inner, top + 0.08, *tip), _segment(x, y, *tip, outer, top + 0.75))
        parts.append(torch.where(with_ears, ear_lines, 9.0))
        for start, end, down in WHISKERS:
            whisker = _segment(x, y, -side * start * 0.45, 0.75 + 0.3 * down, side * end, 0.7 + down)
            parts.append(torch.where(with_whiskers & with_ears, whisker, 9.0))
    at = 0.75 + nose
    triangle = torch.minimum(
        _segment(x, y, -0.16, at - 0.1, 0.16, at - 0.1),
        torch.minimum(_segment(x, y, -0.16, at - 0.1, 0.0, at + 0.08), _segment(x, y, 0.16, at - 0.1, 0.0, at + 0.08)),
    )
    ridge = torch.minimum(_segment(x, y, 0.0, 0.25, -0.12, at), _segment(x, y, -0.12, at, 0.1, at))
    parts.append(torch.where(pointed, triangle, ridge))
    lips = at + 0.35 + mouth.abs()
    smile = torch.where(y > lips, _ellipse(x, y - lips, 0.45 + mouth, 0.22), 9.0)
    straight = _segment(x, y, -0.35 - mouth, lips + 0.08, 0.35 + mouth, lips + 0.08)
    parts.append(torch.where(smiling, smile, straight))
    hair = torch.where(y < middle - 0.2, _ellipse(x, y - middle, half_width + 0.22, half_height + 0.3 + ear.abs()), 9.0)
    parts.append(torch.where(with_hair & ~with_ears, hair, 9.0))
    return (1.1 - torch.stack(parts).amin(0) * apart).clamp(0, 1)[:, None]


def _ellipse(x: Tensor, y: Tensor, a: Tensor | float, b: Tensor | float) -> Tensor:
    """About how far (N, h, w) each place is from an ellipse around the middle."""
    radius = ((x / a).square() + (y / b).square()).sqrt()
    return (radius - 1).abs() * (x.square() + y.square()).sqrt() / radius.clamp_min(1e-3)


def _segment(x: Tensor, y: Tensor, x0, y0, x1, y1) -> Tensor:
    """How far (N, h, w) each place is from a straight line between two points."""
    dx, dy = x1 - x0, y1 - y0
    along = (((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy)).clamp(0, 1)
    return ((x - x0 - along * dx).square() + (y - y0 - along * dy).square()).sqrt()
