"""Which pictures training never sees: a tenth, kept for judging the generator."""

import numpy as np

from gan.errors import ForgerError

# Whether twins (equal or nearly equal pictures) stand on one side. Older trainings went by places alone.
SPLITTINGS = ("by content", "by place")
PART = 10
_GOLDEN = 2654435769  # 2**32 over the golden ratio: its multiples spread evenly, without a period of ten


def held_out_mask(count: int) -> np.ndarray:
    """Which of `count` pictures are held out: bool (count,), one of every ten in their order.

    It depends on nothing but the place of a picture, on no seed and no library's random numbers, so training and
    every later judgement agree on it. Which one of the ten changes from ten to ten, as pictures may come in
    turns. Of the last, incomplete ten there may be none, but fewer than ten pictures hold out one.

    Raises ForgerError for fewer than two pictures.
    """
    if count < 2:
        raise ForgerError(f"A data set needs two pictures: one to train with, one to judge by; this one has {count}.")
    tens = np.arange(-(-count // PART), dtype=np.uint64)
    chosen = tens * PART + (tens * _GOLDEN % 2**32 * PART >> np.uint64(32))
    mask = np.zeros(count, bool)
    mask[chosen[chosen < count].astype(np.int64)] = True
    return mask


def split(count: int, twins: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """The indices to train with and those held out, each rising.

    `twins` (count,) are the places of the first picture that each is like, its own where there is none before it (see
    `gan.data.own.twins`): then all that are alike stand on one side, and without any the split is what it is by places.
    What is there so often that it makes more than a tenth of all is always studied. Of nothing but one picture, all
    copies cannot be on one side. Raises ForgerError for fewer than two pictures.
    """
    firsts, alike, sizes = np.unique(
        np.arange(count) if twins is None else twins, return_inverse=True, return_counts=True
    )
    if len(firsts) < 2:
        mask = held_out_mask(count)
    else:
        some = np.flatnonzero(sizes <= max(1, count // PART))
        some = some if len(some) else np.array([sizes.argmin()])
        chosen = np.zeros(len(firsts), bool)
        chosen[some] = held_out_mask(len(some)) if len(some) > 1 else True
        mask = chosen[alike]
    return np.flatnonzero(~mask), np.flatnonzero(mask)
