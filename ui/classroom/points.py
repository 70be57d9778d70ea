"""A GAN of points in the plane that learns in each visitor's own browser: the server only sends the script."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

PARTS = ("points_gan.js", "points_view.js", "points.js")  # arithmetic, drawing, controls: together one module


def show(key: str) -> None:
    """The sandbox, as wide as the page allows. With the same key it goes on through reruns."""
    _component()(key=key)


def script() -> str:
    """Its whole script."""
    return "\n".join(Path(__file__).with_name(part).read_text(encoding="utf-8") for part in PARTS)


@st.cache_resource(show_spinner=False)
def _component() -> ComponentRenderer:
    here = Path(__file__)
    return st.components.v2.component(
        "forger_points",
        html='<div class="forger-points"></div>',
        css=here.with_suffix(".css").read_text(encoding="utf-8"),
        js=script(),
    )
