"""Does it copy? Distances of generated pictures to the training pictures, against those of pictures never seen."""

from dataclasses import dataclass

import numpy as np

from gan.quality.distances import CHUNK, distances, mean_distance

DOUBLE = 0.02  # of the usual distance of two pictures: what is nearer is the same one
LEAST = 10  # held-out pictures that say something
SURELY_NEAR = 0.01  # of held-out pictures lie nearer to a training picture than what we call a copy


@dataclass(frozen=True)
class Memorisation:
    """Median distances to the nearest training picture; see `memorisation`."""

    generated: float
    held_out: float | None
    ratio: float | None  # None, as those about held-out pictures, where too few of these are no doubles
    copies: float | None
    searched: int  # training pictures that were looked at; large data sets have more


def nearest(queries: np.ndarray, bank: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For each of the features (N, F) the distance to the nearest of `bank` (M, F), and its place: both (N,)."""
    found, places = [], []
    for start in range(0, len(queries), CHUNK):
        table = distances(queries[start : start + CHUNK], bank)
        places.append(table.argmin(1))
        found.append(table.min(1))
    return np.concatenate(found), np.concatenate(places)


def memorisation(generated: np.ndarray, training: np.ndarray, held_out: np.ndarray) -> Memorisation:
    """How near generated pictures lie to training pictures, compared with real ones that training never saw.

    `ratio` of the medians: about 1 or more where nothing is copied, well below 1 where much is. `copies` is the
    share of generated pictures that are nearer to a training picture than 99 % of the held-out ones are: about
    0.01 by chance alone, for data sets hold near doubles of their own.

    With the pretrained features, training pictures shifted by two pixels, mirrored or darkened found their originals in
    99 % of cases and counted as copies in over 80 % (64 pixels; pixel by pixel, mirrored ones found 2 of 10).

    The caveats. Pictures that are blurred or broken lie far from every real one and so look original: a copy seen
    through 40 of 64 pixels finds its original, but among the cats it no longer counted as a copy, so the figures
    say most of a generator that is good. Cut and enlarged copies often pass, too. Look at the nearest pictures.
    """
    to_generated = nearest(generated, training)[0]
    to_held_out = without_doubles(nearest(held_out, training)[0], mean_distance(held_out))
    usual = float(np.median(to_generated))
    if len(to_held_out) < LEAST:
        return Memorisation(usual, None, None, None, len(training))
    median = float(np.median(to_held_out))
    copies = float(np.mean(to_generated < np.quantile(to_held_out, SURELY_NEAR)))
    return Memorisation(usual, median, usual / median, copies, len(training))


def without_doubles(nearest: np.ndarray, usual: float) -> np.ndarray:
    """The distances (N,) of held-out pictures to the nearest training picture, without those (about) 0: these are the
    same picture once more, as in data sets that are split by places. `usual` is the distance of two pictures."""
    return nearest[nearest > DOUBLE * usual]
