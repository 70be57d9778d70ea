"""What generators make of pictures for the Redraw page: each network loaded once for all visitors."""

import hashlib
from collections.abc import Hashable
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from gan.generators import TrainedGenerator
from gan.generators.redraw import Inspector, Redrawer, Redrawn, inspector_of
from gan.generators.wish import Wish, wish
from ui import generated
from ui.asking import ask
from ui.redraw.bring import Brought
from ui.turns import Steps

ONE = {"redrawings": 1}
# So many drawings go through the network at once, where a class draws: by itself each would take twice as long.
TOGETHER = 8


@dataclass(eq=False)
class _Waiting:
    source: np.ndarray
    redrawn: Redrawn | None = None


# By generator and moment; only the one thread that works for all visitors looks at it.
_waiting: dict[Hashable, list[_Waiting]] = {}


def redraw(model: TrainedGenerator, images_seen: int, brought: Brought) -> tuple[np.ndarray, Redrawn]:
    """The source (H, W, 3) uint8 that a picture becomes, (R, R, 3) for a square, and what `model` made of it at one of
    its moments."""
    version = generated.version_of(model)

    def work() -> Steps:
        redrawer = _redrawer(version, images_seen, model)
        mine = _Waiting(redrawer.source(brought.picture, brought.finished))
        waiting = _waiting.setdefault((version, images_seen), [])
        waiting.append(mine)
        yield None  # others who draw join in meanwhile
        if mine.redrawn is None:
            others = (one for one in waiting if one is not mine and one.source.shape == mine.source.shape)
            together = [mine, *others][:TOGETHER]
            waiting[:] = [one for one in waiting if one not in together]
            for one, redrawn in zip(
                together, redrawer.redraw_all(np.stack([one.source for one in together])), strict=True
            ):
                one.redrawn = redrawn
        assert mine.redrawn is not None
        canvas = redrawer.canvas(brought.picture)
        return canvas.cut(mine.source), replace(mine.redrawn, result=canvas.cut(mine.redrawn.result))

    # Few drawings come twice, so none is kept.
    return ask("redraw a picture", ("redraw", version, images_seen, _mark(brought)), work, ONE, keep=False)


def verdicts(
    model: TrainedGenerator, images_seen: int, brought: Brought, source: np.ndarray, result: np.ndarray
) -> np.ndarray | None:
    """What the inspector of `model` says of each patch, (8, 8) from 0 to 1; None where it was not kept."""
    version = generated.version_of(model)

    def work() -> Steps:
        redrawer, inspector = _redrawer(version, images_seen, model), _inspector(version, model)
        if inspector is None:
            return None
        target = None if brought.finished else redrawer.target(brought.picture)
        return inspector.verdicts(source, result, target)
        yield  # one step

    return ask("redraw a picture", ("verdicts", version, images_seen, _mark(brought)), work, ONE, keep=False)


def wishes(
    model: TrainedGenerator, images_seen: int, brought: Brought, source: np.ndarray, result: np.ndarray
) -> list[Wish] | None:
    """What the inspector of that moment would have changed in a result; None where it was not kept."""
    version = generated.version_of(model)

    def work() -> Steps:
        inspector = generated.inspector_of(version, images_seen, model)
        return None if inspector is None else [wish(inspector, result, source)]
        yield  # one step

    return ask("redraw a picture", ("wishes", version, images_seen, _mark(brought)), work, ONE, keep=False)


def _mark(brought: Brought) -> Hashable:
    """What tells one picture from another, short."""
    picture = np.ascontiguousarray(brought.picture)
    return picture.shape, brought.finished, hashlib.blake2b(picture.data, digest_size=16).digest()


# Room for a class that moves the slider over all moments of a few generators; one takes 2 to 5 MB.
@st.cache_resource(max_entries=32, show_spinner=False)
def _redrawer(version: tuple[str, int], images_seen: int, _model: TrainedGenerator) -> Redrawer:
    return Redrawer(_model, images_seen=images_seen)


@st.cache_resource(max_entries=8, show_spinner=False)
def _inspector(version: tuple[str, int], _model: TrainedGenerator) -> Inspector | None:
    return inspector_of(_model)
