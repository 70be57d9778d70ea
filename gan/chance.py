"""All chance of a training and of the pairs that it is judged by, drawn on the CPU: a card repeats what it would draw.

`ByImage` is a function of (seed, purpose, number of the picture): nothing has to be saved for a resume, and several
processes that share a batch draw for their own pictures what one process would have drawn for them. `Streams` is how
earlier runs were begun: three generators, each a seed apart, whose states go on from batch to batch.
"""

from abc import ABC, abstractmethod
from functools import lru_cache
from math import prod
from zlib import crc32

import numpy as np
import torch
from torch import Tensor

# So that no seed of ours is a seed of somebody else's: the latent of picture 1 on Generate is drawn with seed 1, too.
SALT = 0x466F72676572  # "Forger"
WORDS = 4  # numbers that Philox makes at once


class Draws(ABC):
    """The chance of some pictures for one purpose. Every call brings new numbers, float32 (N, *shape) on the CPU."""

    by_image: bool  # whether those of a picture depend on no other picture

    @abstractmethod
    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        """Evenly from `low` to `high`."""

    @abstractmethod
    def normal(self, *shape: int) -> Tensor:
        """Bell-shaped: mean 0, standard deviation 1."""

    @abstractmethod
    def integers(self, limit: int, *shape: int) -> Tensor:
        """Whole numbers from 0 to `limit` - 1, as int64."""


class Chance(ABC):
    """Where all draws of one seed come from."""

    @abstractmethod
    def __init__(self, seed: int): ...

    @abstractmethod
    def draws(self, purpose: str, numbers: range, batch: range | None = None) -> Draws:
        """The chance of the pictures with these numbers, of a batch in which several processes may have a share."""

    def state_dict(self) -> dict[str, Tensor]:
        """What the next draws depend on beside the numbers."""
        return {}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:  # noqa: B027 (nothing, for who keeps nothing)
        """The opposite of `state_dict`."""


class ByImage(Chance):
    """A picture's numbers depend on the seed, the purpose and its own number, and on nothing else."""

    def __init__(self, seed: int):
        self.seed = seed

    def draws(self, purpose: str, numbers: range, batch: range | None = None) -> Draws:
        return _Keyed(self.seed, purpose, numbers)


class _Keyed(Draws):
    """Philox is a function of a key and a counter (Salmon et al. 2011): the key is the purpose, the counter the
    picture. Every call has a key of its own."""

    by_image = True

    def __init__(self, seed: int, purpose: str, numbers: range):
        self.seed, self.purpose, self.numbers = seed, purpose, numbers
        self.calls = 0

    def _bits(self, count: int) -> np.ndarray:
        """(N, count) uint64 for the next call."""
        blocks = -(-count // WORDS)
        key = _key(self.seed, self.purpose, self.calls)
        self.calls += 1
        source = np.random.Philox(key=key, counter=self.numbers.start * blocks)
        return source.random_raw(len(self.numbers) * blocks * WORDS).reshape(-1, blocks * WORDS)[:, :count]

    def _fractions(self, shape: tuple[int, ...]) -> Tensor:
        """Float64 (N, *shape), at least 2**-53 away from 0 and from 1: with one bit more the last would round to 1."""
        fractions = ((self._bits(prod(shape)) >> np.uint64(12)) + 0.5) * 2.0**-52
        return torch.from_numpy(fractions).view(-1, *shape)

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        return (low + (high - low) * self._fractions(shape)).float()

    def normal(self, *shape: int) -> Tensor:
        return torch.special.ndtri(self._fractions(shape)).float()

    def integers(self, limit: int, *shape: int) -> Tensor:
        return (limit * self._fractions(shape)).long()


@lru_cache(maxsize=256)
def _key(seed: int, purpose: str, call: int) -> np.ndarray:
    return np.random.SeedSequence([SALT, seed, crc32(purpose.encode()), call]).generate_state(2, np.uint64)


class Streams(Chance):
    """Three streams of chance: for flips, for augmentation, and for all else."""

    def __init__(self, seed: int):
        self.random = {
            name: torch.Generator().manual_seed(seed + step) for step, name in enumerate(("latent", "flip", "augment"))
        }

    def draws(self, purpose: str, numbers: range, batch: range | None = None) -> Draws:
        name = next((name for name in ("flip", "augment") if purpose.startswith(name)), "latent")
        batch = batch or numbers
        return _Next(self.random[name], len(batch), slice(numbers.start - batch.start, numbers.stop - batch.start))

    def state_dict(self) -> dict[str, Tensor]:
        return {f"{name}_random": stream.get_state() for name, stream in self.random.items()}

    def load_state_dict(self, state: dict[str, Tensor]) -> None:
        for name, stream in self.random.items():
            stream.set_state(state[f"{name}_random"].cpu())


class _Next(Draws):
    """The next numbers of a stream: for the whole batch, of which some rows are asked for."""

    by_image = False

    def __init__(self, random: torch.Generator, count: int, rows: slice):
        self.random, self.count, self.rows = random, count, rows

    def uniform(self, *shape: int, low: float = 0.0, high: float = 1.0) -> Tensor:
        return torch.empty(self.count, *shape).uniform_(low, high, generator=self.random)[self.rows]

    def normal(self, *shape: int) -> Tensor:
        return torch.randn(self.count, *shape, generator=self.random)[self.rows]

    def integers(self, limit: int, *shape: int) -> Tensor:
        return torch.randint(0, limit, (self.count, *shape), generator=self.random)[self.rows]


CHANCES: dict[str, type[Chance]] = {"by image": ByImage, "streams": Streams}
