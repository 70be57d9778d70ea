"""How much a visitor may ask for in a minute, and all visitors together: one table, and the book of who asked for what.

Only what has to be worked out counts; what lies ready is given to everybody. The owner has no limits.
"""

import math
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gan.errors import ForgerError

MINUTE = 60.0


@dataclass(frozen=True)
class Limit:
    """What one visitor, and what all together, may ask for in a minute."""

    each: int
    all: int


# Two cores draw about 160 million pixels in a minute, or walk through 9,000 frames, or redraw 4,000 pictures.
AMOUNTS = {
    "pictures": Limit(2_048, 12_000),
    "frames": Limit(2_400, 9_000),
    "films": Limit(30, 90),
    "redrawings": Limit(400, 6_000),
    "uploads": Limit(30, 600),
    "slow uploads": Limit(3, 20),
    "searches": Limit(3, 12),  # for a picture's latent: each takes 4 to 10 s
    "pixels": Limit(40_000_000, 160_000_000),
}
# The last quarter of what there is for all is for those who have asked for little: so one with many tabs cannot take
# the minute from everybody.
LITTLE = 16  # a part of what each may ask for
# So many may wait for their turn at once, whatever they wait for.
MOST_WAITING = 120


class Ledger:
    """What was asked for in the last minute, by visitor; `clock` counts seconds. Threads may share it."""

    def __init__(self, amounts: Mapping[str, Limit] = AMOUNTS, clock: Callable[[], float] = time.monotonic):
        self.amounts, self.clock = amounts, clock
        self._spent: dict[tuple[str, str | None], deque[tuple[float, int]]] = {}
        self._sums: Counter[tuple[str, str | None]] = Counter()  # of the above
        self._lock = threading.Lock()

    def spend(self, visitor: str, costs: Mapping[str, int]) -> None:
        """Notes that a visitor asks for so much of each of `amounts`. Raises ForgerError, and notes nothing, where that
        is more than may be asked for in a minute."""
        with self._lock:
            now = self.clock()
            self._forget(now - MINUTE)
            for what, count in costs.items():
                self._check(what, count, visitor, now)
            for what, count in costs.items():
                for who in (visitor, None):
                    self._spent.setdefault((what, who), deque()).append((now, count))
                    self._sums[what, who] += count

    def _check(self, what: str, count: int, visitor: str, now: float) -> None:
        limit = self.amounts[what]
        if count > limit.each:
            raise ForgerError(
                f"That is {count:,} {what} at once, and a visitor may ask for {limit.each:,} in a minute: choose fewer."
            )
        if wait := self._wait(what, visitor, count, limit.each, now):
            raise ForgerError(
                f"You have asked for {self._sum(what, visitor):,} {what} in this minute, and a visitor may ask for "
                f"{limit.each:,}. Try again in {wait} s."
            )
        little = self._sum(what, visitor) + count <= limit.each // LITTLE
        if wait := self._wait(what, None, count, limit.all if little else limit.all * 3 // 4, now):
            raise ForgerError(
                f"All visitors together have asked for as many {what} as this machine makes in a minute. "
                f"Try again in {wait} s."
            )

    def _sum(self, what: str, who: str | None) -> int:
        return self._sums[what, who]

    def _wait(self, what: str, who: str | None, count: int, most: int, now: float) -> int:
        """Whole seconds until `count` more fit; 0 where they fit now."""
        spent = self._spent.get((what, who), deque())
        over = count + self._sum(what, who) - most
        if over <= 0:
            return 0
        for at, amount in spent:
            over -= amount
            if over <= 0:
                return max(1, math.ceil(at + MINUTE - now))
        return math.ceil(MINUTE)

    def _forget(self, before: float) -> None:
        for key in list(self._spent):
            spent = self._spent[key]
            while spent and spent[0][0] <= before:
                self._sums[key] -= spent.popleft()[1]
            if not spent:
                del self._spent[key], self._sums[key]
