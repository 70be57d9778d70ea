"""Where in a picture a face, or a cat's, is: by classical detectors, as an option."""

from typing import Any

import numpy as np
from PIL import Image

from gan.errors import ForgerError
from gan.pictures.cascades import cascades

LARGEST = 512  # pixels of the longer side that is looked at


def check_available() -> None:
    """Raises ForgerError, saying what to install, where there are no detectors."""
    _detectors()


def find_subject(image: Image.Image) -> tuple[float, float] | None:
    """The middle (x, y) in pixels of the largest face in an RGB picture, a person's or a cat's; None where none is
    seen. Raises ForgerError as `check_available` does."""
    scale = min(1.0, LARGEST / max(image.size))
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    grey = np.asarray(image.resize(size, Image.Resampling.BILINEAR, reducing_gap=2.0).convert("L"))
    least = max(24, min(size) // 8)
    found = [box for one in _detectors() for box in one.detectMultiScale(grey, 1.1, 5, minSize=(least, least))]
    if not found:
        return None
    x, y, width, height = max(found, key=lambda box: box[2] * box[3])
    return (x + width / 2) / scale, (y + height / 2) / scale


def _detectors() -> list[Any]:
    found = list(cascades().values())
    if not found:
        raise ForgerError(
            "Faces are looked for by a library that is not here: pip install 'opencv-python-headless<5'; or choose "
            "another framing."
        )
    return found
