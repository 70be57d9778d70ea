"""Settings that were changed at a resume: what holds now, and what is left of damaged lines."""

import pytest

from gan import runs
from gan.errors import ForgerError
from gan.runs import changes
from gan.runs.changes import Change, note_change


def test_the_last_change_of_each_holds_and_config_json_stays(trained_run):
    before = (trained_run.folder / "config.json").read_bytes()
    note_change(trained_run.folder, 16, "batch_size", 8)
    note_change(trained_run.folder, 32, "batch_size", 6)
    note_change(trained_run.folder, 32, "data", "drawn-cats")
    note_change(trained_run.folder, 40, changes.PICTURES, {"new": 3, "gone": 1})
    config = runs.find_run("demo").config
    assert (config.batch_size, config.data) == (6, "drawn-cats")
    assert (trained_run.folder / "config.json").read_bytes() == before
    assert changes.in_words(trained_run.folder) == (
        "batch size 8 after 0.016 kimg; batch size 6 after 0.032 kimg; pictures: 3 new, 1 gone after 0.04 kimg"
    )
    assert changes.since(trained_run.folder, changes.PICTURES) == 40


@pytest.mark.parametrize(
    "line",
    [
        '{"images": 1, "setting": "batch_size", "value": "many"}',
        '{"images": 1, "setting": "batch_size", "value": 100000}',
        '{"images": 1, "setting": "seed", "value": 3}',
        '{"images": 1, "setting": "pictures", "value": {"new": -1, "gone": 2}}',
        '{"images": 1, "setting": "pictures", "value": 4}',
        '{"images": 1}',
        "{",
    ],
)
def test_damaged_lines_change_nothing(trained_run, line):
    (trained_run.folder / changes.FILE).write_text(line + "\n")
    assert changes.changes(trained_run.folder) == []
    assert runs.find_run("demo").config == trained_run.config


def test_what_was_changed_later_than_a_checkpoint_holds_from_there(trained_run):
    note_change(trained_run.folder, 40, "batch_size", 6)
    changes.bring_back(trained_run.folder, 32)
    assert [(one.images, one.value) for one in changes.changes(trained_run.folder)] == [(32, 6)]


def test_a_change_is_checked_and_travels_in_words(config, tmp_path):
    assert Change().applied(config) == config and Change().words() == []
    change = Change(str(tmp_path), 6)
    assert change.words() == ["--data", str(tmp_path), "--batch-size", "6"]
    assert (change.applied(config).data, change.applied(config).batch_size) == (str(tmp_path), 6)
    with pytest.raises(ForgerError, match="batch_size"):
        Change(batch_size=0).applied(config)
