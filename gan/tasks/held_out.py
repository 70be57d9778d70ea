"""Pairs to look at and to judge by: from pictures that training never sees, the same ones every time."""

import numpy as np
import torch

from gan.data.split import split
from gan.pictures.tensors import to_tensor, to_uint8
from gan.progress import Progress, ignore
from gan.tasks import TASKS

# Of another chance than any training's, whose seeds end at 2**31. PyTorch's generator looks at 32 bits.
SEED = 2**32 - 1
PART = 50  # pictures that are worked on at once, to bound memory


def held_out_pairs(
    task: str, pictures: np.ndarray, count: int, progress: Progress = ignore
) -> tuple[np.ndarray, np.ndarray]:
    """Sources and targets, each (n, R, R, 3) uint8, from held-out ones of the pictures (N, R, R, 3) uint8.

    They are spread over the data set; where fewer than `count` are held out, it is all of these.
    """
    _, held_out = split(len(pictures))
    return pairs_of(task, pictures[spread(held_out, count)], progress)


def pairs_of(task: str, pictures: np.ndarray, progress: Progress = ignore) -> tuple[np.ndarray, np.ndarray]:
    """Sources and targets, each (N, R, R, 3) uint8, of pictures of that shape; the same ones every time."""
    random = chance()
    sources, targets = [], []
    for start in range(0, len(pictures), PART):
        x = to_tensor(pictures[start : start + PART])
        sources.append(to_uint8(TASKS[task].sources(x, random)))
        targets.append(to_uint8(TASKS[task].targets(x, random)))
        progress(min(start + PART, len(pictures)), len(pictures))
    return np.concatenate(sources), np.concatenate(targets)


def spread(indices: np.ndarray, count: int) -> np.ndarray:
    """`count` of the indices, evenly spread; all of them where there are fewer."""
    return indices[np.linspace(0, len(indices) - 1, min(count, len(indices))).astype(int)]


def chance() -> torch.Generator:
    """The chance behind all pairs that are looked at, from its beginning."""
    return torch.Generator().manual_seed(SEED)
