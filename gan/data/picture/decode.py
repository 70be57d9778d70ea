"""One picture file becomes an array: upright, on white, 8 bits; or it is refused with a reason in plain words."""

from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from PIL import Image

from gan.data.picture import ground, memory, numbers
from gan.data.picture.formats import FORMATS, NotOpened, open_picture

MIN_SIDE = 4

NOT_A_PICTURE = "not a picture"
BROKEN = "broken picture"
TOO_LARGE = f"too large (over {memory.MOST // 2**20} MB of memory)"
TOO_SMALL = f"too small (under {MIN_SIDE} pixels)"
TOO_NARROW = f"too narrow (under {MIN_SIDE} pixels once it is shrunk)"
TOO_DEAR = "takes too much memory"
# Of these formats so many kinds exist that no library reads all.
UNUSUAL = {
    "HEIF": "HEIC photo that is damaged or unusual (save it as JPEG)",
    "TIFF": "TIFF that is damaged or unusual (save it as PNG)",
}

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}

Box = tuple[int, int, int, int]  # left, top, right, bottom in pixels


class Unusable(Exception):
    """This file gives no picture; the message is the reason."""


@contextmanager
def opened(data: bytes, formats: tuple[str, ...] = FORMATS) -> Iterator[Image.Image]:
    """The picture in these bytes, not decoded yet: its size was judged by the header.

    Raises Unusable, with one of the reasons above, also for whatever goes wrong while the picture is decoded
    in the `with` block.
    """
    try:
        with open_picture(data, formats) as image:
            if image.format in ("JPEG", "MPO") and memory.coefficients(data) > memory.MOST:
                raise Unusable(TOO_LARGE)
            if min(image.size) < MIN_SIDE:
                raise Unusable(TOO_SMALL)
            yield image
    except Unusable:
        raise
    except NotOpened as error:
        known = UNUSUAL.get(error.format or "", BROKEN)
        raise Unusable(known if error.format else NOT_A_PICTURE) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unusable(TOO_LARGE) from error
    except MemoryError as error:
        raise Unusable(TOO_DEAR) from error
    except Exception as error:  # Pillow's decoders raise nearly every kind of error for damaged bytes
        raise Unusable(BROKEN) from error


def square(image: Image.Image, resolution: int) -> np.ndarray:
    """The centre square of any Pillow picture as uint8 of shape (resolution, resolution, 3), upright, on white.

    Rotates as the EXIF data say, lays transparency over white, takes the first frame of an animation, and
    resizes with anti-aliasing. Raises Unusable for what would take too much memory, else whatever Pillow raises for a
    broken file.
    """
    decode_at(image, (resolution, resolution))
    left, top = max(image.width - image.height, 0) // 2, max(image.height - image.width, 0) // 2
    side = min(image.size)
    shrunk = _resized(image, (resolution, resolution), (left, top, left + side, top + side))
    return np.array(ground.laid_on(shrunk, ground.WHITE))


def whole(image: Image.Image, longest: int) -> tuple[Image.Image, numbers.Range | None]:
    """All of any Pillow picture as RGB, or RGBA where it may be see-through, upright; no side over `longest` pixels.

    With it the range that was chosen for numbers of more than 8 bits. Raises Unusable where the shorter side would
    become too small, and as `square` does.
    """
    scale = min(longest / max(image.size), 1)
    width, height = round(image.width * scale), round(image.height * scale)
    if scale < 1 and min(width, height) < MIN_SIDE:
        raise Unusable(TOO_NARROW)
    deep_colours = numbers.has_deep_colours(image)
    decode_at(image, (width, height))
    span = numbers.measured(image)
    deep = None if span is None else numbers.chosen_range([span])
    small = _resized(image, (width, height), deep=deep)
    return numbers.brightened(small, numbers.highest_colour(small)) if deep_colours else (small, deep)


def upright_size(image: Image.Image) -> tuple[int, int]:
    """The width and height that a picture, not decoded yet, will have when it is turned as its EXIF data say."""
    if image.format == "PNG" and "exif" not in image.info:  # it may stand behind the pixels, and hardly ever does
        return image.size
    turned = _orientation(image) in (5, 6, 7, 8)
    return (image.height, image.width) if turned else image.size


def upright(
    image: Image.Image, size: tuple[int, int], colour: str, scale: numbers.Range | None = None, highest: int = 0
) -> Image.Image:
    """All of a picture as RGB, turned as its EXIF data say, laid on that colour where it is see-through.

    It keeps its size, but a JPEG may be decoded smaller, at twice this `size` or more. Deep numbers become 8 bits by
    `scale`, else by their own range; deep colours, whose `highest` in their set is given, are brightened alike. Raises
    Unusable for what would take too much memory, and whatever Pillow raises for a broken file.
    """
    if not numbers.has_deep_colours(image):
        highest = 0
    decode_at(image, size)
    orientation = _orientation(image)
    if numbers.is_deep(image):
        image = numbers.eight_bits(image, scale or numbers.chosen_range([numbers.measured(image) or (0.0, 1.0)]))
    elif highest:
        image, _ = numbers.brightened(image, highest)
    image = ground.laid_on(image, colour)
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


def decode_at(image: Image.Image, size: tuple[int, int]) -> None:
    """Decodes, in place, at twice this size or more (unless there are no more pixels).

    Raises Unusable for what would take too much memory.
    """
    # A JPEG can be decoded at a half, a quarter or an eighth of its size, which is many times faster.
    image.draft(None, (2 * size[0], 2 * size[1]))
    if memory.pixels(image) > memory.MOST:
        raise Unusable(TOO_LARGE)
    image.load()


def _resized(
    image: Image.Image, size: tuple[int, int], box: Box | None = None, deep: numbers.Range | None = None
) -> Image.Image:
    """A decoded picture, or what a box cuts out of it, shrunk to (width, height), then turned upright: RGB or RGBA.

    `deep` is the range for numbers of more than 8 bits; without it, it is their own.
    """
    orientation = _orientation(image)
    span = numbers.measured(image) if deep is None else None
    if span is not None:
        deep = numbers.chosen_range([span])
    if deep is not None:
        image = numbers.eight_bits(image, deep)
    image = _to_be_resized(image).resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    if image.mode == "La":
        image = image.convert("LA")
    image = image.convert("RGBA" if image.mode in ("LA", "RGBa") else "RGB")
    if orientation in _UPRIGHT:  # turned last, when it is small: its centre square is the same square
        image = image.transpose(_UPRIGHT[orientation])
    return image


def _orientation(image: Image.Image) -> int:
    """How a decoded picture has still to be turned. (Before decoding, a TIFF would say what Pillow does by itself.)"""
    try:
        return image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # damaged EXIF data must not cost the picture
        return 1


def _to_be_resized(image: Image.Image) -> Image.Image:
    """In a mode that is resized with anti-aliasing and takes little memory: L or RGB, or La or RGBa where it is
    see-through, colours times opacity, so hidden ones do not bleed."""
    if image.mode == "LA":
        return image.convert("La")
    if image.has_transparency_data:
        return image.convert("RGBA").convert("RGBa")
    if image.mode in ("L", "RGB"):
        return image
    return image.convert("L" if image.mode == "1" else "RGB")
