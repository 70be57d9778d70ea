"""Two pictures on top of each other, with an edge to drag between what was and what became of it."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

from ui.picture_grid import data_url


def compare(before: bytes, after: bytes, before_label: str, after_label: str, key: str, widest: int = 512) -> None:
    """Show two pictures of the same shape, one left and the other right of an edge that the visitor moves.

    The pictures may change several times a second: the edge stays where it is, and nothing flickers.

    Args:
        before, after: PNG files.
        before_label, after_label: what stands below them, left and right.
        key: the component's name on the page; the edge's place belongs to it.
        widest: pixels that a picture takes at most.
    """
    pictures = [{"url": data_url(png), "label": label} for png, label in ((before, before_label), (after, after_label))]
    _component()(data={"name": key, "pictures": pictures, "widest": widest}, key=key)


@st.cache_resource(show_spinner=False)  # once for each server, and inside a script run, as registering needs
def _component() -> ComponentRenderer:
    here = Path(__file__)
    return st.components.v2.component(
        "forger_compare",
        html='<div class="compare"></div>',
        css=here.with_suffix(".css").read_text(),
        js=here.with_suffix(".js").read_text(),
    )
