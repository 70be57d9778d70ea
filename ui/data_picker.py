"""Choosing what to learn from: drawn pictures, a known data set, or the visitor's own."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st

from gan.data import PLAIN, Pictures, Preparation, known, open_pictures, source_descriptions
from gan.data.drawn import DRAWN, drawn_picture
from gan.data.uploads import keep_upload
from gan.errors import ForgerError
from gan.pictures.files import png_bytes
from gan.pictures.sheet import grid
from ui import pair_preview, roles
from ui.memory import give_back
from ui.messages import complain, errors_shown, plain

OWN = "your own pictures"
PREVIEW = 24
PREVIEW_COLUMNS = 6


def pick(default: str, key: str) -> str | None:
    """The chosen source for a training; None while it is not ready (not fetched, not uploaded)."""
    descriptions = source_descriptions()
    options = [*descriptions, OWN]
    choice = st.selectbox("Pictures to learn from", options, options.index(default), key=f"{key}-data")
    if choice == OWN:
        return _own(key)
    st.caption(descriptions[choice])
    if choice not in DRAWN and not known.is_fetched(choice):
        _offer(choice)
        return None
    return choice


def preview(source: str, resolution: int, preparation: Preparation = PLAIN) -> None:
    """A few of the real pictures, as the inspector sees them. Prepares them first where they are the visitor's own."""
    if preparation.pairs:
        pair_preview.show(source, resolution, preparation)
        return
    if source in DRAWN:
        sheet, caption = _drawn_sheet(source, resolution), f"The first {PREVIEW} of {source}"
        st.image(sheet, caption=caption, width="stretch", output_format="PNG", alt=_alt(PREVIEW, source))
        return
    pictures = _prepare(source, resolution)
    sheet = png_bytes(grid(pictures.array[:PREVIEW], PREVIEW_COLUMNS))
    alt = _alt(min(PREVIEW, len(pictures)), source)
    st.image(sheet, caption=f"{len(pictures):,} pictures; the first of them", width="stretch", alt=alt)
    if pictures.skipped:
        reasons = ", ".join(f"{count} {reason}" for reason, count in pictures.skipped.items())
        st.caption(f":material/block: Skipped: {reasons}.")


def _alt(count: int, source: str) -> str:
    return f"Sheet of {count} real pictures from {Path(source).name}, as the inspector sees them"


@dataclass
class _Own:
    """What became of a visitor's uploads: how many there were, and the last one's name and place, or what is wrong."""

    turn: int = 0
    name: str = ""
    path: str = ""
    refused: str = ""


def _own(key: str) -> str | None:
    own = st.session_state.setdefault(f"{key}-own", _Own())
    upload = st.file_uploader("A ZIP of pictures, at least 16", type="zip", key=f"{key}-zip{own.turn or ''}")
    if upload is not None:
        own.turn, own.name, own.path, own.refused = own.turn + 1, upload.name, "", ""
        try:
            own.path = str(keep_upload(roles.permit("upload a data set"), upload, upload.name))
        except ForgerError as error:
            own.refused = str(error)
        give_back(upload)
        st.rerun()  # with an empty uploader
    if own.path and not Path(own.path).exists():
        own.path, own.refused = "", f"“{own.name}” is not kept: it had fewer than 16 usable pictures, or was deleted."
    if own.refused:  # beside the upload; the rest of the form stays
        complain(ForgerError(own.refused))
    elif own.path:
        st.caption(f":material/check: “{plain(own.name)}” is here.")
    return own.path or None


def refuse(key: str, why: str) -> None:
    """The visitor's own upload is of no use: says so beside it."""
    own = st.session_state[f"{key}-own"]
    own.path, own.refused = "", f"“{own.name}” cannot be learned from. {why}"


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
