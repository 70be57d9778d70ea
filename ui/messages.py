"""What went wrong or right, said to the visitor: also across the rerun that an action ends with."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from gan.errors import ForgerError


@contextmanager
def errors_shown() -> Iterator[None]:
    """Shows a ForgerError where it happens, instead of ending the page."""
    try:
        yield
    except ForgerError as error:
        st.error(str(error), icon=":material/error:")


def say_after_rerun(message: str) -> None:
    """Keeps `message` for the next run of the page, where `show_kept` shows it."""
    st.session_state["_message"] = message


def show_kept() -> None:
    """Shows what the last action had to say, once."""
    if message := st.session_state.pop("_message", None):
        st.info(message, icon=":material/info:")
