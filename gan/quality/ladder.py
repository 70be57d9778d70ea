"""The ladder: distances of real pictures seen through few pixels, which give any other distance a meaning."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
from PIL import Image
from torch.nn.functional import interpolate

from gan.quality.distances import Kid, kid
from gan.quality.features import Features

RUNGS = (4, 6, 8, 12, 16, 20, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224)


@dataclass(frozen=True)
class Ladder:
    """`kids[i]` is the distance of real pictures seen through `pixels[i]` pixels; the last are untouched."""

    pixels: tuple[int, ...]
    kids: tuple[Kid, ...]

    def seen_through(self, value: float) -> float:
        """How many pixels make real pictures as far from real ones as the distance `value` (a KID, not times 1000).

        Between two rungs the logarithms of both are interpolated. It never leaves the ladder: the lowest rung for
        everything farther, the highest for what cannot be told from real pictures.
        """
        rungs = np.log(self._heights())
        height = np.log(max(value, self._noise()))
        return float(np.exp(np.interp(-height, -rungs, np.log(self.pixels))))

    def sentence(self, value: float) -> str:
        """The distance as words that complete "These pictures are …"."""
        return closeness(self.seen_through(value), self.pixels[-1])

    def _heights(self) -> np.ndarray:
        """The distances from coarse to fine, never rising, though chance may have it so."""
        values = np.array([one.value for one in self.kids[:-1]] + [0.0])
        return np.maximum(np.maximum.accumulate(values[::-1])[::-1], self._noise())

    def _noise(self) -> float:
        """Below this, a distance cannot be told from that of untouched real pictures, which is 0 but for chance."""
        return max(2 * self.kids[-1].error, 1e-9)


def closeness(pixels: float, resolution: int) -> str:
    """A height on the ladder of pictures of that size as words that complete "These pictures are …"."""
    if round(pixels) >= resolution:
        return "as close to real pictures as real pictures themselves, as far as this measure can tell"
    if pixels <= RUNGS[0]:
        return f"farther from real pictures than real pictures seen through {RUNGS[0]} pixels"
    return f"as close to real pictures as real pictures seen through {pixels:.0f} pixels"


def rungs(resolution: int) -> tuple[int, ...]:
    """The pixels of a ladder for pictures of that size, which is the last rung."""
    return (*(rung for rung in RUNGS if rung < resolution), resolution)


def ladder(
    pictures: np.ndarray,
    indices: np.ndarray,
    reference: np.ndarray,
    features: Features,
    described: Callable[[int], object] = lambda count: None,
    sharp: bool = False,
) -> Ladder:
    """The ladder of the real `pictures` (N, R, R, 3) uint8 at `indices` against features (M, F) of other real ones.

    On a `sharp` one they are seen `sharply_through` so many pixels. All rungs use the same pictures, so what chance
    does to one it does to all. `described` hears how many pictures were described since it last heard.
    """
    pixels = rungs(pictures.shape[1])
    see = sharply_through if sharp else through
    seen = (features.extract_chosen(pictures, indices, partial(see, pixels=rung), described) for rung in pixels)
    return Ladder(pixels, tuple(kid(reference, one) for one in seen))


def through(pictures: np.ndarray, pixels: int) -> np.ndarray:
    """Pictures (N, R, R, 3) uint8 shrunk to `pixels` x `pixels` with anti-aliasing, and smoothly enlarged again."""
    resolution = pictures.shape[1]
    if pixels == resolution:
        return pictures
    x = torch.tensor(pictures).permute(0, 3, 1, 2).float()
    x = interpolate(x, size=(pixels, pixels), mode="bilinear", antialias=True)
    x = interpolate(x, size=(resolution, resolution), mode="bicubic")
    return x.round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()


def sharply_through(pictures: np.ndarray, pixels: int) -> np.ndarray:
    """The same by Lanczos' filter, which blurs no more than so few pixels must: of `through`, a rung is lower than its
    name."""
    resolution = pictures.shape[1]
    if pixels == resolution:
        return pictures
    small = (Image.fromarray(one).resize((pixels, pixels), Image.Resampling.LANCZOS) for one in pictures)
    return np.stack([np.asarray(one.resize((resolution, resolution), Image.Resampling.BICUBIC)) for one in small])
