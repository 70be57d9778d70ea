"""The pace of a training as it is asked for."""

import pytest

from gan.learning.knobs import Who
from gan.runs.requests import Do, Request
from gan.training.tempo import PATIENCE_SECONDS, SLOW_SECONDS, Tempo


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def taught(tempo: Tempo, most: int = 50) -> list[Who]:
    """Who is taught until somebody has to ask again."""
    return [who for _ in range(most) if (who := tempo.due()) is not None]


def test_unasked_it_goes_on(clock):
    assert taught(Tempo(clock), 5) == [Who.BOTH] * 5


def test_in_a_pause_only_what_is_asked_for_happens(clock):
    tempo = Tempo(clock)
    tempo.hear(Request(Do.PAUSE))
    assert taught(tempo) == []
    tempo.hear(Request(Do.STEP, Who.INSPECTOR))
    tempo.hear(Request(Do.STEP, Who.FORGER, times=2))
    assert not tempo.waits
    assert taught(tempo) == [Who.INSPECTOR, Who.FORGER, Who.FORGER]
    assert tempo.waits
    tempo.hear(Request(Do.GO_ON))
    assert taught(tempo, 3) == [Who.BOTH] * 3


def test_a_step_that_is_asked_for_while_it_trains_pauses_it(clock):
    tempo = Tempo(clock)
    tempo.hear(Request(Do.STEP, times=10))
    assert taught(tempo) == [Who.BOTH] * 10
    assert tempo.waits


def test_going_on_forgets_steps_that_were_still_to_come(clock):
    tempo = Tempo(clock)
    tempo.hear(Request(Do.STEP, Who.FORGER, times=10))
    tempo.hear(Request(Do.PAUSE))
    assert taught(tempo) == []


def test_slow_motion_takes_a_step_in_its_time(clock):
    tempo = Tempo(clock)
    tempo.hear(Request(Do.SLOW))
    assert tempo.is_watched
    seen = []
    for _ in range(80):
        clock.now += SLOW_SECONDS / 8
        seen.append(tempo.due())
    assert seen.count(Who.BOTH) == 10


def test_a_pause_is_forgotten_after_a_while_and_a_training_never(clock):
    tempo = Tempo(clock)
    clock.now += 2 * PATIENCE_SECONDS
    assert not tempo.is_forgotten
    tempo.hear(Request(Do.PAUSE))
    clock.now += 0.9 * PATIENCE_SECONDS
    tempo.hear(Request(Do.STEP))
    taught(tempo)
    clock.now += 0.9 * PATIENCE_SECONDS
    assert not tempo.is_forgotten
    clock.now += 0.2 * PATIENCE_SECONDS
    assert tempo.is_forgotten
