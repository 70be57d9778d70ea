"""What generators make for the pages, each thing once for all visitors: pictures, sheets, ZIPs, walks and films.

Everything is keyed by `TrainedGenerator.version`, so that a run's newer weights make new pictures. Streamlit's caches
let one visitor work something out while the others wait for it.
"""

import threading
from dataclasses import dataclass

import numpy as np
import streamlit as st
from torch import Tensor, nn

from gan.errors import ForgerError
from gan.generators import TrainedGenerator, load_generator, sampling
from gan.latents.walk import walk_through
from gan.pictures import film
from gan.pictures.files import png_bytes, zip_of_pngs
from gan.pictures.sheet import grid
from ui.data_url import data_url

FRAMES_PER_SECOND = 24
PART = 64

# Generators work one after the other: together, each would only be slower. On the CPU, so that a card is left to the
# trainer; these networks draw 64 pictures of 64 pixels in a fraction of a second.
TURN = threading.Semaphore(1)


@dataclass(frozen=True)
class Walk:
    """A way from stop to stop through latents, as `gan.latents.walk.walk_through` walks it."""

    stops: tuple[int, ...]
    truncation: float
    frames: int
    mode: str
    there_and_back: bool


def picture_urls(model: TrainedGenerator, seeds: tuple[int, ...], truncation: float) -> list[str]:
    """The picture of each seed as a PNG in a data address."""
    return _urls(version_of(model), seeds, truncation, model)


def sheet(model: TrainedGenerator, seeds: tuple[int, ...], truncation: float, columns: int) -> bytes:
    """All pictures side by side as one PNG file."""
    return _sheet(version_of(model), seeds, truncation, columns, model)


def archive(model: TrainedGenerator, seeds: tuple[int, ...], truncation: float) -> bytes:
    """A ZIP with the picture of each seed as `SEED.png`."""
    return _archive(version_of(model), seeds, truncation, model)


def walk_frames(model: TrainedGenerator, walk: Walk) -> np.ndarray:
    """The pictures (frames, R, R, 3) uint8 along a walk. Raises ForgerError for one that cannot be walked."""
    return _frames(version_of(model), walk, model)


def walk_film(model: TrainedGenerator, walk: Walk, suffix: str) -> bytes:
    """The walk as a film file: ".mp4", ".gif" or ".webp". Raises ForgerError as `walk_frames` does."""
    return _film(version_of(model), walk, suffix, model)


def some(model: TrainedGenerator, seeds: tuple[int, ...], truncation: float = 1.0) -> np.ndarray:
    """The pictures (N, R, R, 3) uint8 of a few seeds, to go on with."""
    return _some(version_of(model), seeds, truncation, model)


def version_of(model: TrainedGenerator) -> tuple[str, int]:
    """`TrainedGenerator.version`. Raises ForgerError for a generator that has just been deleted."""
    try:
        return model.version
    except OSError as error:
        raise ForgerError(f"The generator “{model.name}” has just been deleted: choose another.") from error


@st.cache_resource(max_entries=4, show_spinner=False)
def _generator(version: tuple[str, int], _model: TrainedGenerator) -> nn.Module:
    return load_generator(_model)


def _generated(version: tuple[str, int], latents: Tensor, model: TrainedGenerator) -> np.ndarray:
    generator = _generator(version, model)
    parts = []
    for part in latents.split(PART):  # so that a thousand pictures for one do not hold up sixteen for another
        with TURN:
            parts.append(sampling.generate(generator, part))
    return np.concatenate(parts)


def _pictures(
    version: tuple[str, int], seeds: tuple[int, ...], truncation: float, model: TrainedGenerator
) -> np.ndarray:
    return _generated(version, sampling.seed_latents(model.config, seeds, truncation), model)


@st.cache_data(max_entries=32, show_spinner=False)
def _some(version: tuple[str, int], seeds: tuple[int, ...], truncation: float, _model: TrainedGenerator) -> np.ndarray:
    return _pictures(version, seeds, truncation, _model)


@st.cache_data(max_entries=32, show_spinner=False)
def _urls(version: tuple[str, int], seeds: tuple[int, ...], truncation: float, _model: TrainedGenerator) -> list[str]:
    return [data_url(png_bytes(picture)) for picture in _pictures(version, seeds, truncation, _model)]


@st.cache_data(max_entries=4, show_spinner=False)
def _sheet(
    version: tuple[str, int], seeds: tuple[int, ...], truncation: float, columns: int, _model: TrainedGenerator
) -> bytes:
    return png_bytes(grid(_pictures(version, seeds, truncation, _model), columns))


@st.cache_data(max_entries=4, show_spinner=False)
def _archive(version: tuple[str, int], seeds: tuple[int, ...], truncation: float, _model: TrainedGenerator) -> bytes:
    return zip_of_pngs(_pictures(version, seeds, truncation, _model), [str(seed) for seed in seeds])


@st.cache_data(max_entries=8, show_spinner=False)
def _frames(version: tuple[str, int], walk: Walk, _model: TrainedGenerator) -> np.ndarray:
    stops = sampling.seed_latents(_model.config, walk.stops, walk.truncation)
    return _generated(version, walk_through(stops, walk.frames, walk.mode, walk.there_and_back), _model)


@st.cache_data(max_entries=16, show_spinner=False)
def _film(version: tuple[str, int], walk: Walk, suffix: str, _model: TrainedGenerator) -> bytes:
    frames = _frames(version, walk, _model)
    with TURN:
        return film.writer(f"walk{suffix}")(frames, FRAMES_PER_SECOND)
