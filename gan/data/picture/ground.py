"""What see-through pictures are laid on: a ground that shows them, since white shapes on white are a blank sheet."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from PIL import Image

WHITE, GREY, BLACK = "#ffffff", "#808080", "#000000"

# Luminances from which on something is lost on white, and up to which it would be lost on black.
NEARLY_WHITE, NEARLY_BLACK = 0.85, 0.3
# A picture is lost where so large a part of it is: outlines and eyes may go.
LOST = 0.3
# Under this share of see-through pixels the ground is seen in a few soft edges only, and the picture has no say.
LITTLE = 0.02
# So large a share of a set that would be lost decides; a few odd ones do not.
MANY = 0.05


@dataclass(frozen=True)
class Ground:
    """A colour, #rrggbb, and the words after "laid on"."""

    colour: str
    words: str


class Contrast(NamedTuple):
    """Which share of what can be seen of a picture is nearly white, which nearly black, and how much is see-through."""

    light: float
    dark: float
    hidden: float


def contrast(image: Image.Image) -> Contrast | None:
    """How a picture stands out from white and black; None for one whose every pixel is opaque.

    Shares are weighted by opacity, luminances are those of ITU-R BT.601, as Pillow's grey; 0 where nothing can be seen.
    """
    if image.mode not in ("RGBa", "La") and not image.has_transparency_data:
        return None
    rgba = image.convert("RGBA")
    opacity = np.asarray(rgba.getchannel("A"), np.float32) / 255
    if opacity.min() == 1:
        return None
    luminance = np.asarray(rgba.convert("RGB").convert("L"), np.float32) / 255
    seen = float(opacity.sum()) or 1.0
    light, dark = (float(opacity[part].sum()) / seen for part in (luminance > NEARLY_WHITE, luminance < NEARLY_BLACK))
    return Contrast(light, dark, float(1 - opacity.mean()))


def chosen_ground(contrasts: Iterable[Contrast]) -> Ground:
    """The ground for pictures of which `contrast` says this, one or a whole set.

    White, unless some would be lost on it: then black, or mid grey where others, or other parts, would be lost on that.
    """
    told = [one for one in contrasts if LITTLE <= one.hidden < 1]
    light = sum(one.light > LOST for one in told)
    dark = sum(one.dark > LOST for one in told)
    if light <= MANY * len(told):
        return Ground(WHITE, "white")
    if dark <= MANY * len(told):
        return Ground(BLACK, "black, as white would hide what is white")
    return Ground(GREY, "grey, as white would hide what is white, and black what is black")


def laid_on(image: Image.Image, colour: str) -> Image.Image:
    """A picture of any mode over a ground, as RGB; "RGBa", in which see-through pictures are resized, too."""
    if image.mode not in ("RGBa", "La") and not image.has_transparency_data:
        return image if image.mode == "RGB" else image.convert("RGB")
    rgba = image.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", rgba.size, colour), rgba).convert("RGB")
