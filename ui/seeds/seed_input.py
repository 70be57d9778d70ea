"""What to draw, as people write it: seeds, kept in the address so that a link says it all."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gan.errors import ForgerError
from gan.latents.distributions import TRUNCATION
from gan.latents.seeds import MAX_SEEDS, format_seeds, parse_seeds
from ui import address
from ui.address import kept
from ui.messages import plain


def seeds(
    label: str,
    key: str,
    default: str,
    help: str,
    complaints: DeltaGenerator,
    limit: int = MAX_SEEDS,
    least: int = 1,
) -> tuple[int, ...]:
    """The seeds that were written; while they are wrong, says why in `complaints` and keeps to the last right ones."""
    with kept(key, default):
        text = st.text_input(label, key=key, help=help)
    try:
        found = parse_seeds(text, limit)
        if len(found) < least:
            raise ForgerError(f"Write at least {least} seeds, such as {default}.")
    except ForgerError as error:
        found = last(key, default)
        complaints.error(plain(f"{error} Still shown: {format_seeds(found)}."), icon=":material/error:")
    st.session_state[f"_last-{key}"] = found
    return tuple(found)


def last(key: str, default: str) -> list[int]:
    """The seeds that a `seeds` input last accepted in this visit."""
    return st.session_state.get(f"_last-{key}") or parse_seeds(default)


def without_truncation() -> None:
    """Says to who follows an old link why its truncation is not there any more."""
    asked = st.query_params.get("truncation", "1")
    address.change("truncation", None)
    if asked not in ("1", "1.0"):
        st.info(TRUNCATION, icon=":material/info:")
