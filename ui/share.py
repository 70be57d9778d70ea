"""A link that shows somebody else the same page."""

from urllib.parse import urlencode

import streamlit as st


def link(page: str, **parameters: object) -> None:
    """A button that unfolds the address of `page` with all its settings, also those the address bar leaves out."""
    if not st.context.url:
        return
    # With or without the page, which depends on how the visitor came here.
    app = st.context.url.rstrip("/").removesuffix(f"/{page}")
    address = f"{app}/{page}?{urlencode(parameters, safe=',:')}"
    with st.popover("Link to this", icon=":material/link:"):
        st.caption("Who opens it sees the same pictures.")
        st.code(address, language=None, wrap_lines=True)
