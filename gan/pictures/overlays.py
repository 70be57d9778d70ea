"""What goes on inside a GAN that redraws, as pictures: the encoder's feature maps and the inspector's verdicts."""

import numpy as np
from PIL import Image

from gan.pictures.sheet import grid

# Sides in pixels of one enlarged map, and of a picture with verdicts over it.
MAP_SIDE, VERDICT_SIDE = 48, 512
# How much of the colour there is at most, and how quickly it comes: verdicts are seldom far from one half.
STRENGTH, STEEPNESS = 0.6, 3
NOT_FOOLED, FOOLED = np.array([214.0, 40, 57]), np.array([0.0, 148, 98])


def map_sheet(maps: np.ndarray, columns: int = 16, most: int = 64) -> np.ndarray:
    """The first of feature maps (C, h, w) on one sheet (H, W, 3) uint8, each from its lowest value, black, up."""
    shown = maps[:most]
    low, high = shown.min((1, 2), keepdims=True), shown.max((1, 2), keepdims=True)
    bright = (255 * (shown - low) / np.maximum(high - low, 1e-6)).round().astype(np.uint8)
    height, width = shown.shape[1:]
    larger = max(1.0, MAP_SIDE / min(height, width))
    size = round(width * larger), round(height * larger)
    enlarged = [np.array(Image.fromarray(one).resize(size, Image.Resampling.NEAREST)) for one in bright]
    return grid(np.stack(enlarged)[..., None].repeat(3, 3), columns)


def verdict_picture(picture: np.ndarray, verdicts: np.ndarray) -> np.ndarray:
    """A picture (R, R, 3) uint8 with its patches' verdicts (p, p) from 0 to 1 over it: (512, 512, 3) uint8.

    Red where the inspector was not fooled (under one half), green where it was; the stronger, the surer it is.
    """
    size = (VERDICT_SIDE, VERDICT_SIDE)
    large = np.array(Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC), np.float32)
    spread = np.array(Image.fromarray(verdicts.astype(np.float32)).resize(size, Image.Resampling.NEAREST))[..., None]
    colour = np.where(spread < 0.5, NOT_FOOLED, FOOLED)
    share = STRENGTH * np.minimum(1, STEEPNESS * np.abs(2 * spread - 1))
    return ((1 - share) * large + share * colour).round().astype(np.uint8)
