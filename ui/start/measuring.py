"""How fast this machine trains with some settings: measured once for all who ask, one measurement at a time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

from gan.errors import ForgerError
from gan.learning.config import Config
from gan.training.estimate import Measured, measure_pace
from gan.training.pace import what_counts
from ui import live
from ui.asking import TURNS, ask
from ui.turns import Steps

# So long a measurement is believed: less where the machine was busy meanwhile, and may be so no more.
SECONDS, BUSY_SECONDS = 3600, 60
ONE = ThreadPoolExecutor(1, "measuring")


def measured(config: Config, device: str) -> Measured:
    """What is known of the pace of such a training, measured now if need be.

    Raises ForgerError as `measure_pace`, and once a training has begun, beside which nothing can be measured.
    """
    key = "pace", what_counts(config), device
    if (known := TURNS.kept.get(key)) and time.time() - known[1] > (BUSY_SECONDS if known[0].busy else SECONDS):
        TURNS.kept.drop(key)
    return ask("start a training", key, lambda: _measure(key[1], device), {}, look=_unless_it_trains)[0]


def _unless_it_trains() -> None:
    if live.active_name():
        raise ForgerError("A training has begun: its time is measured when the machine is free.")


def _measure(config: Config, device: str) -> Steps:
    gone = threading.Event()
    try:
        found = yield ONE.submit(measure_pace, config, device, gone.is_set)
        return found, time.time()
    finally:
        gone.set()  # nobody waits for it any more
