"""You against the inspector: ten pictures in a chance order, five of them real. Who tells them apart?

A round is a number: with the same generator it is the same ten pictures for everybody, on every machine.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from gan import data
from gan.chance import ByImage
from gan.data import Preparation
from gan.data.drawn import DRAWN, drawn_picture
from gan.data.split import split
from gan.device import full_precision
from gan.errors import ForgerError
from gan.generators.sampling import sample
from gan.learning.config import Config
from gan.pictures.tensors import to_tensor
from gan.runs.contents import as_learned
from gan.runs.run import Run

COUNT, REAL = 10, 5
LAST_ROUND = 9_999
# Far from the seeds that people look at, and from those that a generator is measured by (`gan.quality.exams`).
FIRST_SEED = 2_000_000


@dataclass(frozen=True, eq=False)
class Bank:
    """The real pictures of a data set at one resolution: those at some places (n, R, R, 3) uint8, and the places that
    training saw and those it never did."""

    training: np.ndarray
    held_out: np.ndarray
    at: Callable[[Sequence[int]], np.ndarray]


@dataclass(frozen=True, eq=False)
class Round:
    """Ten pictures (10, R, R, 3) uint8 in the order in which they are shown; which are `real` (10,) bool; and whether
    training saw none of those."""

    pictures: np.ndarray
    real: np.ndarray
    unseen: bool

    @property
    def mark(self) -> str:
        """The same for the same pictures: a run may be deleted, and another take its name."""
        return hashlib.sha256(self.pictures.tobytes()).hexdigest()[:16]


def bank(source: str, resolution: int, preparation: Preparation = data.PLAIN, run: Run | None = None) -> Bank | None:
    """The real pictures of `source`, with nothing to wait for: drawn ones are drawn when they are asked for, all others
    must have been prepared on this machine at that resolution; None where they were not, or are no more. What training
    saw is what `run` remembers, where there is one."""
    try:
        pictures = data.find_pictures(source, resolution, preparation)
    except ForgerError:
        return None
    if pictures is None and source in DRAWN:
        return Bank(
            *split(data.drawn_count(source)),
            lambda places: np.stack([drawn_picture(source, i, resolution) for i in places]),
        )
    if pictures is None:
        return None
    array = pictures.array
    return Bank(*as_learned(run, pictures).split(), lambda places: array[list(places)])


def draw(number: int, generator: nn.Module, config: Config, real: Bank) -> Round:
    """Round `number` against a generator that was trained with `config` on the pictures of `real`.

    The real ones are of those that training never saw, as long as there are enough. Raises ForgerError for a number
    that is no round's, a generator that redraws, and fewer than five real pictures.
    """
    if not 1 <= number <= LAST_ROUND:
        raise ForgerError(f"Rounds are numbered 1 to {LAST_ROUND:,}, so there is no round {number}.")
    if (count := len(real.training) + len(real.held_out)) < REAL:
        raise ForgerError(f"A round needs {REAL} real pictures, and there are {count}.")
    studied, unseen = _shuffled(number, "s", real.training), _shuffled(number, "u", real.held_out)
    seeds = range(FIRST_SEED + COUNT * number, FIRST_SEED + COUNT * number + COUNT - REAL)
    both = [real.at(np.concatenate([unseen, studied])[:REAL].tolist()), sample(generator, config, seeds)]
    order = _shuffled(number, "order", np.arange(COUNT))
    return Round(np.concatenate(both)[order], order < REAL, len(unseen) >= REAL)


def scores(inspector: nn.Module, pictures: np.ndarray) -> np.ndarray:
    """The inspector's logit (N,) of each of the pictures (N, R, R, 3) uint8, judged each by itself."""
    device = next(inspector.parameters()).device
    with torch.inference_mode(), full_precision():
        return inspector.eval()(to_tensor(pictures).to(device)).float().view(len(pictures), -1).mean(1).cpu().numpy()


def calls_real(scored: np.ndarray) -> np.ndarray:
    """Which of a round's ten an inspector calls real (10,) bool, by its scores: the five that it scores highest.

    It knows, as the players do, that five are real. Its zero would say less: with the relativistic loss only
    differences count, and with the others it was learned beside another forger, the one that is not averaged.
    """
    called = np.zeros(len(scored), bool)
    called[np.argsort(-scored, kind="stable")[:REAL]] = True
    return called


def right(called: Sequence[bool] | np.ndarray, real: np.ndarray) -> int:
    """How many of the pictures were called what they are."""
    return int((np.asarray(called, bool) == real).sum())


def _shuffled(number: int, purpose: str, indices: np.ndarray) -> np.ndarray:
    chance = ByImage(number).draws(f"against-{purpose}", range(len(indices))).uniform()
    return indices[np.argsort(chance.numpy(), kind="stable")]
