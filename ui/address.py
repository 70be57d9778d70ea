"""Choices kept in the address: a link, a refresh and the back button bring them back, and pages share them.

Streamlit's own `bind="query-params"` does this for choices that belong to one page. A parameter that two pages have it
takes out of the address, or resets, on the way from one to the other.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_VALUES, _UNWRITTEN = "_kept", "_unwritten"


@contextmanager
def kept(key: str, default: Any, read: Callable[[str], Any] = str) -> Iterator[None]:
    """Around a widget with this `key` and no default of its own; call `write` after the last of them.

    Args:
        default: the widget's value where neither the address nor a page before says another.
        read: from the address to a value; a ValueError of it counts as if the address said nothing.
    """
    values = st.session_state.setdefault(_VALUES, {})
    before = values.get(key, default)
    asked = st.query_params.get(key)
    # Set on every run, because Streamlit resets a widget on the way to another page that has it too.
    st.session_state[key] = st.session_state.get(key, before)
    if asked is None:
        # Back to before this was chosen. An empty address is a page as one comes to it: nothing to go back to.
        if _came_back() and st.query_params:
            st.session_state[key] = default
    elif asked != str(before):  # a link, or back to an earlier choice
        with suppress(ValueError):
            st.session_state[key] = read(asked)
    yield
    value = values[key] = st.session_state[key]
    if str(value) != (asked or str(default)):
        st.session_state.setdefault(_UNWRITTEN, {})[key] = str(value)


def write() -> None:
    """Puts what changed into the address, all at once: each writing is one step for the back button."""
    changed = st.session_state.pop(_UNWRITTEN, {})
    if changed and not _came_back():
        st.query_params.update(changed)


def _came_back() -> bool:
    return get_script_run_ctx().is_history_navigation
