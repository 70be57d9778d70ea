"""When a training takes its next step, and who is taught in it: at once, slowly, or only when asked."""

import time
from collections import deque
from collections.abc import Callable

from gan.learning.knobs import Who
from gan.runs.requests import MOST_STEPS, Do, Request

SLOW_SECONDS = 1.0  # from one step in slow motion to the next
LOOK_SECONDS = 0.05  # while it waits
# A pause that nobody ends gives the machine back to others after so long.
PATIENCE_SECONDS = 30 * 60.0


class Tempo:
    """The pace that was asked for; `clock` counts seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self.mode = Do.GO_ON
        self.was_asked = False  # then its time says nothing about the machine
        self._asked: deque[Who] = deque(maxlen=MOST_STEPS)
        self._last_step = self._last_asked = clock()

    def hear(self, request: Request) -> None:
        """Takes up a request about the pace. Steps that are asked for end a slow or a quick march."""
        self._last_asked, self.was_asked = self.clock(), True
        if request.do == Do.STEP:
            self.mode = Do.PAUSE
            self._asked.extend([request.who] * request.times)
        elif request.do in (Do.PAUSE, Do.GO_ON, Do.SLOW):
            self.mode = request.do
            self._asked.clear()

    def due(self) -> Who | None:
        """Who is to be taught now; None: nobody yet."""
        now = self.clock()
        if self._asked:
            self._last_step = self._last_asked = now
            return self._asked.popleft()
        if self.mode == Do.GO_ON or (self.mode == Do.SLOW and now - self._last_step >= SLOW_SECONDS):
            self._last_step = now
            return Who.BOTH
        return None

    @property
    def waits(self) -> bool:
        """Whether nothing happens until somebody asks for it."""
        return self.mode == Do.PAUSE and not self._asked

    @property
    def is_watched(self) -> bool:
        """Whether its steps are so rare that people look at each of them."""
        return self.mode != Do.GO_ON

    @property
    def is_forgotten(self) -> bool:
        """Whether it has waited too long to be asked."""
        return self.waits and self.clock() - self._last_asked > PATIENCE_SECONDS
