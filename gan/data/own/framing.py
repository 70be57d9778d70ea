"""A rectangular picture becomes a square: a part of it, all of it with bars, or all of it squeezed."""

import numpy as np
from PIL import Image

from gan.data.own.preparation import FRAMINGS
from gan.data.picture.ground import WHITE

SMALL = 32  # pixels: what is smaller than that is a sprite, which smoothing would spoil

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels
Middle = tuple[float, float]  # x and y in pixels
Part = tuple[float, float, float, float]  # the same, of which an edge may be within a pixel


def square_of(
    image: Image.Image, resolution: int, framing: str, bars: str = WHITE, subject: Middle | None = None
) -> np.ndarray:
    """An upright RGB picture as uint8 (resolution, resolution, 3), made a square as FRAMINGS says.

    Bars are of that colour. The `subject` is where `middle_of_subject` found it.
    """
    if framing == "pad":
        size = fitted(image.size, resolution)
        canvas = Image.new("RGB", (resolution, resolution), bars)
        canvas.paste(resized(image, size), ((resolution - size[0]) // 2, (resolution - size[1]) // 2))
        return np.array(canvas)
    box = None if framing == "squeeze" else square_box(image.size, framing, subject)
    return np.array(resized(image, (resolution, resolution), box))


def middle_of_subject(image: Image.Image, framing: str) -> Middle | None:
    """Where the subject of a picture is, if the framing goes by it; None where that does not matter or none is seen."""
    if framing != "subject" or image.width == image.height:
        return None
    from gan.data.own.subject import find_subject  # here, because its library is an option

    return find_subject(image)


def square_box(size: tuple[int, int], framing: str, subject: Middle | None = None) -> Box:
    """The largest square to be cut out of a picture of this size: at its top, around its subject, or in the middle."""
    side, (width, height) = min(size), size
    left, top = (width - side) // 2, (height - side) // 2
    if framing == "top":
        left, top = 0, 0
    elif subject:
        left, top = (min(max(round(at - side / 2), 0), length - side) for at, length in zip(subject, size, strict=True))
    return left, top, left + side, top + side


def fitted(size: tuple[int, int], longest: int) -> tuple[int, int]:
    """Width and height with the same shape, the longer one `longest`, none under one pixel."""
    scale = longest / max(size)
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def resized(image: Image.Image, size: tuple[int, int], box: Part | None = None) -> Image.Image:
    """A picture, or what a box cuts out of it, at another size: smoothly, but a sprite that grows keeps its edges."""
    grows = min(size) > min(image.size)
    way = Image.Resampling.NEAREST if grows and min(image.size) < SMALL else Image.Resampling.LANCZOS
    return image.resize(size, way, box=box, reducing_gap=3.0)


def lost(size: tuple[int, int], framing: str) -> float:
    """The share of a picture of this size that is cut off, or of the square that is bars; squeezed ones lose none."""
    if framing == "squeeze":
        return 0.0
    assert framing in FRAMINGS
    return 1 - min(size) / max(size)
