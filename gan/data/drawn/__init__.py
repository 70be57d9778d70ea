"""Data sets that draw themselves: endless cartoon cats and faces, with nothing to download."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from gan.data.drawn.cat_painter import paint_cat
from gan.data.drawn.cats import roll_cat
from gan.data.drawn.dice import Dice
from gan.data.drawn.face_painter import paint_face
from gan.data.drawn.faces import roll_face
from gan.errors import ForgerError


@dataclass(frozen=True)
class DrawnSet:
    """A data set that is drawn. `number` keeps its chance apart from the others': cat 7 and face 7 share none. It
    has no end, unless it is meant to have few pictures.

    Never change a number: every picture of that set would change.
    """

    number: int
    description: str
    paint: Callable[[Dice, int], np.ndarray]
    count: float = math.inf


DRAWN = {
    "drawn-cats": DrawnSet(
        1,
        "Cartoon cats that this project draws itself: nothing to download, no licence question.",
        lambda dice, resolution: paint_cat(roll_cat(dice), resolution),
    ),
    "drawn-faces": DrawnSet(
        2,
        "Cartoon faces that this project draws itself: nothing to download, no licence question.",
        lambda dice, resolution: paint_face(roll_face(dice), resolution),
    ),
    "few-drawn-cats": DrawnSet(
        1,
        "The first 18 of the cartoon cats: so few that a training learns them by heart, which is what they are for.",
        lambda dice, resolution: paint_cat(roll_cat(dice), resolution),
        count=18,
    ),
}

MIN_RESOLUTION, MAX_RESOLUTION = 16, 512


def drawn_picture(name: str, index: int, resolution: int) -> np.ndarray:
    """Picture number `index` (from 0, without end) of a drawn data set.

    Returns (resolution, resolution, 3) uint8, RGB. The same name and index give the same picture on
    every machine, and the same motif at every resolution (16 to 512 pixels).

    Raises ForgerError for an unknown name, a negative index or a resolution out of range.
    """
    if name not in DRAWN:
        raise ForgerError(f"There is no drawn data set called {name!r}; choose from {', '.join(DRAWN)}.")
    if index < 0:
        raise ForgerError(f"Drawn pictures are numbered from 0, so there is no picture {index}.")
    if not MIN_RESOLUTION <= resolution <= MAX_RESOLUTION:
        raise ForgerError(f"A drawn picture can be {MIN_RESOLUTION} to {MAX_RESOLUTION} pixels wide, not {resolution}.")
    return DRAWN[name].paint(Dice(DRAWN[name].number, int(index)), resolution)
