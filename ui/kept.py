"""Results that are kept for whoever asks next, up to so many bytes: what nobody asked for longest goes first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Any

import numpy as np

# What a result takes beside its pictures.
AROUND = 200


class Kept:
    """A shelf of `room` bytes. Threads may share it; so nobody may change what lies on it."""

    def __init__(self, room: int):
        self.room, self.taken = room, 0
        self._results: OrderedDict[Hashable, tuple[Any, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> Any:
        """The result that was put there; None where there is none, or no longer."""
        with self._lock:
            if key not in self._results:
                return None
            self._results.move_to_end(key)
            return self._results[key][0]

    def put(self, key: Hashable, result: Any) -> None:
        """Keeps a result; one that fills more than half of the shelf is not kept."""
        size = size_of(result)
        with self._lock:
            self.taken -= self._results.pop(key, (None, 0))[1]
            if size > self.room // 2:
                return
            self._results[key] = result, size
            self.taken += size
            while self.taken > self.room:
                _, (_, freed) = self._results.popitem(last=False)
                self.taken -= freed

    def drop(self, key: Hashable) -> None:
        """Keeps a result no longer."""
        with self._lock:
            self.taken -= self._results.pop(key, (None, 0))[1]


def size_of(result: Any) -> int:
    """About how many bytes a result takes: arrays, texts, bytes, and lists of these."""
    if isinstance(result, np.ndarray):
        return AROUND + result.nbytes
    if isinstance(result, (bytes, str)):
        return AROUND + len(result)
    if isinstance(result, (list, tuple)):
        return AROUND + sum(map(size_of, result))
    return AROUND
