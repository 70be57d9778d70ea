"""Pictures that are there more than once: equal, or so nearly that a judge of copies would be deceived by them.

Candidates come from perceptual hashes of 64 bits (the lowest frequencies of a small grey picture, as in pHash; Zauner
2010, "Implementation and benchmarking of perceptual image hash functions"): those that agree in one of eight parts.
What decides is how far their thumbnails are apart.
"""

import hashlib
from collections import defaultdict
from functools import cache

import numpy as np

SIDE = 16  # of a thumbnail, in pixels
WAVES = 8  # frequencies each way that make a hash
PARTS = 4  # of a hash, either way: two that differ in at most three bits agree in one of them
APART, APART_SHARE = 1.5, 0.12  # root mean square of what may differ: levels of 256, or of a thumbnail's own deviation
LIGHTER = 16.0  # levels by which one may be lighter than the other
FLAT = 4.0  # pictures that vary less are alike only where they are equal: little can be seen of them
PART = 1024  # pictures that are worked on at once


def contents_of(pictures: np.ndarray) -> np.ndarray:
    """A mark (N,) uint64 of each picture (N, R, R, C) uint8: the same for the same pixels."""
    marks = (hashlib.blake2b(picture.tobytes(), digest_size=8).digest() for picture in pictures)
    return np.frombuffer(b"".join(marks), np.uint64)


def find_twins(pictures: np.ndarray, contents: np.ndarray) -> np.ndarray:
    """For each picture (N, R, R, C) uint8 the place (N,) of the first one that is like it; its own where there is none.

    Equal pictures have the same `contents` (N,). Nearly equal ones are the same photograph saved anew, shrunk or a
    little darker; mirrored, cut or shifted ones count as others.
    """
    _, first, group = np.unique(contents, return_index=True, return_inverse=True)
    equal = first[group]
    thumbnails = np.concatenate([_thumbnails(pictures[at : at + PART]) for at in range(0, len(pictures), PART)])
    deviations = thumbnails.std((1, 2, 3))
    own = np.flatnonzero((equal == np.arange(len(pictures))) & (deviations >= FLAT))
    leader = np.arange(len(pictures))
    for one, others in sorted(_alike(thumbnails[own], deviations[own]).items()):
        if leader[own[one]] == own[one]:  # not itself like one before: likeness is not handed on
            like = own[sorted(others)]
            leader[like[leader[like] == like]] = own[one]
    return leader[equal]


def _alike(thumbnails: np.ndarray, deviations: np.ndarray) -> dict[int, set[int]]:
    """Which of the thumbnails (N, SIDE, SIDE, C) are nearly equal: for some, those after it that are like it."""
    found: dict[int, set[int]] = defaultdict(set)
    if not len(thumbnails):
        return found
    light = thumbnails.mean((1, 2, 3))
    shapes = thumbnails.reshape(len(thumbnails), -1) - light[:, None]
    allowed = np.maximum(APART, APART_SHARE * deviations)
    for part in _parts(_hashes(thumbnails[..., :3])):
        order = np.argsort(part, kind="stable")
        for bucket in np.split(order, np.flatnonzero(np.diff(part[order])) + 1):
            left = bucket
            while len(left) > 1:  # the first of them, and all that are like it
                one, rest = left[0], left[1:]
                apart = np.sqrt(np.square(shapes[rest] - shapes[one]).mean(1))
                alike = apart <= np.minimum(allowed[rest], allowed[one])
                alike &= np.abs(light[rest] - light[one]) < LIGHTER
                found[int(one)].update(rest[alike].tolist())
                left = rest[~alike]
    return found


def _thumbnails(pictures: np.ndarray) -> np.ndarray:
    """(N, SIDE, SIDE, C) float32 of pictures (N, R, R, C) uint8, R at least SIDE; at the edge, parts of a cell go."""
    count, side, _, channels = pictures.shape
    cell = side // SIDE
    cut = pictures[:, : cell * SIDE, : cell * SIDE].astype(np.float32)
    return cut.reshape(count, SIDE, cell, SIDE, cell, channels).mean((2, 4))


def _hashes(thumbnails: np.ndarray) -> np.ndarray:
    """64 bits (N, 64) bool for each of (N, SIDE, SIDE, C): which low frequencies of its grey are above their median."""
    grey = thumbnails.mean(3)
    waves = np.einsum("ky,nyx,lx->nkl", _cosines(), grey, _cosines()).reshape(-1, WAVES * WAVES)
    waves[:, 0] = 0  # how light it is says nothing of what is seen
    return waves > np.median(waves, axis=1, keepdims=True)


def _parts(hashes: np.ndarray) -> list[np.ndarray]:
    """Parts of hashes (N, 64) as numbers, each (N,) uint16."""
    rows = hashes.reshape(len(hashes), PARTS, -1)
    columns = hashes.reshape(len(hashes), -1, PARTS).transpose(0, 2, 1)
    both = np.packbits(np.concatenate([rows, columns], 1), axis=2).view(np.uint16)
    return list(both[..., 0].T)


@cache
def _cosines() -> np.ndarray:
    """The first WAVES of the discrete cosine transform of SIDE values."""
    return np.cos(np.pi / SIDE * np.arange(WAVES)[:, None] * (np.arange(SIDE) + 0.5))
