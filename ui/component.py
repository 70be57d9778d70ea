"""The pages' own components: each a module here with a style sheet and a script of the same name beside it."""

from pathlib import Path

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer


@st.cache_resource(show_spinner=False)  # once for each server, and inside a script run, as registering needs
def component(module: str, html_class: str) -> ComponentRenderer:
    """The component of a module, by its `__file__`; its script begins with an empty element of that class."""
    path = Path(module)
    return st.components.v2.component(
        f"forger_{path.stem}",
        html=f'<div class="{html_class}"></div>',
        css=path.with_suffix(".css").read_text(encoding="utf-8"),
        js=path.with_suffix(".js").read_text(encoding="utf-8"),
    )
