"""What went wrong or right, said to the visitor: also across the rerun that an action ends with."""

from collections.abc import Callable, Iterator
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


def say_after_rerun(message: str, how: Callable[[str], object] = st.info) -> None:
    """Keeps `message` for the next run of the page, where `show_kept` shows it."""
    st.session_state["_message"] = how, message


def show_kept() -> None:
    """Shows what the last action had to say, once. Its place is there always, so that nothing below is built anew."""
    with st.container():
        how, message = st.session_state.pop("_message", (None, ""))
        if how:
            how(message)
