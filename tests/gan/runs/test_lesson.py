"""The newest step that was watched: written, read back, and read where somebody else wrote."""

import json

import pytest

from gan import runs
from gan.runs.lesson import RECORD, Lesson, keep_lesson, last_lesson

LESSON = Lesson(
    12, "both", forged_before=[-1.0, 0.5], forged_after=[-2.0, 0.0], real_before=[1.0], real_after=[2.0],
    again=[0.1, 0.2], moved_d=0.01, moved_g=0.02,
)  # fmt: skip


@pytest.fixture
def run(config):
    return runs.create("a", config)


def test_what_was_kept_is_read_back(run):
    assert last_lesson(run) is None
    keep_lesson(run, LESSON, b"a picture")
    assert last_lesson(run) == (LESSON, b"a picture")


@pytest.mark.parametrize(
    "damage",
    [
        {"images_seen": "12"},
        {"who": "nobody"},
        {"again": [0.1]},
        {"again": 0.1},
        {"forged_before": []},
        {"real_before": [None]},
        {"moved_d": float("nan")},
        {"moved_g": int("9" * 400)},
        {"real_after": [1.0] * 17},
        {"more": 1},
    ],
)
def test_a_damaged_one_is_none(run, damage):
    keep_lesson(run, LESSON, b"a picture")
    path = run.folder / RECORD
    path.write_text(json.dumps(json.loads(path.read_text()) | damage))
    assert last_lesson(run) is None


def test_without_its_picture_it_is_none(run):
    keep_lesson(run, LESSON, b"a picture")
    (run.folder / "lesson.jpg").unlink()
    assert last_lesson(run) is None
