"""A link to a tab of its own, where the app is shown inside another site's page.

There browsers keep cookies back, the camera may be refused, and the address bar is another's. Only the browser knows
whether it is so, so the link is on every page and unseen elsewhere (ui/shell.css).
"""

from pathlib import Path

import streamlit as st


def offer() -> None:
    script = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
    with st.container(key="own-tab"):
        link = '<a href="" target="_blank" rel="noopener">Open in its own tab</a>'
        st.html(f"{link}<script>{script}</script>", unsafe_allow_javascript=True)
