"""The frame around every page: its navigation, its title, and the guard for links straight to a page."""

import threading
import time
from collections import deque
from pathlib import Path
from typing import NoReturn

import streamlit as st
from streamlit.navigation.page import StreamlitPage

from gan.errors import ForgerError
from ui import messages, own_tab, roles, sign_in

ICON = Path(__file__).with_name("icon.png")  # a drawn cat; an emoji would be fetched from elsewhere
RUNS_A_SECOND = 10
_IMPORTING = threading.Lock()
# By the name of each page's file, which is its address, too.
PAGES = {
    "train": ("Train", ":material/model_training:"),
    "generate": ("Generate", ":material/face:"),
    "interpolate": ("Interpolate", ":material/timeline:"),
    "redraw": ("Redraw", ":material/draw:"),
    "points": ("Points", ":material/scatter_plot:"),
    "lesson": ("Lesson", ":material/school:"),
}


def page(name: str, **more) -> StreamlitPage:
    """One of PAGES, to navigate by or to link to."""
    title, icon = PAGES[name]
    return st.Page(f"pages/{name}.py", title=title, icon=icon, **more)


def _navigation(landing: str) -> StreamlitPage:
    """The page that the address asks for; at the bare address it is `landing`."""
    # Before the pages, whose icons browsers would fetch from elsewhere for the window.
    st.set_page_config(page_icon=ICON, layout="wide")
    # The bare address is another page than those, so that each of them has one address for everybody.
    bare = page(landing, url_path="start", default=True, visibility="hidden")
    return st.navigation([bare, *map(page, PAGES)], position="top")


def _landing() -> str:
    """What the bare address shows: Train to the owner, and to visitors while there is something to watch; else a page
    where they can do something. It stays that in a session until its visitor becomes the owner."""
    if roles.may("start a training") or "run" in st.query_params:
        return "train"
    if "_landing" not in st.session_state:
        _import_all()
        from gan.generators import list_generators
        from ui import live

        st.session_state["_landing"] = "train" if live.active_name() or not list_generators() else "generate"
    return st.session_state["_landing"]


def run() -> None:
    """The whole app: the page that the address asks for, inside the frame."""
    _calmly()
    st.session_state["_framed"] = True
    chosen = _navigation(_landing())
    st.set_page_config(page_title=f"{chosen.title} · Forger")
    with st.container(key="shell"):  # nothing to be seen, but for the links on a phone: no gaps (ui/shell.css)
        st.html(Path(__file__).with_suffix(".css"))
        own_tab.offer()
        sign_in.take_key()
        with st.container(key="pages", horizontal=True):
            for name in PAGES:
                st.page_link(page(name))
    _import_all()
    try:
        chosen.run()
    except ForgerError as error:  # a wrong request, said in one sentence
        messages.complain(error)
    sign_in.show()


def _import_all() -> None:
    """Imports what is slow (see `ensure`) in one thread at a time: of two that begin at different ends, when several
    visitors are a new server's first, each can find half a module."""
    with _IMPORTING:
        from gan import data, generators, networks, runs, training  # noqa: F401


def end() -> NoReturn:
    """Ends a page that has said all it has to say."""
    sign_in.show()  # nothing can be drawn after the next line
    st.stop()


def _calmly() -> None:
    """A browser that asks without end is served slowly: what it asks for meanwhile becomes one answer."""
    runs, now = st.session_state.setdefault("_runs", deque(maxlen=2 * RUNS_A_SECOND)), time.monotonic()
    if len(runs) == runs.maxlen and now - runs[0] < 2 and not roles.is_local():
        time.sleep(1 / RUNS_A_SECOND)
    runs.append(now)


def ensure() -> None:
    """The first lines of every page. A link straight to a page of a server that nobody has opened yet runs the page's
    file alone, without app.py; declaring the navigation here sends the visitor through app.py. Whatever a page imports
    before this keeps such a visitor waiting before a bare window."""
    if "_framed" not in st.session_state:
        _navigation("train")
        st.rerun()
