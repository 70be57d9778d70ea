"""Forger's subject: data sets, networks, training, runs, sampling and films. Never imports streamlit.

In Python: `gan.train`, `gan.load`, `gan.draw` and `gan.redraw` (`gan.api`, docs/python.md).
"""

import importlib
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gan.api import Model, draw, load, redraw, train

__all__ = ["Model", "draw", "load", "redraw", "train"]

# How OpenMP's threads wait for each other between two pieces of work: by sleeping at once, which leaves the cores to
# others, or by spinning for a while first, which goes on sooner. On two cores that another program keeps busy sleeping
# threads train 2.5 times as fast as those that spin 10,000 times, and 15 times as fast as torch's own; on two quiet
# cores spinning is worth nothing on some processors and half as much again on others (docs/performance.md). So who
# gives way sleeps, which is all that a page starts and the page itself, and a command with the machine to itself spins.
SLEEPING, SPINNING = {"OMP_WAIT_POLICY": "PASSIVE"}, {"GOMP_SPINCOUNT": "10000"}
# Who has set one of these has decided, and nothing else is set: the second overrules the first.
WAITING_VARIABLES = ("OMP_WAIT_POLICY", "GOMP_SPINCOUNT")
_DECIDED = any(name in os.environ for name in WAITING_VARIABLES)


def wait_by(way: dict[str, str]) -> None:
    """Lets threads wait in this way, `SLEEPING` or `SPINNING`, unless a person has decided.

    Only before torch is loaded, which reads these variables once.
    """
    if not _DECIDED:
        for name in WAITING_VARIABLES:
            os.environ.pop(name, None)
        os.environ.update(way)


wait_by(SLEEPING)


def __getattr__(name: str) -> Any:
    """What `gan.api` has, brought when it is first asked for: that takes torch, which takes seconds."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # By its name, since all floors below import this package, and none may know what stands on top of them.
    return getattr(importlib.import_module("gan.api"), name)
