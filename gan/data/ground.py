"""What see-through pictures are laid on: a ground that shows them, since white shapes on white are a blank sheet."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from PIL import Image

WHITE, GREY, BLACK = "#ffffff", "#808080", "#000000"

# Mean luminances from which on a picture is lost on white, and up to which it would be lost on black.
NEARLY_WHITE, NEARLY_BLACK = 0.85, 0.3
# Under this share of see-through pixels the ground is seen in a few soft edges only, and the picture has no say.
LITTLE = 0.02
# So large a share of a set that would be lost decides; a few odd ones do not.
MANY = 0.05


@dataclass(frozen=True)
class Ground:
    """A colour, #rrggbb, and the words after "laid on"."""

    colour: str
    words: str


def contrast(image: Image.Image) -> tuple[float, float] | None:
    """The mean luminance, 0 to 1, of what can be seen of a picture, and the share of it that is see-through.

    The mean is weighted by opacity (ITU-R BT.601, as Pillow's grey; 0 where nothing can be seen). None for a picture
    without transparency, or whose every pixel is opaque.
    """
    if image.mode not in ("RGBa", "La") and not image.has_transparency_data:
        return None
    rgba = image.convert("RGBA")
    opacity = np.asarray(rgba.getchannel("A"), np.float32) / 255
    if opacity.min() == 1:
        return None
    seen = float(opacity.sum())
    luminance = float((np.asarray(rgba.convert("RGB").convert("L"), np.float32) * opacity).sum()) / 255
    return (luminance / seen if seen else 0.0), float(1 - opacity.mean())


def chosen_ground(contrasts: Iterable[tuple[float, float]]) -> Ground:
    """The ground for pictures of which `contrast` says this, one or a whole set.

    White, unless some would be lost on it: then black, or mid grey where others would be lost on that.
    """
    luminances = [luminance for luminance, share in contrasts if LITTLE <= share < 1]
    light = sum(luminance > NEARLY_WHITE for luminance in luminances)
    dark = sum(luminance < NEARLY_BLACK for luminance in luminances)
    if light <= MANY * len(luminances):
        return Ground(WHITE, "white")
    if dark <= MANY * len(luminances):
        return Ground(BLACK, "black, since on white it would not be seen")
    return Ground(GREY, "grey, since some would not be seen on white, others not on black")


def laid_on(image: Image.Image, colour: str) -> Image.Image:
    """A picture of any mode over a ground, as RGB; "RGBa", in which see-through pictures are resized, too."""
    if image.mode not in ("RGBa", "La") and not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, colour), rgba).convert("RGB")
