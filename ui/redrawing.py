"""What generators make of pictures for the Redraw page: each network loaded once for all visitors."""

import numpy as np
import streamlit as st

from gan.models import Model
from gan.redraw import Redrawer, Redrawn
from ui import drawing
from ui.bring import Brought


def redraw(model: Model, images_seen: int, brought: Brought) -> tuple[np.ndarray, Redrawn]:
    """The source (R, R, 3) uint8 that a picture becomes, and what `model` made of it at one of its moments."""
    redrawer = _redrawer(drawing.version_of(model), images_seen, model)
    with drawing.TURN:
        source = redrawer.source(brought.picture, brought.finished)
        target = None if brought.finished else redrawer.target(brought.picture)
        return source, redrawer.redraw(source, target)


@st.cache_resource(max_entries=8, show_spinner=False)
def _redrawer(version: tuple[str, int], images_seen: int, _model: Model) -> Redrawer:
    return Redrawer(_model, images_seen=images_seen)
