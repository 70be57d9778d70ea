"""What generators draw for the pages, each thing once for all visitors: pictures, sheets, ZIPs, walks and films.

Everything is keyed by `Model.version`, so that a run's newer weights make new pictures. Streamlit's caches let one
visitor work something out while the others wait for it.
"""

import threading
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import streamlit as st
from torch import nn

from gan import film, pictures, sampling
from gan.models import Model, load_generator
from ui.picture_grid import data_url

FRAMES_PER_SECOND = 24

# Visitors draw one after the other: together, each would only be slower. On the CPU, so that a card is left to the
# trainer; these networks draw 64 pictures of 64 pixels in a fraction of a second.
_TURN = threading.Semaphore(1)


@dataclass(frozen=True)
class Walk:
    """A way from stop to stop through latents, as `gan.sampling.path` walks it."""

    stops: tuple[int, ...]
    truncation: float
    frames: int
    mode: str
    there_and_back: bool


def picture_urls(model: Model, seeds: tuple[int, ...], truncation: float) -> list[str]:
    """The picture of each seed as a PNG in a data address."""
    return _urls(model.version, seeds, truncation, model)


def sheet(model: Model, seeds: tuple[int, ...], truncation: float, columns: int) -> bytes:
    """All pictures side by side as one PNG file."""
    return _sheet(model.version, seeds, truncation, columns, model)


def archive(model: Model, seeds: tuple[int, ...], truncation: float) -> bytes:
    """A ZIP with the picture of each seed as `SEED.png`."""
    return _archive(model.version, seeds, truncation, model)


def walk_frames(model: Model, walk: Walk) -> np.ndarray:
    """The pictures (frames, R, R, 3) uint8 along a walk. Raises ForgerError for one that cannot be walked."""
    return _frames(model.version, walk, model)


def walk_film(model: Model, walk: Walk, suffix: str) -> bytes:
    """The walk as a film file: ".mp4", ".gif" or ".webp"."""
    return _film(model.version, walk, suffix, model)


@st.cache_resource(max_entries=4, show_spinner=False)
def _generator(version: tuple[str, int], _model: Model) -> nn.Module:
    return load_generator(_model)


@st.cache_data(max_entries=32, show_spinner=False)
def _pictures(version: tuple[str, int], seeds: tuple[int, ...], truncation: float, _model: Model) -> np.ndarray:
    generator = _generator(version, _model)
    with _TURN:
        return sampling.draw(generator, _model.config, seeds, truncation)


@st.cache_data(max_entries=64, show_spinner=False)
def _urls(version: tuple[str, int], seeds: tuple[int, ...], truncation: float, _model: Model) -> list[str]:
    return [data_url(pictures.png_bytes(picture)) for picture in _pictures(version, seeds, truncation, _model)]


@st.cache_data(max_entries=8, show_spinner=False)
def _sheet(
    version: tuple[str, int], seeds: tuple[int, ...], truncation: float, columns: int, _model: Model
) -> bytes:
    return pictures.png_bytes(pictures.grid(_pictures(version, seeds, truncation, _model), columns))


@st.cache_data(max_entries=8, show_spinner=False)
def _archive(version: tuple[str, int], seeds: tuple[int, ...], truncation: float, _model: Model) -> bytes:
    return pictures.zip_of_pngs(_pictures(version, seeds, truncation, _model), [str(seed) for seed in seeds])


@st.cache_data(max_entries=8, show_spinner=False)
def _frames(version: tuple[str, int], walk: Walk, _model: Model) -> np.ndarray:
    stops = sampling.seed_latents(_model.config, walk.stops, walk.truncation)
    way = sampling.path(stops, walk.frames, walk.mode, walk.there_and_back)
    generator = _generator(version, _model)
    with _TURN:
        return sampling.generate(generator, way)


@st.cache_data(max_entries=24, show_spinner=False)
def _film(version: tuple[str, int], walk: Walk, suffix: str, _model: Model) -> bytes:
    frames = _frames(version, walk, _model)
    with _TURN:
        return film.writer(Path(f"walk{suffix}"))(frames, FRAMES_PER_SECOND)
