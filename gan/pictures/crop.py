"""Cutting a square out of a picture."""

import numpy as np


def crop(picture: np.ndarray, left: float, top: float, side: float) -> np.ndarray:
    """A square (n, n, 3) out of a picture (H, W, 3), of at least one pixel, as an array of its own.

    Args:
        left, top: the square's corner, as shares of the picture's width and of its height.
        side: as a share of the picture's shorter side.

    A square that reaches beyond the picture is moved, and if it must be shrunk, until it lies inside.
    """
    height, width = picture.shape[:2]
    short = min(height, width)
    pixels = min(max(1, round(side * short)), short)
    x = min(max(0, round(left * width)), width - pixels)
    y = min(max(0, round(top * height)), height - pixels)
    return picture[y : y + pixels, x : x + pixels].copy()


def middle(picture: np.ndarray) -> np.ndarray:
    """The largest square in the middle of a picture (H, W, 3)."""
    height, width = picture.shape[:2]
    side = min(height, width)
    return crop(picture, (width - side) / 2 / width, (height - side) / 2 / height, 1.0)
