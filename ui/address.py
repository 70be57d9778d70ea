"""Choices kept in the address: a link, a refresh and the back button bring them back, and pages share them.

Streamlit's own `bind="query-params"` takes a parameter that two pages have out of the address, or resets it, on the way
from one to the other.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

_VALUES, _UNWRITTEN, _AMONG = "_kept", "_unwritten", "_among"


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
    st.session_state[key] = _usable(st.session_state.get(key, before), read, default)
    if asked is None:
        # Back to before this was chosen. An empty address is a page as one comes to it: nothing to go back to.
        if _came_back() and st.query_params:
            st.session_state[key] = default
    elif asked != _text(before):  # a link, or back to an earlier choice
        with suppress(ValueError):
            st.session_state[key] = read(asked)
    yield
    value = values[key] = st.session_state[key]
    if _text(value) != (asked or _text(default)):
        change(key, _text(value))


def chosen_among(key: str, what: object) -> None:
    """Before the `write` that comes before `kept`: what `key` is chosen from, such as a number of pages.

    Of something else than before the default is chosen again, unless it is the back button that brings it back.
    """
    before = st.session_state.setdefault(_AMONG, {}).setdefault(key, what)
    st.session_state[_AMONG][key] = what
    if before != what and not _came_back():
        st.session_state.setdefault(_VALUES, {}).pop(key, None)
        st.session_state.pop(key, None)
        change(key, None)


def within(low: int, high: int) -> Callable[[str], int]:
    """For `kept`: reads a whole number, the nearest from `low` to `high`."""
    return lambda text: min(high, max(low, int(text)))


def nearest(choices: Sequence[int]) -> Callable[[str], int]:
    """For `kept`: reads a whole number, the nearest of `choices`."""
    return lambda text: min(choices, key=lambda choice: abs(choice - int(text)))


def yes_or_no(text: str) -> bool:
    """For `kept`: reads what a switch says."""
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def _usable(value: Any, read: Callable[[str], Any], default: Any) -> Any:
    """`value` where the address could say it, too: a browser may send what its widget does not have, such as NaN."""
    try:
        return value if read is str else read(_text(value))
    except ValueError:
        return default


def _text(value: Any) -> str:
    """A value as it stands in the address."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def change(key: str, text: str | None) -> None:
    """For what no widget of Streamlit's keeps: says it in the address, None takes it out, at the next `write`."""
    st.session_state.setdefault(_UNWRITTEN, {})[key] = text


def write() -> None:
    """Puts what changed into the address, all at once: each writing is one step for the back button."""
    changed = st.session_state.pop(_UNWRITTEN, {})
    now = st.query_params.to_dict()
    then = {name: value for name, value in (now | changed).items() if value is not None}
    if then == now or _came_back():
        return
    if then:
        st.query_params.from_dict(then)
    else:
        st.query_params.clear()


def _came_back() -> bool:
    context = get_script_run_ctx()
    return context is not None and context.is_history_navigation
