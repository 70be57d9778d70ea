import errno
import os
from pathlib import Path

import pytest

from gan import paths
from gan.errors import ForgerError


def test_places(monkeypatch, own_folders):
    assert paths.runs_root() == own_folders / "runs"
    assert paths.checkpoints_root() == own_folders / "checkpoints"
    monkeypatch.delenv("FORGER_RUNS")
    monkeypatch.setenv("FORGER_CHECKPOINTS", "")
    assert paths.runs_root() == paths.PROJECT / "runs"
    assert paths.checkpoints_root() == paths.PROJECT / "checkpoints"


@pytest.mark.parametrize("name", ["demo", "a", "0", "Cats_2-b", "x" * 48])
def test_good_names(name):
    assert paths.check_name(name) == name


@pytest.mark.parametrize("name", ["CON", "con", "Aux", "nul", "PRN", "com1", "LPT9"])
def test_what_windows_takes_for_a_device_is_no_name(name):
    with pytest.raises(ForgerError, match="Windows"):
        paths.check_name(name)
    assert paths.check_name(name + "-2") == name + "-2"


def test_a_refusal_repeats_no_endless_name():
    with pytest.raises(ForgerError) as refusal:
        paths.check_name("x" * 100_000)
    assert len(str(refusal.value)) < 200


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "file"
    path.write_text("old")
    paths.write_atomically(path, lambda temporary: (temporary.write_text("new"), path.read_text() == "old" or 1 / 0))
    assert path.read_text() == "new"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch, failing):
    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path = tmp_path / "file"
    path.write_text("old")
    monkeypatch.setattr(paths.os, failing, full)
    with pytest.raises(ForgerError, match=r"file could not be written to .*: No space left on device"):
        paths.write_atomically(path, lambda temporary: temporary.write_text("new"))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_mistake_while_writing_leaves_the_old_file_and_nothing_else(tmp_path):
    def write(temporary: Path) -> None:
        temporary.write_text("half")
        raise ZeroDivisionError

    path = tmp_path / "file"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        paths.write_atomically(path, write)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("content", [b"", b"{", b"\xff", b"[" * 100_000])
def test_json_that_cannot_be_read_is_none(tmp_path, content):
    (tmp_path / "file.json").write_bytes(content)
    assert paths.read_json(tmp_path / "file.json") is None
    assert paths.read_json(tmp_path) is None
    assert paths.read_json(tmp_path / "nothing.json") is None


def test_json_comes_back(tmp_path):
    paths.write_json(tmp_path / "file.json", {"ä": [1, 2.5, None]})
    assert paths.read_json(tmp_path / "file.json") == {"ä": [1, 2.5, None]}


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "-" + "9" * 400, "9" * 17])
def test_a_number_that_nothing_here_writes_is_none(tmp_path, number):
    (tmp_path / "file.json").write_text(f'{{"a": {number}, "b": [1, {number}]}}')
    assert paths.read_json(tmp_path / "file.json") == {"a": None, "b": [1, None]}
