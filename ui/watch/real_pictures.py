"""Real pictures beside forgeries, for those who may see them: from the data set as it was prepared here, never kept."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from gan.data import find_pictures
from gan.errors import ForgerError
from gan.learning.config import Config
from gan.pictures.files import jpeg_bytes
from gan.pictures.sheet import grid
from gan.runs.contents import places_now
from gan.runs.run import Run
from ui import roles

_NOT_YET = "These pictures were not prepared here yet."


@st.cache_data(ttl=60, max_entries=16, show_spinner=False)
def some(config: Config, places: Sequence[int]) -> np.ndarray:
    """The pictures (n, R, R, 3) uint8 at these places of what `config` learns from; those beyond its end are left out.

    Nothing waits for a data set that was not prepared here yet: ForgerError, which is not kept.
    """
    pictures = find_pictures(config.data, config.resolution, config.preparation)
    if pictures is None:
        raise ForgerError(_NOT_YET)
    return _targets(pictures.array[[place for place in places if place < len(pictures)]])


def known(run: Run, numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pictures (m, R, R, 3) uint8 that `run` calls by these numbers (n,), and which those are (n,) bool: some may
    be gone. Raises ForgerError as `some` does."""
    config = run.config
    pictures = find_pictures(config.data, config.resolution, config.preparation)
    if pictures is None:
        raise ForgerError(_NOT_YET)
    places = places_now(run, pictures, numbers)
    return _targets(pictures.array[places[places >= 0]]), places >= 0


def _targets(pictures: np.ndarray) -> np.ndarray:
    """Of pairs (n, R, R, 6) what should come out; other pictures are that themselves."""
    return pictures[..., -3:]


@st.cache_data(ttl=60, max_entries=16, show_spinner=False)
def sheet(config: Config, columns: int, rows: int) -> bytes:
    """The first of them on one sheet, a JPEG file. Raises ForgerError as `some` does."""
    return jpeg_bytes(grid(some(config, range(columns * rows)), columns))


def strip(config: Config, columns: int, rows: int = 1) -> bool:
    """Shows a few where this visitor may see them and they are here; whether there were any."""
    if not roles.may_see(config.data):
        st.caption("The real pictures are the owner's to show.")
        return False
    try:
        picture = sheet(config, columns, rows)
    except ForgerError:
        return False
    st.markdown("Real pictures")
    alt = f"{columns * rows} of the real pictures that the inspector studies"
    st.image(picture, width="stretch", output_format="JPEG", alt=alt)
    return True
