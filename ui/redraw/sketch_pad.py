"""A white sheet on which a visitor draws black lines, with mouse, pen, finger or arrow keys.

The browser keeps the strokes themselves, for undo, and for as long as the page is not loaded anew; Python hears of the
drawing as a small PNG, several times a second while it is being drawn, and less often where a whole class draws.
"""

import base64
from collections.abc import Sequence

import numpy as np
import streamlit as st

from gan.data.picture.decode import Unusable, opened
from gan.errors import ForgerError
from ui import crowd
from ui.component import component

SIZE = 256
LONGEST = 300_000  # characters; a sheet scribbled all over takes a fifth of it

Stroke = Sequence[Sequence[float]] | np.ndarray


def sketch_pad(key: str, strokes: Sequence[Stroke] | None = None, turn: int = 0) -> np.ndarray | None:
    """The drawing as it stands, (256, 256, 3) uint8, black on white; None while the sheet is blank.

    Inside a fragment, a change of the drawing runs only that fragment again.

    Args:
        key: the sheet's name on the page; the drawing belongs to it, also after a visit to another page.
        strokes: a ready-made drawing, for each line its points (x, y) from 0 to 1, from the top left.
        turn: `strokes` replace what is on the sheet whenever this number changes; the visitor can undo it.

    Raises:
        ForgerError: the browser sent something else than a drawing.
    """
    data = {
        "name": key,
        "turn": turn,
        "strokes": None if strokes is None else [np.round(stroke, 4).tolist() for stroke in strokes],
        "size": SIZE,
        "pause": round(1000 * crowd.drawing_seconds()),
    }
    sent = component(__file__, "sketch")(data=data, key=key, on_drawing_change=lambda: None).drawing
    # Streamlit forgets what a component said when the visitor goes to another page; the browser keeps the drawing.
    sent = st.session_state.get(f"_{key}") if sent is None else sent
    if sent is None:
        return None
    picture = read_drawing(sent)
    st.session_state[f"_{key}"] = sent
    return None if picture.min() == 255 else picture


def read_drawing(sent: object) -> np.ndarray:
    """The picture (256, 256, 3) uint8 in a base64 PNG of just that size; ForgerError for anything else."""
    if not isinstance(sent, str) or len(sent) > LONGEST:
        raise ForgerError(f"The drawing is not a text of at most {LONGEST:,} characters.")
    try:
        # Opening reads the header alone: a picture of another size is never unpacked.
        with opened(base64.b64decode(sent, validate=True), formats=("PNG",)) as image:
            size = image.size
            if size == (SIZE, SIZE):
                return np.array(image.convert("RGB"))
    except (ValueError, Unusable) as error:  # the former: from b64decode
        raise ForgerError("The drawing is not a PNG that can be read.") from error
    raise ForgerError(f"The drawing is {size[0]} by {size[1]} pixels, not {SIZE} by {SIZE}.")
