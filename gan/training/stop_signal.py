"""Ctrl-C and SIGTERM as requests to stop, which a training obeys between two lessons."""

import signal
from contextlib import suppress
from types import FrameType


class StopSignal:
    """From now on these signals only set `came`; a process that shares a training obeys together with the others."""

    def __init__(self) -> None:
        self.came = False
        for number in (signal.SIGINT, signal.SIGTERM):
            with suppress(ValueError):  # in a thread of another program, which hears its signals itself
                signal.signal(number, self._note)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self.came = True
