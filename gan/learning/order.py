"""The order in which pictures are shown: each exactly once an epoch, shuffled anew for every epoch."""

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=2)  # a batch touches one epoch, or two where it crosses the seam
def _permutation(seed: int, epoch: int, total: int) -> np.ndarray:
    return np.random.default_rng((seed, epoch)).permutation(total)


def batch_indices(seed: int, total: int, start: int, size: int) -> np.ndarray:
    """Which of `total` pictures are number `start` to `start + size` of the endless showing: indices (size,).

    A pure function: how many pictures have been shown is all that a resumed run needs to know.
    """
    pieces = []
    while size > 0:
        epoch, offset = divmod(start, total)
        piece = _permutation(seed, epoch, total)[offset : offset + size]
        pieces.append(piece)
        start += len(piece)
        size -= len(piece)
    return np.concatenate(pieces)
