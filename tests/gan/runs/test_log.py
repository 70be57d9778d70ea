import builtins
import errno
import json
import math
import os

import numpy as np
import pytest
import torch

from gan.errors import ForgerError
from gan.learning.schedule import MOVABLE
from gan.learning.trainer import METRICS
from gan.runs.log import COLUMNS, MetricLog, append_line, read_columns, trim_log

CPU = torch.device("cpu")


def measured(value: float, **others: float) -> dict[str, torch.Tensor]:
    return {name: torch.tensor(others.get(name, value)) for name in METRICS}


@pytest.fixture
def log(tmp_path) -> MetricLog:
    return MetricLog(tmp_path / "metrics.jsonl")


def test_a_line_holds_the_means_of_its_interval(log):
    log.add(measured(1.0, loss_g=5.0))
    log.add(measured(2.0, loss_g=6.0))
    log.flush(images_seen=1500, epoch=1.5, images_per_second=40.0)
    log.add(measured(7.0))
    log.flush(images_seen=2000, epoch=2.0, images_per_second=41.0)
    columns = read_columns(log.path)
    assert list(columns) == ["images", "kimg", "epoch", "images_per_second", *METRICS, *MOVABLE]
    np.testing.assert_array_equal(columns["kimg"], [1.5, 2.0])
    np.testing.assert_array_equal(columns["loss_d"], [1.5, 7.0])
    np.testing.assert_array_equal(columns["loss_g"], [5.5, 7.0])


def test_settings_that_move_stand_in_each_line_as_they_are_by_then(log):
    for images, rate in ((8, 0.5), (16, 0.25)):
        log.add(measured(1.0))
        line = log.flush(images, 0.1, 1.0, {"learning_rate_g": rate})
        assert line["learning_rate_g"] == rate and "beta2" not in line
    columns = read_columns(log.path)
    np.testing.assert_array_equal(columns["learning_rate_g"], [0.5, 0.25])
    assert np.isnan(columns["beta2"]).all()


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "null", "true", '"8"', "[[1]]"])
def test_numbers_that_nothing_here_writes_hide_no_others(log, number):
    log.path.write_text(
        f'{{"images": 8, "kimg": 0.008, "loss_d": {number}, "loss_g": 2.0}}\n'
        f'{{"images": {number}, "kimg": 0.016, "loss_d": 1.0}}\n'
        f'{{"images": {"[" * 100_000}\n'
    )
    columns = read_columns(log.path)
    assert columns["loss_g"][0] == 2.0
    assert number == "true" or not np.isfinite(columns["loss_d"][0])
    trim_log(log.path, 8)
    assert len(read_columns(log.path)["images"]) >= 1


def test_an_unfinished_interval_is_taken_over(log, tmp_path):
    log.add(measured(1.0))
    log.add(measured(2.0))
    other = MetricLog(tmp_path / "other.jsonl")
    other.load_state_dict(log.state_dict(), CPU)
    for each in (log, other):
        each.add(measured(6.0))
        each.flush(12, 0.5, 1.0)
    assert log.path.read_bytes() == other.path.read_bytes()
    assert read_columns(other.path)["loss_d"] == [3.0]


def test_metrics_that_do_not_apply_read_as_not_a_number(log):
    """The relativistic loss has no halves, and without a penalty there is none."""
    log.add({name: torch.tensor(value) for name, value in (("loss_d", 1.0), ("loss_d_pairs", 2.0), ("loss_g", 3.0))})
    line = log.flush(8, 0.1, 1.0)
    assert json.loads(log.path.read_text()) == line
    assert list(line) == ["images", "kimg", "epoch", "images_per_second", "loss_d", "loss_d_pairs", "loss_g"]
    columns = read_columns(log.path)
    assert list(columns) == list(COLUMNS)
    assert (columns["loss_d"], columns["loss_d_pairs"], columns["loss_g"]) == ([1], [2], [3])
    for name in ("loss_d_real", "loss_d_fake", "penalty"):
        assert np.isnan(columns[name]).all() and len(columns[name]) == 1


def test_an_unfinished_interval_knows_which_metrics_it_has(log, tmp_path):
    names = ["loss_d", "loss_d_pairs", "penalty"]
    log.add({name: torch.tensor(value) for name, value in zip(names, (1.0, 2.0, 3.0), strict=True)})
    state = log.state_dict()
    assert (list(state["sums"]), state["counts"]) == (names, dict.fromkeys(names, 1))
    other = MetricLog(tmp_path / "other.jsonl")
    other.load_state_dict(state, CPU)
    line = other.flush(4, 0.1, 1.0)  # at once, without another step
    assert [line[name] for name in names] == [1, 2, 3]
    log.add({"loss_d": torch.tensor(1.0), "loss_d_pairs": torch.tensor(math.nan), "penalty": torch.tensor(0.0)})
    with pytest.raises(ForgerError, match=r"broke down: loss_d_pairs is no longer"):
        log.check_finite()


def test_what_only_some_steps_measure_is_their_mean(log):
    log.add({"loss_d": torch.tensor(1.0), "loss_g": torch.tensor(4.0)})
    log.add({"loss_d": torch.tensor(3.0)})
    line = log.flush(8, 0.1, 1.0)
    assert (line["loss_d"], line["loss_g"]) == (2, 4)


def test_a_state_with_one_number_for_all_is_understood(log):
    """As versions before 2026-11 left them."""
    log.load_state_dict({"sums": {"loss_d": torch.tensor(6.0)}, "count": 3}, CPU)
    assert log.flush(4, 0.1, 1.0)["loss_d"] == 2


def test_an_empty_interval_is_taken_over(log, tmp_path):
    other = MetricLog(tmp_path / "other.jsonl")
    other.add(measured(99.0))
    other.load_state_dict(log.state_dict(), CPU)
    other.add(measured(1.0))
    assert other.flush(4, 0.1, 1.0)["loss_d"] == 1.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_is_named_with_what_to_try(log, bad):
    log.add(measured(1.0))
    log.check_finite()
    log.add(measured(1.0, loss_d=bad, gradient_g=bad))
    log.add(measured(1.0))
    for check in (log.check_finite, lambda: log.flush(12, 0.5, 1.0)):
        with pytest.raises(ForgerError, match=r"loss_d, gradient_g is no longer a finite number.*learning rates"):
            check()
    assert not log.path.exists()


def test_a_log_that_is_not_there_or_has_a_line_in_the_making(log):
    assert read_columns(log.path) == {}
    log.add(measured(1.0))
    log.flush(8, 0.1, 1.0)
    whole = log.path.read_text()
    log.path.write_text(whole + whole[: len(whole) // 2])
    assert read_columns(log.path)["images"] == [8]


def test_trimming_forgets_what_will_be_written_again_and_torn_lines(log):
    trim_log(log.path, 100)  # nothing there: nothing to do
    for images in (8, 16, 24):
        log.add(measured(images))
        log.flush(images, 0.1, 1.0)
    lines = log.path.read_text().splitlines(keepends=True)
    log.path.write_text("".join(lines) + lines[0][:20])
    trim_log(log.path, 16)
    assert log.path.read_text() == "".join(lines[:2])


def test_a_full_disk_is_said_in_words(log, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    log.add(measured(1.0))
    monkeypatch.setattr(builtins, "open", full)
    with pytest.raises(ForgerError, match="No space left on device"):
        log.flush(8, 0.1, 1.0)


def test_the_log_is_plain_json(log):
    log.add(measured(0.25))
    log.flush(8, 0.1, 1.0)
    assert json.loads(log.path.read_text())["loss_g"] == 0.25


def test_other_logs_have_columns_of_their_own(tmp_path):
    path = tmp_path / "quality.jsonl"
    assert read_columns(path, ("kid",)) == {}
    for images in (8, 16, 24):
        append_line(path, {"images": images, "kid": images / 2, "features": "a name"})
    trim_log(path, 16)
    append_line(path, {"images": 20, "diversity": 0.5})
    columns = read_columns(path, ("images", "kid", "diversity"))
    assert list(columns) == ["images", "kid", "diversity"]
    assert columns["images"].tolist() == [8, 16, 20]
    np.testing.assert_array_equal(columns["kid"], [4, 8, np.nan])
    np.testing.assert_array_equal(columns["diversity"], [np.nan, np.nan, 0.5])


def test_lines_unlike_the_last_can_be_left_out(tmp_path):
    path = tmp_path / "quality.jsonl"
    assert read_columns(path, ("images",), alike="features") == {}
    append_line(path, {"images": 8})  # says nothing about it
    for images, features in ((16, "new"), (24, "old"), (32, "new")):
        append_line(path, {"images": images, "features": features})
    assert read_columns(path, ("images",), alike="features")["images"].tolist() == [16, 32]
    assert read_columns(path, ("images",))["images"].tolist() == [8, 16, 24, 32]


def test_damaged_lines_are_left_out(tmp_path):
    path = tmp_path / "metrics.jsonl"
    path.write_text('[1, 2]\n{"kimg": 1}\n{"images": 8, "loss_d": "much"}\n{"images": 16, "loss_d": 2}\n{"ima')
    columns = read_columns(path)
    assert columns["images"].tolist() == [8, 16]
    assert np.isnan(columns["loss_d"][0])
    assert columns["loss_d"][1] == 2
    trim_log(path, 8)
    assert read_columns(path)["images"].tolist() == [8]
