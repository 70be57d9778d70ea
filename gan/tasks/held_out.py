"""Pairs to look at and to judge by: from pictures that training never sees, the same ones every time."""

import numpy as np

from gan.chance import CHANCES, Chance
from gan.pictures.tensors import to_tensor, to_uint8
from gan.progress import Progress, ignore
from gan.tasks import TASKS

# Of another chance than any training's, whose seeds end at 2**31. PyTorch's generator looks at 32 bits.
SEED = 2**32 - 1
PART = 50  # pictures that are worked on at once, to bound memory


def held_out_pairs(
    task: str,
    pictures: np.ndarray,
    held_out: np.ndarray,
    count: int,
    progress: Progress = ignore,
    chance: str = "by image",
) -> tuple[np.ndarray, np.ndarray]:
    """Sources and targets, each (n, R, R, 3) uint8, from those of the pictures (N, R, R, 3 or 6) uint8 at
    `held_out`.

    They are spread over the data set; where fewer than `count` are held out, it is all of these.
    """
    return pairs_of(task, pictures[spread(held_out, count)], progress, chance)


def pairs_of(
    task: str, pictures: np.ndarray, progress: Progress = ignore, chance: str = "by image"
) -> tuple[np.ndarray, np.ndarray]:
    """Sources and targets, each (N, R, R, 3) uint8, of pictures of that shape, or of pairs (N, R, R, 6); the same
    ones every time.

    `chance` is that of the training whose pairs these are, see `gan.chance`.
    """
    pairing, random = TASKS[task], fixed_chance(chance)
    sources, targets = [], []
    for start in range(0, len(pictures), PART):
        x = to_tensor(pictures[start : start + PART])
        numbers = pairing.numbers(random.draws("pairs", range(start, start + len(x))))
        sources.append(to_uint8(pairing.sources(x, numbers)))
        targets.append(to_uint8(pairing.targets(x)))
        progress(min(start + PART, len(pictures)), len(pictures))
    return np.concatenate(sources), np.concatenate(targets)


def spread(indices: np.ndarray, count: int) -> np.ndarray:
    """`count` of the indices, evenly spread; all of them where there are fewer."""
    return indices[np.linspace(0, len(indices) - 1, min(count, len(indices))).astype(int)]


def fixed_chance(name: str) -> Chance:
    """The chance behind all pairs that are looked at, from its beginning."""
    return CHANCES[name](SEED)
