"""What generators make for the pages, each thing once for all visitors: pictures, sheets, ZIPs, walks and films.

Everything is keyed by `TrainedGenerator.version`, so that a run's newer weights make new pictures, and by the moment of
its training (`images_seen`, one of the model's `moments`). What is made is
shared: arrays cannot be written to. On the CPU, so that a card is left to the trainer.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st
from torch import Tensor, nn

from gan.errors import ForgerError
from gan.generators import TrainedGenerator, load_discriminator, load_generator, sampling
from gan.generators.wish import Wish, wish
from gan.latents.walk import walk_through
from gan.pictures import film
from gan.pictures.files import png_bytes, zip_of_pngs
from gan.pictures.sheet import grid
from ui.asking import TURNS, ask
from ui.data_url import data_url
from ui.turns import Steps

FRAMES_PER_SECOND = 24
# Pixels that one visitor gets drawn before the next is served: 16 pictures of 128 pixels take 30 ms, and with many more
# at once each takes longer.
PART = 16 * 128 * 128
# PNG files and films are written beside the line, which goes on drawing for the next visitor meanwhile.
WRITERS = ThreadPoolExecutor(2, "writer")
FILMERS = ThreadPoolExecutor(1, "filmer")


@dataclass(frozen=True)
class Walk:
    """A way from stop to stop through latents, as `gan.latents.walk.walk_through` walks it; the stops are seeds."""

    stops: tuple[int, ...]
    images_seen: int
    frames: int
    mode: str
    there_and_back: bool
    latent: str = ""  # where it starts, before the seeds; see `gan.latents.texts`


def picture_urls(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int) -> list[str]:
    """The picture of each seed as a PNG in a data address."""
    version = version_of(model)

    def work() -> Steps:
        pictures = yield from _pictures(version, seeds, images_seen, model)
        return (yield WRITERS.submit(lambda: [data_url(png_bytes(picture, quickly=True)) for picture in pictures]))

    return _generate(("urls", version, seeds, images_seen), work, model, len(seeds))


def sheet(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int, columns: int) -> bytes:
    """All pictures side by side as one PNG file."""
    version = version_of(model)

    def work() -> Steps:
        pictures = yield from _pictures(version, seeds, images_seen, model)
        return (yield WRITERS.submit(lambda: png_bytes(grid(pictures, columns))))

    return _generate(("sheet", version, seeds, images_seen, columns), work, model, len(seeds))


def archive(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int) -> bytes:
    """A ZIP with the picture of each seed as `SEED.png`."""
    version = version_of(model)

    def work() -> Steps:
        pictures = yield from _pictures(version, seeds, images_seen, model)
        return (yield WRITERS.submit(lambda: zip_of_pngs(pictures, [str(seed) for seed in seeds])))

    return _generate(("zip", version, seeds, images_seen), work, model, len(seeds))


def some(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int) -> np.ndarray:
    """The pictures (N, R, R, 3) uint8 of a few seeds, to go on with."""
    version = version_of(model)
    key = "pictures", version, seeds, images_seen
    return _generate(key, lambda: _pictures(version, seeds, images_seen, model), model, len(seeds))


def latent_picture(model: TrainedGenerator, latent: str, images_seen: int) -> np.ndarray:
    """The picture (R, R, 3) uint8 of a latent's text. Raises ForgerError for a broken one."""
    z = sampling.stops_of(model.config, latent, [])
    version = version_of(model)
    key = "latent", version, latent, images_seen
    return _generate(key, lambda: drawn(version, images_seen, z, model), model, 1)[0]


def wishes(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int) -> list[Wish] | None:
    """What the inspector of that moment would have changed in the picture of each seed; None where it was not kept."""
    version = version_of(model)

    def work() -> Steps:
        inspector = inspector_of(version, images_seen, model)
        if inspector is None:
            return None
        pictures = yield from _pictures(version, seeds, images_seen, model)
        return [wish(inspector, picture) for picture in pictures]

    # The way back through the inspector takes about as long as drawing eight pictures.
    return _generate(("wishes", version, seeds, images_seen), work, model, 8 * len(seeds))


def walk_frames(model: TrainedGenerator, walk: Walk) -> np.ndarray:
    """The pictures (frames, R, R, 3) uint8 along a walk. Raises ForgerError for one that cannot be walked."""
    version = version_of(model)
    costs = {"frames": walk.frames, "pixels": walk.frames * model.config.resolution**2}
    return ask("walk between pictures", ("frames", version, walk), lambda: _frames(version, walk, model), costs)


def walk_film(model: TrainedGenerator, walk: Walk, suffix: str) -> bytes:
    """The walk as a film file: ".mp4", ".gif" or ".webp". Raises ForgerError as `walk_frames` does."""
    version = version_of(model)

    def work() -> Steps:
        frames = yield from TURNS.part(("frames", version, walk), _frames(version, walk, model))
        return (yield FILMERS.submit(lambda: film.writer(f"walk{suffix}")(frames, FRAMES_PER_SECOND)))

    costs = {"films": 1, "frames": walk.frames, "pixels": walk.frames * model.config.resolution**2}
    return ask("walk between pictures", ("film", version, walk, suffix), work, costs)


def version_of(model: TrainedGenerator) -> tuple[str, int]:
    """`TrainedGenerator.version`. Raises ForgerError for a generator that has just been deleted."""
    try:
        return model.version
    except OSError as error:
        raise ForgerError(f"The generator “{model.name}” has just been deleted: choose another.") from error


def _generate(key: tuple, work: Any, model: TrainedGenerator, count: int) -> Any:
    return ask("generate pictures", key, work, {"pictures": count, "pixels": count * model.config.resolution**2})


@st.cache_resource(max_entries=12, show_spinner=False)  # for a class that moves the slider over all moments
def generator_of(version: tuple[str, int], images_seen: int, _model: TrainedGenerator) -> nn.Module:
    """The generator of a moment, kept for all visitors."""
    return load_generator(_model, images_seen=images_seen)


@st.cache_resource(max_entries=12, show_spinner=False)
def inspector_of(version: tuple[str, int], images_seen: int, _model: TrainedGenerator) -> nn.Module | None:
    """The inspector of a moment, kept for all visitors; None where it was not."""
    return load_discriminator(_model, images_seen=images_seen)


def drawn(version: tuple[str, int], images_seen: int, latents: Tensor, model: TrainedGenerator) -> Steps:
    """The pictures (N, R, R, 3) uint8 of latents (N, latent_size), which nobody may change; for a job of the line."""
    generator = generator_of(version, images_seen, model)
    parts: list[np.ndarray] = []
    for part in latents.split(max(1, PART // model.config.resolution**2)):
        if parts:
            yield None
        parts.append(sampling.generate(generator, part))
    pictures = np.concatenate(parts)
    pictures.flags.writeable = False
    return pictures


def _pictures(version: tuple[str, int], seeds: tuple[int, ...], images_seen: int, model: TrainedGenerator) -> Steps:
    return (yield from drawn(version, images_seen, sampling.seed_latents(model.config, seeds), model))


def _frames(version: tuple[str, int], walk: Walk, model: TrainedGenerator) -> Steps:
    stops = sampling.stops_of(model.config, walk.latent, walk.stops)
    latents = walk_through(stops, walk.frames, walk.mode, walk.there_and_back)
    return (yield from drawn(version, walk.images_seen, latents, model))
