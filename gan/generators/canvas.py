"""What a picture is laid on before a network redraws it: a square, or a rectangle of its own shape.

Encoder and decoder are convolutions from end to end, so they take rectangles, too, whose sides they can halve as often
as those of their square. A picture's shorter side gets as many pixels as that square has, so that everything in it is
as large as its middle square would be; what is missing to the next size that can be halved is filled by mirroring the
picture at its edges, and cut off again from what comes out.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image

BOTTLENECK = 4  # pixels along the sides of what the encoder leaves of a square
# Longer sides than so many times the square's take time for all, so a panorama becomes smaller.
LONGEST = 4


@dataclass(frozen=True)
class Canvas:
    """Height and width in pixels of the picture, and of all that goes into the network, which has it in its middle."""

    picture: tuple[int, int]
    all: tuple[int, int]

    def fit(self, picture: np.ndarray) -> np.ndarray:
        """A picture (H, W, 3) uint8 shrunk or enlarged to its size on the canvas, with anti-aliasing."""
        if picture.shape[:2] == self.picture:
            return picture
        height, width = self.picture
        return np.array(Image.fromarray(picture).resize((width, height), Image.Resampling.LANCZOS))

    def lay(self, picture: np.ndarray) -> np.ndarray:
        """All of the canvas, uint8: the picture, fitted, with what is mirrored around it."""
        edges = [(before, whole - side - before) for before, whole, side in self._sides()]
        return np.pad(self.fit(picture), [*edges, (0, 0)], "symmetric")

    def cut(self, made: np.ndarray) -> np.ndarray:
        """The picture out of what is as large as all (H, W, 3)."""
        (top, _, height), (left, _, width) = self._sides()
        return made[top : top + height, left : left + width]

    def _sides(self) -> list[tuple[int, int, int]]:
        """Downwards and across: how much stands before the picture, the length of all, that of the picture."""
        return [((whole - side) // 2, whole, side) for whole, side in zip(self.all, self.picture, strict=True)]


def canvas_for(picture: np.ndarray, resolution: int) -> Canvas:
    """That of a picture (H, W, ...), for a network that learned from squares of `resolution`."""
    height, width = picture.shape[:2]
    scale = min(resolution / min(height, width), LONGEST * resolution / max(height, width))
    sides = max(1, round(height * scale)), max(1, round(width * scale))
    step = resolution // BOTTLENECK
    down, across = (-(-side // step) * step for side in sides)
    return Canvas(sides, (down, across))
