"""Whom one can play against: generators whose real pictures lie on this machine, and may be shown to who plays."""

from dataclasses import dataclass

from gan.data import Preparation
from gan.errors import ForgerError
from gan.generators import TrainedGenerator, list_generators
from gan.generators.origin import run_of, source_of
from gan.networks import LATENTS
from gan.quality.against import bank
from gan.runs.purpose import failure_named
from ui import roles
from ui.memo import kept_for

FRESH_SECONDS = 10.0


@dataclass(frozen=True)
class Opponent:
    """A generator, the `moments` of it that stay, rising, and its real pictures' `source`; None where they are not
    here."""

    model: TrainedGenerator
    moments: tuple[int, ...]
    source: str | None


def mine() -> dict[str, Opponent]:
    """Those that this visitor can play against, by name: of good runs first, the newest at the beginning."""
    found = (one for one in everyone() if one.source is not None and roles.may_see(one.source))
    return {one.model.name: one for one in sorted(found, key=_rank)}


def _rank(one: Opponent) -> tuple[bool, bool]:
    run = run_of(one.model)
    return run is None, run is not None and bool(failure_named(run))


def kept_back() -> bool:
    """Whether there is one whose real pictures are here, and not for this visitor."""
    return any(one.source is not None and not roles.may_see(one.source) for one in everyone())


@kept_for(FRESH_SECONDS)
def everyone() -> list[Opponent]:
    """All generators that draw, whether their real pictures are here or not."""
    here: dict[tuple[str, int, Preparation], bool] = {}
    found = []
    for model in list_generators():
        if model.kind != LATENTS or not (moments := _moments(model)):
            continue
        try:
            source = source_of(model)
        except ForgerError:
            source = None
        if source is not None:
            at = source, model.config.resolution, model.config.preparation
            if at not in here:
                here[at] = bank(*at) is not None
            source = source if here[at] else None
        found.append(Opponent(model, moments, source))
    return found


def _moments(model: TrainedGenerator) -> tuple[int, ...]:
    """Of a run that still trains, the newest is another after every checkpoint: in the middle of a round, too."""
    run = run_of(model)
    return tuple(model.moments[:-1] if run and run.alive else model.moments)
