"""The frame around every page: its navigation, its title, and the guard for links straight to a page."""

from pathlib import Path

import streamlit as st

from gan.errors import ForgerError

ICON = Path(__file__).with_name("icon.png")  # a drawn cat; an emoji would be fetched from elsewhere


def _pages() -> list:
    return [
        st.Page("pages/train.py", title="Train", icon=":material/model_training:", default=True),
        st.Page("pages/generate.py", title="Generate", icon=":material/face:"),
        st.Page("pages/interpolate.py", title="Interpolate", icon=":material/timeline:"),
        st.Page("pages/redraw.py", title="Redraw", icon=":material/draw:"),
    ]


def run() -> None:
    """The whole app: the page that the address asks for, inside the frame."""
    st.session_state["_framed"] = True
    page = st.navigation(_pages(), position="top")
    st.set_page_config(page_title=f"{page.title} · Forger", page_icon=ICON, layout="wide")
    st.html(Path(__file__).with_suffix(".css"))
    try:
        page.run()
    except ForgerError as error:  # a wrong request, said in one sentence
        st.error(str(error), icon=":material/error:")


def ensure() -> None:
    """The first lines of every page. A link straight to a page of a server that nobody has opened yet runs the page's
    file alone, without app.py; declaring the navigation here sends the visitor through app.py. Whatever a page imports
    before this keeps such a visitor waiting before a bare window."""
    if "_framed" not in st.session_state:
        st.navigation(_pages())
        st.rerun()
