"""Waiting for what a browser shows in its own time."""

import time
from collections.abc import Callable

PATIENCE = 150_000  # milliseconds; generous, because nothing here measures speed


def until(condition: Callable[[], bool]) -> None:
    """Returns once `condition()` holds; fails where that never comes."""
    deadline = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)
