"""Pictures whose numbers are no 8-bit ones (10, 12 or 16 bits, 32-bit integers, floats): which is black, which white.

A file says how many bits a number may have, not how many it uses: cameras and microscopes write 12 bits into 16, and
scaled by 65535 these are black. So the range is chosen by the numbers themselves: for a picture by its own, for a data
set by those of all its pictures, which keeps dark ones dark.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image

# The highest values that are usual for white: floats, then 8, 10, 12, 14 and 16 bits.
WHITES = (1, 255, 1023, 4095, 16383, 65535)
# Values that fill less than this share of such a range are spread over their own: a thermal camera's, depths in metres.
LEAST_SHARE = 1 / 16
# Values under 0, or over white, by this share are what a filter left beside edges, and count as 0 or white.
RINGING = 0.02
# Of the values of a picture, so few may be hot pixels, and so many times as high as the rest.
HOT_SHARE, HOT = 0.001, 4
SAMPLE = 2**16  # values of a band that tell
BAND = 2**20  # pixels that are looked at together: a whole picture of floats would take many times its memory


@dataclass(frozen=True)
class Range:
    """The value that becomes black, the one that becomes white, and words for both."""

    low: float
    high: float
    words: str


def measured(image: Image.Image) -> tuple[float, float] | None:
    """The lowest and highest finite value of a decoded picture; None where its numbers are ordinary 8-bit ones.

    (0, 0) where no value is finite. Neither counts a few hot pixels far above all others, nor a negative value that
    stands for "no data" far below them.
    """
    if not is_deep(image):
        return None
    lows, highs, some = [], [], []
    for values in _bands(image):
        finite = values if values.dtype.kind in "iu" else values[np.isfinite(values)]
        if finite.size:
            lows.append(float(finite.min()))
            highs.append(float(finite.max()))
            some.append(finite.ravel()[:: max(1, finite.size // SAMPLE)])
    if not lows:
        return 0.0, 0.0
    return _without_outliers(min(lows), max(highs), np.concatenate(some).astype(np.float64))


def _without_outliers(low: float, high: float, some: np.ndarray) -> tuple[float, float]:
    """The ends of all values, of which these are `some` (n,), without what is no part of the picture."""
    top = float(np.quantile(some, 1 - HOT_SHARE))
    if high > HOT * top > 0:
        high = top
    rest = some[some > low]
    if low < 0 and len(rest) and rest.min() - low > 2 * (high - rest.min()):
        low = float(rest.min())
    return low, high


def is_deep(image: Image.Image) -> bool:
    """Whether Pillow holds the numbers of a picture in more than 8 bits each: grey of 16 or 32 bits, or of floats."""
    return image.mode.startswith("I") or image.mode == "F"


def chosen_range(lows_highs: Iterable[tuple[float, float]]) -> Range:
    """The range for pictures that are to be scaled alike, from what was `measured` of each; at least of one.

    It begins at 0 and ends at the first of `WHITES` that holds all values; where there are negative ones, more than a
    trace, it is -1 to 1 or that of the values. That of the values it is, too, where they are above 65535 or fill little
    of the usual range.
    """
    pairs = list(lows_highs)
    low, high = min(low for low, _ in pairs), max(high for _, high in pairs)
    if high > 0 and -RINGING * high <= low < 0:
        low = 0.0
    white = 1 if high <= 1 + RINGING else next((white for white in WHITES if high <= white), None)
    if low >= 0 and white is not None and (low == high or high - low >= LEAST_SHARE * white):
        low, high = 0.0, float(white)
    elif -1 <= low < -LEAST_SHARE and high <= 1:
        low, high = -1.0, 1.0
    elif low == high:  # nothing but one negative or very high value
        high = low + 1
    return Range(low, high, f"values from {low:g} (black) to {high:g} (white)")


def eight_bits(image: Image.Image, scale: Range) -> Image.Image:
    """A decoded picture whose numbers were `measured` as one of mode "L"; others as they are."""
    if not is_deep(image):
        return image
    rows = [to_eight_bits(values, scale.low, scale.high) for values in _bands(image)]
    return Image.fromarray(np.concatenate(rows))


def to_eight_bits(values: np.ndarray, low: float, high: float) -> np.ndarray:
    """Values of any kind and shape as uint8: `low` and what is under it as 0, `high` and above as 255, NaN as 0."""
    if values.dtype.kind == "u" and values.itemsize == 2 and values.size > 2**16:
        return to_eight_bits(np.arange(2**16), low, high)[values]
    values = np.nan_to_num(values.astype(np.float64), nan=low, posinf=high, neginf=low)
    return np.clip((np.clip(values, low, high) - low) * (255 / (high - low)) + 0.5, 0, 255).astype(np.uint8)


def has_deep_colours(image: Image.Image) -> bool:
    """Whether the colours of a picture that is not decoded yet have 16 bits each. Pillow reads the upper 8."""
    tiles = getattr(image, "tile", [])
    return image.mode in ("RGB", "RGBA", "LA") and any(";16" in str(tile[3]) for tile in tiles)


def bits_used(highest: int) -> int | None:
    """How many bits of 16 are used where the upper eight come to `highest`; None where it is nearly all of them."""
    return 8 + highest.bit_length() if 0 < highest < 64 else None


def highest_colour(image: Image.Image) -> int:
    """The highest value, 0 to 255, of a decoded picture, RGB, RGBA or LA, without its opacity."""
    channels = len(image.getbands()) - image.getbands().count("A")
    return int(np.asarray(image)[..., :channels].max())


def brightened(image: Image.Image, highest: int) -> tuple[Image.Image, Range | None]:
    """A decoded picture, RGB, RGBA or LA, that had `has_deep_colours`, so bright that 14 bits or fewer are seen.

    `highest` is its own `highest_colour`, or that of its whole set. None, and the picture as it was, where more bits
    were used, or it is black.
    """
    if bits_used(highest) is None:
        return image, None
    end = 2 ** highest.bit_length()
    steps = [min(255, round(value * 255 / (end - 1))) for value in range(256)]
    opacity = image.getbands().count("A")  # which stays
    steps = steps * (len(image.getbands()) - opacity) + list(range(256)) * opacity
    high = 256 * end - 1
    return image.point(steps), Range(0, high, f"colours from 0 (black) to {high} (white), but for their lowest 8 bits,")


def _bands(image: Image.Image) -> Iterator[np.ndarray]:
    """The rows of a picture, some at a time."""
    rows = max(1, BAND // image.width)
    for top in range(0, image.height, rows):
        yield np.asarray(image.crop((0, top, image.width, min(top + rows, image.height))))
