"""Forger in Python: train a GAN, load what learned, draw, redraw. `import gan` offers all of it; see docs/python.md.

The same functions as the command line's, and the same runs and generators in the same places.
"""

import signal
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from gan import device as devices
from gan import generators, permits, runs
from gan.data.incoming import read_file
from gan.errors import ForgerError
from gan.generators import TrainedGenerator, sampling
from gan.generators.redraw import Redrawer
from gan.latents.seeds import parse_seeds
from gan.learning.config import SETTINGS, Config
from gan.networks import PICTURES
from gan.pictures.crop import middle
from gan.runs.run import State, Status
from gan.training import worker
from gan.training.plan import plan as planned

BY_PROGRAM = permits.issue("a Python program")


@dataclass(frozen=True, eq=False)
class Model:
    """A generator that has learned, loaded onto a device. `about` has its card, settings, folder and moments."""

    about: TrainedGenerator
    network: nn.Module
    redrawer: Redrawer | None  # of one that redraws

    @property
    def config(self) -> Config:
        """The settings it was trained with."""
        return self.about.config


def train(
    name: str | None = None,
    *,
    preset: str | None = None,
    data: str | PathLike[str] | None = None,
    kimg: float | None = None,
    settings: Mapping[str, Any] | None = None,
    device: str = "auto",
    hear: Callable[[Status], None] = lambda status: None,
) -> Model:
    """Trains a new GAN in this process, and returns its averaged generator. Ctrl-C saves and stops.

    The run is called `name`, or as the preset and a number. A `preset` says where the settings start (without one
    quick-look, or, with the setting `start_from`, how that was trained), `data` what to learn from (a name or the path
    of a folder or ZIP), `settings` what else is different (names as in `gan.learning.config`), `kimg` how many thousand
    images shall be seen. `hear` is given every heartbeat.

    Raises ForgerError for what there is not, a name that is taken, while another run trains, and where training fails.
    """
    changes = dict(settings or {}) | ({} if data is None else {"data": str(data)})
    if unknown := ", ".join(sorted(changes.keys() - SETTINGS.keys())):
        raise ForgerError(f"There is no setting {unknown}; `python -m gan train --help` has them all.")
    plan = planned(changes, preset, sized_for=devices.choose(device).type)
    target = round(1000 * (plan.kimg if kimg is None else kimg))
    if target < 1:
        raise ForgerError(f"kimg must be 0.001 at least, not {kimg:g}.")
    run = runs.create(name or runs.free_name(plan.name), plan.config)
    try:
        with _own_signals():
            worker.train(run, target, device, hear)
    except ForgerError:
        if not run.checkpoints() and run.status().state in (State.NEW, State.FAILED):
            runs.delete(BY_PROGRAM, run)  # a wrong request leaves nothing behind
        raise
    return load(f"run:{run.name}", device)


@contextmanager
def _own_signals() -> Iterator[None]:
    """A training hears Ctrl-C and SIGTERM; afterwards they are the program's again."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            with suppress(ValueError):  # not in the main thread, where nothing was changed
                signal.signal(number, handler)


def load(name: str, device: str = "auto", kimg: float | None = None) -> Model:
    """A shipped generator (`cats`), a run's (`run:demo`) or a run's best (`run:demo/best`); as it was after `kimg`.

    Raises ForgerError where there is none, and where it was not kept then.
    """
    about, where = generators.find_generator(name), devices.choose(device)
    moment = about.moment_after(kimg)
    if about.kind == PICTURES:
        redrawer = Redrawer(about, where, moment)
        return Model(about, redrawer.generator, redrawer)
    return Model(about, generators.load_generator(about, where, moment), None)


def draw(model: Model, seeds: str | int | Sequence[int]) -> np.ndarray:
    """The pictures (N, R, R, 3) uint8 of seeds: numbers, or a text such as "1-16" or "3,8,20-24"; at most 1,024.

    The same seed is the same picture on every machine. Raises ForgerError for seeds that are none, and for a generator
    that redraws.
    """
    text = seeds if isinstance(seeds, str) else str(seeds) if isinstance(seeds, int) else ", ".join(map(str, seeds))
    return sampling.sample(model.network, model.config, parse_seeds(text))


def redraw(
    model: Model, picture: np.ndarray | str | PathLike[str], drawn: bool = False, square: bool = False
) -> np.ndarray:
    """What becomes of a picture (n, m, 3) uint8, or of a picture file: redrawn with its shape, (h, w, 3) uint8.

    Of a `square` it is the middle square alone, (R, R, 3). A `drawn` one goes in as it is, such as a drawing by hand
    for a generator that makes pictures of sketches. Raises ForgerError for a file that cannot be read, and for a
    generator that draws from seeds.
    """
    if model.redrawer is None:
        raise ForgerError(f"The generator {model.about.name!r} draws from seeds; it cannot redraw a picture.")
    given = picture if isinstance(picture, np.ndarray) else read_file(Path(picture)).picture
    if given.ndim != 3 or given.shape[2] != 3 or given.dtype != np.uint8 or not given.size:
        raise ForgerError(f"A picture must be (height, width, 3) uint8, not {given.shape} {given.dtype}.")
    given = middle(given) if square else given
    return model.redrawer.canvas(given).cut(model.redrawer.redraw(model.redrawer.source(given, drawn)).result)
