"""What generators make of pictures for the Redraw page: each network loaded once for all visitors."""

import numpy as np
import streamlit as st

from gan.generators import TrainedGenerator
from gan.generators.redraw import Inspector, Redrawer, Redrawn, inspector_of
from ui import generated
from ui.bring import Brought


def redraw(model: TrainedGenerator, images_seen: int, brought: Brought) -> tuple[np.ndarray, Redrawn]:
    """The source (R, R, 3) uint8 that a picture becomes, and what `model` made of it at one of its moments."""
    redrawer = _redrawer(generated.version_of(model), images_seen, model)
    with generated.TURN:
        source = redrawer.source(brought.picture, brought.finished)
        return source, redrawer.redraw(source)


def verdicts(
    model: TrainedGenerator, images_seen: int, brought: Brought, source: np.ndarray, result: np.ndarray
) -> np.ndarray | None:
    """What the inspector of `model` says of each patch, (8, 8) from 0 to 1; None where it was not kept."""
    version = generated.version_of(model)
    redrawer, inspector = _redrawer(version, images_seen, model), _inspector(version, model)
    if inspector is None:
        return None
    with generated.TURN:
        target = None if brought.finished else redrawer.target(brought.picture)
        return inspector.verdicts(source, result, target)


# Room for a class that moves the slider over all moments of a few generators; one takes 2 to 5 MB.
@st.cache_resource(max_entries=32, show_spinner=False)
def _redrawer(version: tuple[str, int], images_seen: int, _model: TrainedGenerator) -> Redrawer:
    return Redrawer(_model, images_seen=images_seen)


@st.cache_resource(max_entries=8, show_spinner=False)
def _inspector(version: tuple[str, int], _model: TrainedGenerator) -> Inspector | None:
    return inspector_of(_model)
