"""OpenCV's classical detectors of heads (Viola and Jones 2001), which no ImageNet network sways: an option.

They see faces that look at the camera. OpenCV 4 brings both cascades, OpenCV 5 has none.
"""

from functools import cache
from typing import Any

FILES = {"person": "haarcascade_frontalface_default.xml", "cat": "haarcascade_frontalcatface_extended.xml"}


def cascades() -> dict[str, Any]:
    """A detector of a person's and one of a cat's face, each an OpenCV `CascadeClassifier` (see its
    `detectMultiScale`); none where there is no OpenCV, or a newer one."""
    try:
        return _loaded()
    except (ImportError, AttributeError, KeyError):
        return {}


@cache
def _loaded() -> dict[str, Any]:
    import cv2

    folder: str = vars(cv2)["data"].haarcascades
    return {whose: cv2.CascadeClassifier(folder + name) for whose, name in FILES.items()}
