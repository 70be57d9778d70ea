"""Random choices for the drawn data sets, the same on every machine."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import numpy as np

from gan.data.drawn.canvas import Colour, mix

Choice = TypeVar("Choice")


class Dice:
    """Random choices that are the same everywhere for the same key.

    Only `Generator.random` is used: numpy keeps the bits of PCG64 fixed between versions, whereas the
    methods for integers and choices may change.
    """

    def __init__(self, *key: int) -> None:
        self._roll = np.random.Generator(np.random.PCG64(np.random.SeedSequence(key))).random

    def between(self, low: float, high: float) -> float:
        """A number from the uniform distribution on [low, high)."""
        return low + (high - low) * self._roll()

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self._roll() < probability

    def pick(self, choices: Sequence[Choice]) -> Choice:
        """One of the choices, each equally likely."""
        return choices[int(self._roll() * len(choices))]

    def weighted(self, weights: Mapping[Choice, float]) -> Choice:
        """One of the keys, in proportion to its weight."""
        left = self._roll() * sum(weights.values())
        for choice, weight in weights.items():
            left -= weight
            if left < 0:
                return choice
        return choice

    def near(self, colour: Colour, spread: float = 0.06) -> Colour:
        """The colour, a little lighter or darker."""
        change = self.between(-spread, spread)
        return mix(colour, (255, 255, 255), change) if change > 0 else mix(colour, (0, 0, 0), -change)
