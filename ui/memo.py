"""Values that are worked out at most once in a while, however many ask.

Not in Streamlit's caches: there a value that ends its time while it is asked for is a KeyError, and any visitor can
have them emptied.
"""

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Generic, ParamSpec, TypeVar

Given = ParamSpec("Given")
Made = TypeVar("Made")


@dataclass
class _Entry:
    made: object = None
    at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)


class Memo(Generic[Given, Made]):
    """`make`, whose values hold for so many `seconds`; `clock` counts them.

    Threads may share it, and its values: who asks for one that is just being made waits for it. What `make` raises is
    not kept.
    """

    def __init__(self, make: Callable[Given, Made], seconds: float, clock: Callable[[], float] = time.monotonic):
        self.make, self.seconds, self.clock = make, seconds, clock
        self._entries: dict[Hashable, _Entry] = {}
        self._lock = threading.Lock()

    def __call__(self, *key: Given.args, **named: Given.kwargs) -> Made:
        assert not named
        with self._lock:
            old = [one for one, entry in self._entries.items() if one != key and not self._fresh(entry)]
            for one in old:
                if not self._entries[one].lock.locked():
                    del self._entries[one]
            entry = self._entries.setdefault(key, _Entry())
        with entry.lock:
            if not self._fresh(entry):
                entry.made = self.make(*key, **named)
                entry.at = self.clock()
            return entry.made  # type: ignore[return-value]

    def clear(self) -> None:
        """Forgets all."""
        with self._lock:
            self._entries = {}

    def _fresh(self, entry: _Entry) -> bool:
        return self.clock() - entry.at < self.seconds


def kept_for(seconds: float) -> Callable[[Callable[Given, Made]], Memo[Given, Made]]:
    """A decorator: see Memo."""
    return lambda make: Memo(make, seconds)
