"""Choosing what a training begins with: chance, a generator that ships, or a run."""

import streamlit as st

from gan.data import find_pictures
from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.networks import PICTURES
from gan.training.head_start import KIMG, HeadStart, find_head_start, find_start, possible_starts, said, shaped_like
from ui.messages import plain

__all__ = ["KIMG", "choose", "complaint"]

HELP = (
    "A generator or a run at this size, or one that draws from seeds at half of it: what it has learned is taken over, "
    "as far as it fits. Faces learn from cats, yours from either, and who redraws from who draws from seeds, in a "
    "fraction of the time. Its widths are taken over, too."
)

FEW = 1000
FEW_PICTURES = (
    ":material/lightbulb: With so few pictures, start from what others have learned, and switch *Augmentation* on: a "
    "hundred photographs of cats became cats within three minutes from faces, and blots from chance."
)
REDRAWS = (
    ":material/lightbulb: Start from one that draws such pictures from seeds, where there is one: what took sketches "
    "of cats 200 kimg from chance took them 10 from *cats*."
)


def choose(base: Config, key: str, pictures: int) -> tuple[Config, float]:
    """`base` with what was chosen to begin with, and with networks of its shapes; and how many kimg that has seen of
    these pictures already, so that it goes on: 0 where it has not. Nothing is shown where there is nothing to choose.

    `pictures` is how many of their own somebody brought, 0 where none.
    """
    possible = possible_starts(base)
    if not possible:
        return base, 0.0
    name = st.selectbox(
        "Start from", ["", *possible], format_func=lambda name: name or "Nothing: the first weights are chance",
        key=f"{key}-start-{base.resolution}", help=HELP,
    )  # fmt: skip
    if not name:
        if 0 < pictures < FEW:
            st.caption(FEW_PICTURES)
        if base.kind == PICTURES:
            st.caption(REDRAWS)
        return base, 0.0
    start = find_start(name)
    goes_on = _goes_on(start, base)
    st.caption(plain(said(start, goes_on)))
    config = configure(shaped_like(base, start.config), start_from=name)
    return config, start.images_seen / 1000 if goes_on else 0.0


def complaint(config: Config) -> str:
    """What is wrong with what `config` starts from, as its other settings are; empty where nothing is."""
    try:
        if config.start_from:
            find_head_start(config)
    except ForgerError as error:
        return str(error)
    return ""


def _goes_on(start: HeadStart, config: Config) -> bool:
    pictures = find_pictures(config.data, config.resolution, config.preparation)
    return pictures is not None and start.goes_on(config, len(pictures))
