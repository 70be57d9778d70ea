"""Pairs to look at and to judge by: from pictures that training never sees, the same ones every time."""

import numpy as np
import torch
from torch import Tensor

from gan.data.split import split
from gan.pairs import TASKS

# Of another chance than any training's, whose seeds begin at 0.
SEED = 2**40


def held_out_pairs(task: str, pictures: np.ndarray, count: int) -> tuple[Tensor, Tensor]:
    """Sources and targets, each (n, 3, R, R) in [-1, 1], from held-out ones of the pictures (N, R, R, 3) uint8.

    They are spread over the data set; where fewer than `count` are held out, it is all of these.
    """
    _, held_out = split(len(pictures))
    chosen = held_out[np.linspace(0, len(held_out) - 1, min(count, len(held_out))).astype(int)]
    return pairs_of(task, pictures[chosen])


def chance() -> torch.Generator:
    """The chance behind all pairs that are looked at, from its beginning."""
    return torch.Generator().manual_seed(SEED)


def as_tensor(pictures: np.ndarray) -> Tensor:
    """Pictures (N, R, R, 3) uint8 as (N, 3, R, R) in [-1, 1]."""
    return torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1


def pairs_of(task: str, pictures: np.ndarray) -> tuple[Tensor, Tensor]:
    """Sources and targets, each (N, 3, R, R) in [-1, 1], of pictures (N, R, R, 3) uint8; the same ones every time."""
    x, random = as_tensor(pictures), chance()
    return TASKS[task].sources(x, random), TASKS[task].targets(x, random)
