"""A picture with a square frame that a visitor moves and resizes, to say which part is meant."""

import hashlib
import math

import numpy as np
import streamlit as st
from PIL import Image

from gan.pictures.files import jpeg_bytes
from ui.component import component
from ui.data_url import data_url

LONGEST = 640  # pixels of the longer side, as the browser shows it
SMALLEST = 0.1  # of the shorter side

Box = tuple[float, float, float]


def crop_box(picture: np.ndarray, key: str) -> Box:
    """The frame's left, top and side, as shares of the picture's width, its height and its shorter side.

    Every picture starts with its largest centred square. See `gan.pictures.crop.crop`.

    Args:
        picture: (H, W, 3) uint8.
        key: the component's name on the page; the frame belongs to it, also after a visit to another page.
    """
    height, width = picture.shape[:2]
    url, name = _shown(picture)
    data = {"name": key, "picture": name, "url": url, "aspect": width / height, "smallest": SMALLEST}
    sent = component(__file__, "crop")(data=data, key=key, on_frame_change=lambda: None).frame
    # Streamlit forgets what a component said when the visitor goes to another page; the browser keeps the frame.
    sent = st.session_state.get(f"_{key}") if sent is None else sent
    st.session_state[f"_{key}"] = sent
    return read_frame(sent, name, height, width)


def whole_picture(picture: np.ndarray) -> None:
    """The picture (H, W, 3) uint8 without a frame, and smaller: there is nothing to be done with it."""
    height, width = picture.shape[:2]
    url, _ = _shown(picture)
    size = f"width: min(100%, 320px, {40 * width / height:.4g}vh)"
    st.html(f'<img alt="Your picture" src="{url}" style="display: block; border-radius: 4px; {size}">')


def read_frame(sent: object, name: str, height: int, width: int) -> Box:
    """What the browser says of the frame, moved into the picture; the largest centred square if it says nothing usable.

    Args:
        sent: a usable one is {"picture": name, "box": [left, top, side]}; that of another picture says nothing.
        height, width: the picture's, in pixels.
    """
    short = min(height, width)
    left, top, side = (1 - short / width) / 2, (1 - short / height) / 2, 1.0
    if isinstance(sent, dict) and sent.get("picture") == name:
        try:
            numbers = [float(value) for value in sent["box"]]
            if len(numbers) == 3 and all(map(math.isfinite, numbers)):
                left, top, side = numbers
        except (KeyError, TypeError, ValueError, OverflowError):
            pass
    side = min(max(side, SMALLEST), 1.0)
    return (
        min(max(left, 0.0), 1 - side * short / width),
        min(max(top, 0.0), 1 - side * short / height),
        side,
    )


@st.cache_data(max_entries=2, scope="session", show_spinner=False)  # not anew for every movement of the frame
def _shown(picture: np.ndarray) -> tuple[str, str]:
    """The picture as an address that a browser shows, and a name that another picture does not have."""
    image = Image.fromarray(picture)
    image.thumbnail((LONGEST, LONGEST))
    jpeg = jpeg_bytes(np.asarray(image))
    return data_url(jpeg, "image/jpeg"), hashlib.sha256(jpeg).hexdigest()[:16]
