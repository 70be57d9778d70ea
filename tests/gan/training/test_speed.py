"""The time left, replayed: `recorded_beats.json` are the heartbeats of a real training (seconds, images seen, images a
second in the last interval of its log), 11 minutes long on two cores that others used, too: with grids, a measurement
of quality that took 50 seconds, busy seconds, and half a minute after half a minute at twice or half the speed."""

import json
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import pytest

from gan.training.speed import FIRST_SECONDS, Speed

BEATS = json.loads(Path(__file__).with_name("recorded_beats.json").read_text())
TARGET = 28_000
JUMP = 1 / 5


def replay(beats: Iterable[tuple[float, int]], target: int = TARGET) -> list[tuple[float, float]]:
    """For each beat (seconds, images) after which the speed is known: its seconds, and the seconds left then."""
    (began, first), *rest = beats
    speed, left = Speed(first, began), []
    for now, images in rest:
        if known := speed.beat(images, now):
            left.append((now, (target - images) / known))
    return left


def jumps(left: list[tuple[float, float]]) -> list[float]:
    """By which share the time left of each beat differs from that of the one before, less what has passed."""
    return [abs(b / max(a - (now - then), 1.0) - 1) for (then, a), (now, b) in pairwise(left)]


def steady(seconds: float, speed: float, began: float = 0.0, images: float = 0.0, every: float = 1.0):
    """Beats of a training that goes at `speed` for so long."""
    count = round(seconds / every)
    return [(began + i * every, round(images + i * every * speed)) for i in range(count + 1)]


def test_no_beat_of_a_real_training_moves_the_time_left_by_a_fifth():
    left = replay((now, images) for now, images, _ in BEATS)
    assert max(jumps(left)) < JUMP
    assert left[0][0] < 2 * FIRST_SECONDS
    assert len(left) > 500


def test_the_last_interval_of_its_log_alone_would_have():
    left = [(now, (TARGET - images) / speed) for now, images, speed in BEATS if speed]
    assert max(jumps(left)) > 2


def test_a_change_that_lasts_is_followed_within_minutes():
    first = steady(600, 100)
    second = steady(600, 25, *first[-1])
    left = dict(replay([*first, *second[1:]], target=1_000_000))
    truth = {now: (1_000_000 - images) / 25 for now, images in second}
    assert left[600 + 240] > 0.5 * truth[600 + 240]
    assert left[600 + 540] > 0.8 * truth[600 + 540]
    # And the other way, which is quicker: the fast images soon outnumber the slow ones.
    third = steady(240, 100, *second[-1])
    left = dict(replay([*first, *second[1:], *third[1:]], target=1_000_000))
    assert left[1440] < 1.5 * (1_000_000 - third[-1][1]) / 100


@pytest.mark.parametrize("pause", [1, 20, 3600])
@pytest.mark.parametrize("before", [6, 60, 1000])
def test_a_pause_of_any_length_moves_it_by_less_than_a_fifth(pause, before):
    """A beat that comes late, as after a measurement that says nothing meanwhile, or a laptop that was shut."""
    first = steady(before, 100)
    then, images = first[-1]
    left = replay([*first, *steady(100, 100, then + pause, images)], target=1_000_000)
    assert max(abs(b / a - 1) for (_, a), (_, b) in pairwise(left)) < JUMP


def test_steps_that_take_long_are_no_jumps():
    left = replay(steady(600, 0.8, every=10.0), target=10_000)
    assert max(jumps(left)) < 0.01


def test_nothing_is_said_before_anything_is_known():
    assert replay(steady(FIRST_SECONDS - 1, 100)) == []
    speed = Speed(0, 0.0)
    assert speed.beat(600, 6.0) == pytest.approx(100)
    assert speed.beat(600, 6.0) == pytest.approx(100)  # a second beat of the same moment
