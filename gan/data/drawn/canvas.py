"""A small drawing board: smooth, anti-aliased shapes at any resolution.

Everything is placed in figure coordinates: the origin is the middle of the head, x runs right, y runs
down, and 1 is the width of the picture. Shapes become polygons on an oversized canvas which is
averaged down at the end, so that the same figure looks the same at every resolution.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache

import numpy as np
from PIL import Image, ImageDraw

Colour = tuple[int, int, int]
Point = tuple[float, float] | np.ndarray  # (x, y)

WHITE: Colour = (252, 251, 247)
INK: Colour = (43, 36, 44)


def mix(first: Colour, second: Colour, share: float) -> Colour:
    """The colour that lies `share` (0 to 1) of the way from the first to the second."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(first, second, strict=True))
    return red, green, blue


def darker(colour: Colour, share: float) -> Colour:
    """The colour moved towards a dark, slightly warm ink, which looks softer than black."""
    return mix(colour, INK, share)


def brightness(colour: Colour) -> float:
    """Perceived brightness from 0 to 1 (the luma weights of ITU-R BT.601)."""
    red, green, blue = colour
    return (0.299 * red + 0.587 * green + 0.114 * blue) / 255


@cache
def _circle(count: int) -> np.ndarray:
    turn = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([np.cos(turn), np.sin(turn)], axis=1)


def _catmull_rom(t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Weights (len(t), 4) of four neighbouring points for place and direction between the middle two."""
    basis = np.array([[0, 2, 0, 0], [-1, 0, 1, 0], [2, -5, 4, -1], [-1, 3, -3, 1]]) / 2
    zero, one = np.zeros_like(t), np.ones_like(t)
    return np.stack([one, t, t**2, t**3], 1) @ basis, np.stack([zero, one, 2 * t, 3 * t**2], 1) @ basis


@cache
def _closed_weights(count: int) -> np.ndarray:
    """The matrix (samples, count) that turns anchors into the closed curve through them."""
    place, _ = _catmull_rom(np.arange(6) / 6)
    weights = np.zeros((count, 6, count))
    for i in range(count):
        for j in range(4):
            weights[i, :, (i + j - 1) % count] += place[:, j]
    return weights.reshape(-1, count)


@cache
def _open_weights(count: int) -> tuple[np.ndarray, np.ndarray]:
    """The matrices (samples, count) for the places and directions of the open curve through anchors."""
    ends = np.arange(count - 1)
    place, direction = np.zeros((2, count - 1, 7, count))
    for i in ends:
        for j, anchor in enumerate(np.clip(np.arange(i - 1, i + 3), 0, count - 1)):
            for weights, part in zip((place, direction), _catmull_rom(np.arange(7) / 6), strict=True):
                weights[i, :, anchor] += part[:, j]
    # Each piece ends where the next begins, so that only the last keeps its last sample.
    keep = np.concatenate([np.arange(7 * (count - 1)).reshape(-1, 7)[:, :6].ravel(), [7 * (count - 1) - 1]])
    return place.reshape(-1, count)[keep], direction.reshape(-1, count)[keep]


@cache
def _brush(count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each point along a stroke: place and direction weights, progress, thickness, and reach.

    The first and the last point come three times, pushed out and narrowed into a round tip.
    """
    place, direction = _open_weights(count)
    last = len(place) - 1
    rows = np.array([0, 0, *range(last + 1), last, last])
    thickness, reach = np.ones(len(rows)), np.zeros(len(rows))
    thickness[[0, 1, -2, -1]] = 0.25, 0.75, 0.75, 0.25
    reach[[0, 1, -2, -1]] = -1, -0.66, 0.66, 1
    return place[rows], direction[rows], rows[:, None] / last, thickness[:, None], reach[:, None]


def oval(x: float, y: float, width: float, height: float, count: int = 32) -> np.ndarray:
    """Points (count, 2) of an ellipse around (x, y); width and height are its half axes."""
    return _circle(count) * (width, height) + (x, y)


def egg(width: float, top: float, bottom: float, roundness: float, jaw: float) -> np.ndarray:
    """Points (48, 2) of a head around the origin.

    `width` is half the width, `top` and `bottom` the heights above and below the origin. `roundness`
    and `jaw` are the superellipse exponents of the upper and lower half: 2 is an ellipse, more is
    squarer, less is more pointed.
    """
    cos, sin = _circle(48).T
    power = np.where(sin < 0, 2 / roundness, 2 / jaw)
    across = np.sign(cos) * np.abs(cos) ** power * width
    down = np.sign(sin) * np.abs(sin) ** power * np.where(sin < 0, top, bottom)
    return np.stack([across, down], axis=1)


def closed_curve(points: Sequence[Point]) -> np.ndarray:
    """Points of the smooth closed curve through `points` (a Catmull-Rom spline)."""
    return _closed_weights(len(points)) @ np.array(points)


def open_curve(points: Sequence[Point]) -> np.ndarray:
    """Points of the smooth curve from the first to the last of `points` (a Catmull-Rom spline)."""
    return _open_weights(len(points))[0] @ np.array(points)


class Canvas:
    """One picture in the making, with an upright background and a figure that may shift and tilt."""

    def __init__(self, resolution: int, top: Colour, bottom: Colour) -> None:
        # Fewer samples for a large picture: its edges are fine anyway, and the time grows with the area.
        self._oversize = 8 if resolution < 32 else 4 if resolution <= 128 else 3 if resolution <= 256 else 2
        self._size = resolution * self._oversize
        share = np.linspace(0, 1, self._size)[:, None, None]
        column = np.rint(np.array(top) * (1 - share) + np.array(bottom) * share).astype(np.uint8)
        self._image = Image.fromarray(column).resize((self._size, self._size), Image.Resampling.NEAREST)
        self._draw = ImageDraw.Draw(self._image)
        self.place(0.5, 0.5)

    def place(self, x: float, y: float, scale: float = 1.0, tilt: float = 0.0) -> None:
        """Put the origin of the figure at (x, y) of the picture, scaled, and tilted by radians."""
        cos, sin = np.cos(tilt) * scale * self._size, np.sin(tilt) * scale * self._size
        self._turn = np.array([[cos, sin], [-sin, cos]])
        self._shift = np.array([x, y]) * self._size
        self._unit = scale * self._size

    def shape(self, points: np.ndarray, fill: Colour, line: Colour | None = None, width: float = 0.014) -> None:
        """A filled polygon (n, 2), with an outline where a line colour is given."""
        self._draw.polygon(self._pixels(points), fill=fill)
        if line is not None:
            self.outline(points, line, width)

    def outline(self, points: np.ndarray, line: Colour, width: float = 0.014) -> None:
        """The outline of a polygon (n, 2)."""
        pixels = self._pixels(points)
        # Past the first point once more, so that the outline closes without a notch.
        self._draw.line(pixels + pixels[:4], fill=line, width=max(1, round(width * self._unit)))

    def oval(self, x: float, y: float, width: float, height: float, fill: Colour) -> None:
        """A filled ellipse around (x, y) with these half axes."""
        self.shape(oval(x, y, width, height), fill)

    def stroke(self, points: Sequence[Point] | np.ndarray, width: float, fill: Colour, end: float = 1.0) -> None:
        """A smooth brush stroke through the points; `end` is the share of the width left at its end."""
        place, direction, progress, thickness, reach = _brush(len(points))
        anchors = np.array(points)
        along = direction @ anchors
        along /= np.sqrt((along * along).sum(axis=1, keepdims=True))
        half = width / 2 * (1 + (end - 1) * progress)
        middle = place @ anchors + along * (half * reach)
        across = along[:, ::-1] * (half * thickness) * (-1, 1)
        self.shape(np.concatenate([middle + across, (middle - across)[::-1]]), fill)

    @contextmanager
    def inside(self, points: np.ndarray) -> Iterator[None]:
        """Whatever is drawn in this block shows only inside the polygon (n, 2)."""
        below, mask = self._image, Image.new("L", self._image.size)
        ImageDraw.Draw(mask).polygon(self._pixels(points), fill=255)
        self._image = below.copy()
        self._draw = ImageDraw.Draw(self._image)
        yield
        below.paste(self._image, mask=mask)
        self._image = below
        self._draw = ImageDraw.Draw(below)

    def finish(self) -> np.ndarray:
        """The picture: (resolution, resolution, 3) uint8, RGB."""
        return np.array(self._image.reduce(self._oversize))

    def _pixels(self, points: np.ndarray) -> list[float]:
        return (points @ self._turn + self._shift).ravel().tolist()


def bow(canvas: Canvas, cloth: Colour, x: float, y: float, size: float) -> None:
    """A ribbon tied into a bow around (x, y); `size` is half its width."""
    edge = darker(cloth, 0.55)
    for side in (-1, 1):
        wing = [(0, 0), (0.7, -0.62), (1.08, -0.5), (1.08, 0.5), (0.7, 0.62)]
        canvas.shape(closed_curve([(x + side * size * a, y + size * b) for a, b in wing]), cloth, edge, 0.012)
    canvas.oval(x, y, size * 0.28, size * 0.3, edge)
    canvas.oval(x, y, size * 0.19, size * 0.21, mix(cloth, WHITE, 0.25))
