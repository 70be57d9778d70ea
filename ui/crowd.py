"""How often a page asks for what is new: less often where many look on, so that they do not take the training's cores,
and where many draw, so that each sees what comes out before it has drawn much more."""

import threading
import time
from collections.abc import Callable

from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import roles

SECONDS, CROWDED_SECONDS = 1.0, 2.5
DRAWING_SECONDS, CROWDED_DRAWING_SECONDS = 0.25, 1.0
MANY, FEW = 12, 8  # who look on, or draw: from more than MANY on it is crowded, until there are fewer than FEW
GONE_SECONDS = 10.0


class Crowd:
    """Who has looked on lately; `clock` counts seconds. Threads may share it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self._seen: dict[str, float] = {}
        self._crowded = False
        self._lock = threading.Lock()

    def note(self, session: str) -> bool:
        """Notes that a session looks on; returns whether it is crowded now."""
        with self._lock:
            now = self._seen[session] = self.clock()
            self._seen = {who: at for who, at in self._seen.items() if now - at < GONE_SECONDS}
            self._crowded = len(self._seen) > (FEW - 1 if self._crowded else MANY)
            return self._crowded

    def count(self) -> int:
        """How many have looked on lately."""
        with self._lock:
            return sum(self.clock() - at < GONE_SECONDS for at in self._seen.values())


_watching, _drawing = Crowd(), Crowd()  # not in Streamlit's cache, which any visitor can have emptied


def seconds() -> float:
    """Between two updates of this session's page. The owner's, which may be on the wall, is never slower."""
    return _among(_watching, SECONDS, CROWDED_SECONDS)


def alone() -> bool:
    """Whether nobody else's page has asked for what is new lately."""
    return _watching.count() <= 1


def drawing_seconds() -> float:
    """Between two messages of a hand that draws in this session."""
    return _among(_drawing, DRAWING_SECONDS, CROWDED_DRAWING_SECONDS)


def _among(crowd: Crowd, alone: float, crowded: float) -> float:
    context = get_script_run_ctx(suppress_warning=True)
    many = crowd.note(context.session_id if context else "")
    return crowded if many and not roles.is_owner() else alone
