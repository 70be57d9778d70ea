"""Pairs of one's own to look at before training: which picture goes in, and which should come out."""

from pathlib import Path

import numpy as np
import streamlit as st

from gan.data import Pictures, Preparation, open_pictures
from gan.pictures.files import png_bytes
from gan.pictures.sheet import grid
from gan.tasks.held_out import spread

SHOWN = 6


def show(source: str, resolution: int, preparation: Preparation) -> None:
    """Six pairs, each source above its target. Reads all of them first.

    Raises ForgerError as `gan.data.open_pictures` does.
    """
    pictures = _prepare(source, resolution, preparation)
    some = pictures.array[spread(np.arange(len(pictures)), SHOWN)]
    sheet = png_bytes(grid(np.concatenate([some[..., :3], some[..., 3:]]), len(some)))
    caption = f"{len(pictures):,} pairs; {len(some)} of them: above what goes in, below what should come out"
    alt = f"Sheet of {len(some)} pairs from {Path(source).name}, each source above its target"
    st.image(sheet, caption=caption, width="stretch", output_format="PNG", alt=alt)


def _prepare(source: str, resolution: int, preparation: Preparation) -> Pictures:
    bar = st.empty()

    def progress(done: int, total: int | None) -> None:
        if done % 100 == 0:
            bar.progress(done / total if total else 0.0, f"Reading the pairs: {done:,}")

    pictures = open_pictures(source, resolution, progress, preparation)
    bar.empty()
    return pictures
