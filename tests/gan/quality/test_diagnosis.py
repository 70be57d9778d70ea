"""What a diagnosis makes of 45 spoiled and 20 healthy trainings, whose figures lie beside this file.

`python -m benchmarks.spoiled` trained them. The thresholds were chosen with seeds 1 to 3; the others judge them.
"""

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan.quality.diagnosis import Course, State, course, diagnose
from gan.runs.verdicts import Verdicts

TRAININGS: list[dict[str, Any]] = json.loads(gzip.decompress(Path(__file__).with_name("courses.json.gz").read_bytes()))
CHOSEN_WITH = (1, 2, 3)
BY_GRID = ("images", "rank", "gap", "diversity", "nearness", "distance")


def course_of(training: dict[str, Any], share: float = 1.0) -> Course:
    """The figures of one of them, or of its first part."""
    columns = {name: np.array(training[name], float) for name in (*BY_GRID, "loss", "accuracy")}
    return Course(**{name: values[: max(1, round(share * len(values)))] for name, values in columns.items()})


def test_there_are_enough_of_them():
    spoiled = {one["kind"] for one in TRAININGS if one["is"] != State.HEALTHY}
    assert len(spoiled) >= 8
    assert len(TRAININGS) == len({(one["kind"], one["seed"]) for one in TRAININGS})
    assert all({one["seed"] for one in TRAININGS if one["kind"] == kind} == {1, 2, 3, 4, 5} for kind in spoiled)
    assert sum(one["is"] == State.HEALTHY for one in TRAININGS) == 20


def test_nine_of_ten_spoiled_ones_are_named_rightly():
    others = [one for one in TRAININGS if one["seed"] not in CHOSEN_WITH and one["is"] != State.HEALTHY]
    wrong = [f"{one['kind']} {one['seed']}" for one in others if diagnose(course_of(one)).state != one["is"]]
    assert len(wrong) <= len(others) / 10, wrong


@pytest.mark.parametrize("share", [0.1, 0.25, 0.5, 0.75, 1])
def test_no_healthy_one_is_called_spoiled_at_any_time(share):
    healthy = [one for one in TRAININGS if one["is"] == State.HEALTHY]
    found = {f"{one['kind']} {one['seed']}": diagnose(course_of(one, share)).state for one in healthy}
    assert {name: state for name, state in found.items() if state not in (State.HEALTHY, State.EARLY)} == {}
    if share == 1:
        assert sum(state == State.HEALTHY for state in found.values()) >= 18


def test_before_anything_was_seen_it_is_too_early_to_say():
    nothing = np.array([])
    assert diagnose(Course(*[nothing] * 8)).state == State.EARLY


def test_what_was_not_measured_is_no_alarm():
    grids, missing = np.arange(10) * 1000.0, np.full(10, np.nan)
    for distance in (missing, np.full(10, 0.3)):
        found = diagnose(Course(grids, missing, missing, missing, missing, distance, missing, missing))
        assert found.state in (State.EARLY, State.HEALTHY)


def test_every_diagnosis_says_its_number_and_what_to_try():
    found = {one["is"]: diagnose(course_of(one)) for one in TRAININGS}
    for diagnosis in found.values():
        assert any(letter.isdigit() for letter in diagnosis.why)
        assert diagnosis.advice.endswith(".")


def test_the_figures_are_those_of_the_logs():
    verdicts = Verdicts(
        100, np.array([0.0, 2.0]), np.array([1.0, 3.0]), np.array([1.0]), np.array([0, 1]), np.array([2]), 0.5, 0.9, 1.5
    )
    metrics = {
        "kimg": np.array([0.1]), "loss_d": np.array([0.5]), "loss_g": np.array([-2.0]),
        "accuracy_real": np.array([0.9]), "accuracy_fake": np.array([0.7]),
    }  # fmt: skip
    found = course(metrics, [verdicts])
    assert found.rank.tolist() == [pytest.approx(4 / 6)]
    assert found.gap.tolist() == [1.0]
    assert (found.diversity[0], found.nearness[0], found.distance[0]) == (0.5, 0.9, 1.5)
    assert (found.loss[0], found.accuracy[0]) == (2.0, 0.7)


def test_what_was_before_the_last_turn_of_a_knob_does_not_count():
    def at(images: int, distance: float) -> Verdicts:
        return Verdicts(
            images, np.array([0.0]), np.array([1.0]), np.array([1.0]), np.array([0]), np.array([1]), 0.9, 0.9, distance
        )

    before, after = [at(images, 2.0) for images in (100, 200)], [at(images, 0.5) for images in (300, 400)]
    metrics = {name: np.array([9.0, 1.0]) for name in ("loss_d", "loss_g", "accuracy_real", "accuracy_fake")}
    found = course(metrics | {"kimg": np.array([0.2, 0.4])}, [*before, *after], since=300)
    assert found.distance.tolist() == [0.5, 0.5]
    assert found.loss.tolist() == [1.0]
    assert found.accuracy.tolist() == [1.0]
