"""One picture file becomes an array: upright, on white, 8 bits; or it is refused with a reason in plain words."""

from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO

import numpy as np
from PIL import Image, UnidentifiedImageError

from gan.data.ground import laid_on
from gan.data.numbers import Range, chosen_range, eight_bits, is_deep, measured

MIN_SIDE = 4
MAX_PIXELS = 50_000_000

# Only formats that Pillow decodes itself: its EPS reader, for one, would start Ghostscript on a stranger's file.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF", "PPM", "TGA", "ICO", "JPEG2000")

NOT_A_PICTURE = "not a picture"
BROKEN = "broken picture"
TOO_LARGE = "too large (over 50 megapixels)"
TOO_SMALL = "too small (under 4 pixels)"
TOO_NARROW = "too narrow (under 4 pixels once it is shrunk)"
TOO_DEAR = "takes too much memory"
HEIC = "HEIC photo (save it as JPEG)"

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
        with Image.open(BytesIO(data), formats=formats) as image:
            if image.width * image.height > MAX_PIXELS:
                raise Unusable(TOO_LARGE)
            if min(image.size) < MIN_SIDE:
                raise Unusable(TOO_SMALL)
            yield image
    except Unusable:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Unusable(TOO_LARGE) from error
    except UnidentifiedImageError as error:
        heic = data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
        raise Unusable(HEIC if heic else NOT_A_PICTURE) from error
    except MemoryError as error:
        raise Unusable(TOO_DEAR) from error
    except Exception as error:  # Pillow's decoders raise nearly every kind of error for damaged bytes
        raise Unusable(BROKEN) from error


def square(image: Image.Image, resolution: int) -> np.ndarray:
    """The centre square of any Pillow picture as uint8 of shape (resolution, resolution, 3), upright, on white.

    Rotates as the EXIF data say, lays transparency over white, takes the first frame of an animation, and
    resizes with anti-aliasing. Raises whatever Pillow raises for a broken file.
    """
    _decode(image, (resolution, resolution))
    left, top = max(image.width - image.height, 0) // 2, max(image.height - image.width, 0) // 2
    side = min(image.size)
    return _resized(image, (resolution, resolution), (left, top, left + side, top + side))


def whole(image: Image.Image, longest: int) -> np.ndarray:
    """All of any Pillow picture as uint8 (height, width, 3), treated as `square` does; no side over `longest` pixels.

    Raises Unusable where the shorter side would become too small, else whatever Pillow raises for a broken file.
    """
    scale = min(longest / max(image.size), 1)
    width, height = round(image.width * scale), round(image.height * scale)
    if min(width, height) < MIN_SIDE:
        raise Unusable(TOO_NARROW)
    _decode(image, (width, height))
    return _resized(image, (width, height))


def upright_size(image: Image.Image) -> tuple[int, int]:
    """The width and height that a picture, not decoded yet, will have when it is turned as its EXIF data say."""
    turned = _orientation(image) in (5, 6, 7, 8)
    return (image.height, image.width) if turned else image.size


def upright(image: Image.Image, size: tuple[int, int], ground: str, scale: Range | None = None) -> Image.Image:
    """All of a picture as RGB, turned as its EXIF data say, laid on the colour `ground` where it is see-through.

    It keeps its size, but a JPEG may be decoded smaller, at twice this `size` or more. Deep numbers become 8 bits by
    `scale`, else by their own range. Raises whatever Pillow raises for a broken file.
    """
    _decode(image, size)
    orientation = _orientation(image)
    if is_deep(image):
        image = eight_bits(image, scale or chosen_range([measured(image) or (0.0, 1.0)]))
    image = laid_on(image, ground)
    return image.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else image


def _decode(image: Image.Image, size: tuple[int, int]) -> None:
    """Decodes, in place, at twice this size or more (unless there are no more pixels)."""
    # A JPEG can be decoded at a half, a quarter or an eighth of its size, which is many times faster.
    image.draft(None, (2 * size[0], 2 * size[1]))
    image.load()


def _resized(image: Image.Image, size: tuple[int, int], box: Box | None = None) -> np.ndarray:
    """A decoded picture, or what a box cuts out of it, shrunk to (width, height), on white, then turned upright."""
    orientation = _orientation(image)
    image = _rgb_or_premultiplied(image).resize(size, Image.Resampling.LANCZOS, box=box, reducing_gap=3.0)
    if image.mode == "RGBa":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    if orientation in _UPRIGHT:  # turned last, when it is small: its centre square is the same square
        image = image.transpose(_UPRIGHT[orientation])
    return np.array(image)


def _orientation(image: Image.Image) -> int:
    """How a decoded picture has still to be turned. (Before decoding, a TIFF would say what Pillow does by itself.)"""
    try:
        return image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # damaged EXIF data must not cost the picture
        return 1


def _rgb_or_premultiplied(image: Image.Image) -> Image.Image:
    """In mode RGB, or RGBa where it is see-through: colours times opacity, so hidden ones do not bleed."""
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    if image.has_transparency_data:
        return image.convert("RGBA").convert("RGBa")
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits (or floats in 0 to 1, or 0 to 255) as 8 bits: Pillow's own conversion clips instead."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    white = 65535 if image.mode.startswith("I") else 1 if values.max() <= 1 else 255
    return Image.fromarray(np.clip(values * (255 / white) + 0.5, 0, 255).astype(np.uint8))
