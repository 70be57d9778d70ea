"""Choosing what to learn from: drawn pictures, a known data set, or the visitor's own."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import streamlit as st

from gan.data import Pictures, known, open_pictures, source_descriptions
from gan.data.drawn import DRAWN, drawn_picture
from gan.learning.config import Config
from gan.pictures.files import png_bytes
from gan.pictures.sheet import grid
from ui import roles
from ui.messages import errors_shown
from ui.start import about_pictures, framing_choice, own_pictures, pair_preview
from ui.start.framing_choice import Picked
from ui.start.own_survey import Brought

OWN = "your own pictures"
PREVIEW = 24
PREVIEW_COLUMNS = 6


def pick(default: str, key: str, base: Config, to_pairs: Callable[[], None] | None) -> Picked | None:
    """What was chosen for a training with the settings `base`; None while there is nothing to learn from.

    `to_pairs` makes the form one for pictures of which each is two; None where it cannot become one.
    """
    chosen = _choose(default, key)
    if isinstance(chosen, Brought):
        return framing_choice.choose(chosen, base, to_pairs)
    return Picked(chosen) if chosen else None


def pick_place(default: str, key: str) -> str | None:
    """The source alone, for a run that reads pictures in its own way; None while there is nothing to learn from."""
    chosen = _choose(default, key)
    return str(chosen.path) if isinstance(chosen, Brought) else chosen


def _choose(default: str, key: str) -> str | Brought | None:
    """A built-in source that is here, or what a person brought."""
    descriptions = source_descriptions()
    options = [*descriptions, OWN]
    choice = st.selectbox("Pictures to learn from", options, options.index(default), key=data_key(key))
    if choice == OWN:
        return own_pictures.bring()
    st.caption(descriptions[choice])
    if choice not in DRAWN and not known.is_fetched(choice):
        _offer(choice)
        return None
    return choice


def data_key(key: str) -> str:
    """Where the session keeps which pictures were chosen in the form with this key."""
    return f"{key}-data"


def preview(picked: Picked, config: Config) -> None:
    """A few of the real pictures, as the inspector will see them. A known set is prepared first."""
    source, resolution = picked.source, config.resolution
    if config.preparation.pairs:
        pair_preview.show(source, resolution, config.preparation)
        return
    if source in DRAWN:
        sheet, caption = _drawn_sheet(source, resolution), f"The first {PREVIEW} of {source}"
        st.image(sheet, caption=caption, width="stretch", output_format="PNG", alt=_alt(PREVIEW, source))
    elif picked.found:
        how = "as they will be learned" if picked.ready else "whole"
        pictures, report = framing_choice.first(picked, config)
        _show(pictures, f"The first of {len(picked.found):,} pictures, {how}", source)
        about_pictures.later(config, report.remarks)
    else:
        made = _prepare(source, resolution)
        _show(made.array[:PREVIEW], f"{len(made):,} pictures; the first of them", source)


def _show(pictures: np.ndarray, caption: str, source: str) -> None:
    sheet = png_bytes(grid(_unfolded(pictures), PREVIEW_COLUMNS))
    st.image(sheet, caption=caption, width="stretch", alt=_alt(len(pictures), source))


def _unfolded(pictures: np.ndarray) -> np.ndarray:
    """Pictures (n, R, R, 3 or 6) as (n, R, R or 2 R, 3): of a pair both, beside each other."""
    return np.concatenate(np.split(pictures, pictures.shape[-1] // 3, axis=-1), axis=2)


def _alt(count: int, source: str) -> str:
    return f"Sheet of {count} real pictures from {Path(source).name}, as the inspector sees them"


@st.cache_data(show_spinner=False)
def _drawn_sheet(source: str, resolution: int) -> bytes:
    return png_bytes(
        grid(np.stack([drawn_picture(source, index, resolution) for index in range(PREVIEW)]), PREVIEW_COLUMNS)
    )


def _prepare(source: str, resolution: int) -> Pictures:
    bar = st.empty()

    def progress(done: int, total: int | None) -> None:
        if done % 100 == 0:
            bar.progress(done / total if total else 0.0, f"Reading the pictures: {done:,}")

    pictures = open_pictures(source, resolution, progress)
    bar.empty()
    return pictures


def _offer(name: str) -> None:
    """The terms of a known set and a button that fetches it."""
    st.info(known.KNOWN[name].notice, icon=":material/gavel:")
    if st.button("I accept these terms: download", key=f"fetch-{name}", icon=":material/download:"):
        bar = st.progress(0.0, "Starting the download")

        def show(done: int, total: int | None) -> None:
            share = done / total if total else 0.0
            bar.progress(share, f"{done / 1e6:.0f} of {(total or 0) / 1e6:.0f} MB")

        with errors_shown():
            known.fetch(roles.permit("fetch a data set"), name, show)
            st.rerun()
