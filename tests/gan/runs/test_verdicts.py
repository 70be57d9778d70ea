"""The inspector's verdicts in a run's folder: written, read back, and read where somebody else wrote."""

import json

import numpy as np
import pytest

from gan.runs.verdicts import MOST, Verdicts, append_verdicts, read_verdicts


def verdicts(images: int, **changes) -> Verdicts:
    fields = {
        "forged": np.array([0.25, -1.5]),
        "real": np.array([2.0]),
        "held_out": np.array([1.0, 3.0]),
        "real_places": np.array([4]),
        "held_out_places": np.array([0, 9]),
        "diversity": 0.5,
    }
    return Verdicts(images, **fields | changes)


def test_what_was_written_is_read_back(tmp_path):
    path = tmp_path / "verdicts.jsonl"
    for images in (0, 500):
        append_verdicts(path, verdicts(images))
    first, second = read_verdicts(path)
    assert (first.images_seen, second.images_seen) == (0, 500)
    assert second.forged.tolist() == [0.25, -1.5]
    assert second.genuine.tolist() == [2, 1, 3]
    assert second.genuine_places.tolist() == [4, 0, 9]
    assert second.diversity == 0.5
    assert np.isnan(second.nearness)  # it was not measured


def test_single_precision_takes_no_more_room_than_it_says(tmp_path):
    append_verdicts(tmp_path / "log", verdicts(0, forged=np.array([1 / 3], np.float32)))
    assert json.loads((tmp_path / "log").read_text())["forged"] == [0.333]


@pytest.mark.parametrize(
    "damage",
    [
        {"forged": []},
        {"forged": "none"},
        {"forged": [1.0] * (MOST + 1)},
        {"real": [float("nan")]},
        {"held_out": [1e300]},
        {"real_places": [1, 2, 3]},
        {"held_out_places": None},
        {"real": [None]},
    ],
)
def test_a_damaged_line_is_left_out(tmp_path, damage):
    path = tmp_path / "log"
    append_verdicts(path, verdicts(0))
    with open(path, "a") as file:
        file.write(json.dumps(json.loads(path.read_text()) | {"images": 1} | damage) + "\n")
        file.write('{"images": 2, "forged": [')
    assert [one.images_seen for one in read_verdicts(path)] == [0]


def test_an_impossible_ratio_counts_as_not_measured(tmp_path):
    path = tmp_path / "log"
    append_verdicts(path, verdicts(0))
    path.write_text(json.dumps(json.loads(path.read_text()) | {"diversity": -1, "nearness": "near"}) + "\n")
    (found,) = read_verdicts(path)
    assert np.isnan(found.diversity)
    assert np.isnan(found.nearness)


def test_there_is_nothing_before_the_first_grid(tmp_path):
    assert read_verdicts(tmp_path / "none") == []
