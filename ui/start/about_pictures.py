"""What was found in a person's own pictures once all of them were read, which a first look cannot tell."""

from collections.abc import Collection, Mapping

import streamlit as st

from gan.data import find_pictures
from gan.data.drawn import DRAWN
from gan.data.known import KNOWN
from gan.errors import ForgerError
from gan.learning.config import Config
from ui import roles
from ui.memo import kept_for
from ui.messages import plain

FRESH_SECONDS = 10


@kept_for(FRESH_SECONDS)
def _said(config: Config) -> tuple[str, ...]:
    """Nothing where the pictures were not prepared here yet, or are no more."""
    try:
        pictures = find_pictures(config.data, config.resolution, config.preparation)
    except ForgerError:
        return ()
    if pictures is None:
        return ()
    return counted(len(pictures), pictures.skipped), *pictures.remarks


def counted(count: int, skipped: Mapping[str, int]) -> str:
    """How many pictures there are, and what became of the other files."""
    others = ", ".join(f"{number:,} {reason}" for reason, number in skipped.items())
    return f"{count:,} pictures." + (f" Skipped: {others}." if others else "")


def later(config: Config, known: Collection[str]) -> None:
    """For the form: what a training of before found besides what is `known` by the first look."""
    for one in _said(config)[1:]:
        if one not in known:
            st.caption(plain(one))


def fold(config: Config) -> None:
    """For a run: all of it, folded, for those who may see the pictures."""
    if config.data in DRAWN or config.data in KNOWN or not roles.may_see(config.data):
        return
    if said := _said(config):
        with st.expander("About the pictures", icon=":material/photo_library:"):
            for one in said:
                st.markdown(plain(one))
