"""In how many pictures a classical detector sees a head: a question that no network answers."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image

from gan.pictures.cascades import cascades

# Chosen so that of real photographs at 64 pixels nearly all are seen, but not so easily that anything is: see
# docs/quality.md. Heads that fill their picture need a margin, for the detector looks at what is around them, too.
ENLARGED = 128  # pixels, at least
MARGIN = 1 / 4  # of that, on each side: the edge's pixels, repeated
STEP, AGREEING = 1.1, 3  # from size to size; windows that must agree
LEAST = 1 / 3  # of the enlarged picture's side: what is smaller is no head that fills it
MOST = 500  # real pictures that are looked at
MEANT = 0.5  # the share of real pictures with a head from which on pictures are of heads


@dataclass(frozen=True)
class Heads:
    """The shares of pictures in which a head is seen, from 0 to 1."""

    whose: str  # a "cat"'s or a "person"'s
    generated: float
    real: float  # of real ones that training did not see
    count: int  # generated pictures that were looked at
    real_count: int


def heads(generated: np.ndarray, pictures: np.ndarray, held_out: np.ndarray) -> Heads | None:
    """Looks for heads in generated pictures and in the real `pictures` at the places `held_out`, of which it takes 500
    at most, spread over all; each (N, R, R, 3) uint8. For cats' or for people's, whichever are seen in more real ones.

    None where no detector is installed, and where not even half of the real pictures have a head: these show something
    else.
    """
    count = min(len(held_out), MOST)
    places = held_out[np.arange(count) * len(held_out) // count]
    detectors = cascades()
    shares = {whose: seen((pictures[place] for place in places), one) for whose, one in detectors.items()}
    whose = max(shares, key=shares.__getitem__, default=None)
    if whose is None or shares[whose] < MEANT:
        return None
    return Heads(whose, seen(generated, detectors[whose]), shares[whose], len(generated), count)


def seen(pictures: Iterable[np.ndarray], detector: Any) -> float:
    """The share of the pictures, each (R, R, 3) uint8, in which the detector sees a head."""
    return float(np.mean([_sees(picture, detector) for picture in pictures]))


def _sees(picture: np.ndarray, detector: Any) -> bool:
    size = max(ENLARGED, len(picture))
    grey = Image.fromarray(picture).convert("L").resize((size, size), Image.Resampling.BICUBIC)
    framed = np.pad(np.asarray(grey), round(size * MARGIN), mode="edge")
    least = round(size * LEAST)
    return len(detector.detectMultiScale(framed, STEP, AGREEING, minSize=(least, least))) > 0
