"""What to draw, as people write it: seeds and truncation, kept in the address so that a link says it all."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gan.errors import ForgerError
from gan.latents.seeds import MAX_SEEDS, format_seeds, parse_seeds
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


def truncation() -> float:
    """How far latents are pulled to the mean."""
    with kept("truncation", 1.0, lambda text: min(1.0, max(0.1, float(text)))):
        return st.slider(
            "Truncation",
            0.1,
            1.0,
            step=0.05,
            key="truncation",
            help="Below 1, every latent is pulled towards the average: pictures more alike, and fewer that went wrong.",
        )
