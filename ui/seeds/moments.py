"""Choosing how far a generator's training had come: it was kept after 1, 2, 4, 8, ... kimg."""

from collections.abc import Sequence

import streamlit as st

from gan.generators import TrainedGenerator
from ui import address

KEY = "moment"


def choose(model: TrainedGenerator, width: int = 340, among: Sequence[int] = ()) -> int:
    """After how many images, by a slider over `among` (without it, all moments of the model); the newest, and no
    slider, where no other moment was kept."""
    moments = among or model.moments
    address.chosen_among(KEY, (model.name, moments[-1]))
    address.write()
    if len(moments) == 1:
        return moments[0]
    with st.container(width=width), address.kept(KEY, moments[-1], address.nearest(moments)):
        if st.session_state[KEY] not in moments:  # another generator's, by the back button
            st.session_state[KEY] = moments[-1]
        return st.select_slider(
            "After so much training (kimg)", moments, key=KEY,
            format_func=lambda images: f"{images / 1000:,.4g}",
            help="The same generator earlier: what did the training buy?",
        )  # fmt: skip


def for_link(model: TrainedGenerator, images_seen: int) -> dict[str, int]:
    """What a link has to say of it: nothing where it is the newest, so that a run's link shows what it is by then."""
    return {} if images_seen == model.images_seen else {KEY: images_seen}
