"""OpenCV's classical detectors of heads (Viola and Jones 2001), which no network learned: an option.

They see faces that look at the camera. OpenCV 4 brings both cascades, OpenCV 5 has none.
"""

from functools import cache
from typing import Any

from gan.errors import ForgerError

FILES = {"person": "haarcascade_frontalface_default.xml", "cat": "haarcascade_frontalcatface_extended.xml"}


@cache
def cascades() -> dict[str, Any]:
    """A detector of a person's and one of a cat's face, each an OpenCV `CascadeClassifier`; see `detectMultiScale`.

    Raises ForgerError, saying what to install, where there are none.
    """
    try:
        import cv2

        folder: str = vars(cv2)["data"].haarcascades
        return {whose: cv2.CascadeClassifier(folder + name) for whose, name in FILES.items()}
    except (ImportError, AttributeError, KeyError) as error:
        raise ForgerError(
            "Faces are looked for by a library that is not here: pip install 'opencv-python-headless<5'; or choose "
            "another framing."
        ) from error
