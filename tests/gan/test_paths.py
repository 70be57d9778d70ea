import errno
import io
import os
import zipfile
from pathlib import Path

import pytest

from gan import generators, ownership, paths, runs
from gan.data import known, open_pictures
from gan.data.uploads import keep_upload
from gan.errors import ForgerError
from gan.permits import issue
from gan.runs.log import append_line

PERMIT = issue("a test")


def test_places(monkeypatch, own_folders):
    assert paths.runs_root() == own_folders / "runs"
    assert paths.checkpoints_root() == own_folders / "checkpoints"
    monkeypatch.delenv("FORGER_RUNS")
    monkeypatch.setenv("FORGER_CHECKPOINTS", "")
    assert paths.runs_root() == paths.PROJECT / "runs"
    assert paths.checkpoints_root() == paths.PROJECT / "checkpoints"


def _upload() -> None:
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    keep_upload(PERMIT, file, "a.zip")


WRITERS = {
    "a run": ("RUNS", lambda config: runs.create("demo", config)),
    "the owner's link": ("RUNS", lambda config: ownership.token()),
    "a cached array": ("DATA", lambda config: open_pictures(config.data, 32)),
    "an upload": ("DATA", lambda config: _upload()),
    "a download": ("DATA", lambda config: known.fetch(PERMIT, "oxford-pet-cats")),
    "a log": ("RUNS", lambda config: append_line(paths.runs_root() / "demo" / "metrics.jsonl", {"images": 1})),
}


@pytest.mark.parametrize("writer", WRITERS)
def test_where_nothing_can_be_written_it_says_which_variable_says_where(writer, config, monkeypatch, tmp_path):
    name, write = WRITERS[writer]
    (tmp_path / "file").touch()
    monkeypatch.setenv(f"FORGER_{name}", str(tmp_path / "file"))  # no folder can be there
    with pytest.raises(ForgerError, match=rf"file.*\. FORGER_{name} says which folder this is"):
        write(config)


def test_a_generator_that_cannot_be_kept_says_it_too(trained_run, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("FORGER_CHECKPOINTS", str(tmp_path / "file"))
    with pytest.raises(ForgerError, match="FORGER_CHECKPOINTS says"):
        generators.add_to_checkpoints(PERMIT, generators.find_generator("run:demo"), "cats")


def test_a_trainer_that_cannot_write_its_log_says_it_too(trained_run):
    trained_run.log_path.mkdir()
    with pytest.raises(ForgerError, match=r"No trainer could be started for 'demo'.* FORGER_RUNS says"):
        runs.resume(PERMIT, trained_run, 1000)
    assert not trained_run.alive


def test_a_place_of_the_users_own_has_no_variable(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(ForgerError) as refusal:
        paths.make_folder(tmp_path / "file" / "pictures")
    assert "FORGER" not in str(refusal.value)


@pytest.mark.parametrize("trouble", [OSError(errno.ENOLCK, "No locks available"), NotImplementedError("flock")])
def test_a_drive_without_locks_is_said_in_words(trouble, config, monkeypatch):
    def no_locks(*arguments, **options):
        raise trouble

    monkeypatch.setattr("filelock.FileLock.acquire", no_locks)
    for name in ("RUNS", "DATA"):
        with pytest.raises(ForgerError, match=rf"cannot be locked there, as on some network drives\. FORGER_{name}"):
            WRITERS["a run" if name == "RUNS" else "a cached array"][1](config)
    with pytest.raises(ForgerError, match="cannot be locked there"):
        known.fetch(PERMIT, "oxford-pet-cats")


def test_on_windows_a_file_that_others_read_is_replaced_when_they_are_done(tmp_path, monkeypatch):
    path, tries, replace = tmp_path / "file", [], os.replace

    def in_use(*names):
        tries.append(names)
        if len(tries) < 3:
            raise PermissionError(errno.EACCES, "Access is denied")
        replace(*names)

    monkeypatch.setattr(paths, "WINDOWS", True)
    monkeypatch.setattr(paths.os, "replace", in_use)
    monkeypatch.setattr(paths.time, "sleep", lambda seconds: None)
    paths.write_file(path, b"new")
    assert path.read_bytes() == b"new" and len(tries) == 3
    monkeypatch.setattr(paths.os, "replace", lambda *names: in_use_for_ever())
    with pytest.raises(ForgerError, match="Access is denied"):
        paths.write_file(path, b"newer")
    assert path.read_bytes() == b"new" and list(tmp_path.iterdir()) == [path]


def in_use_for_ever():
    raise PermissionError(errno.EACCES, "Access is denied")


def test_what_the_pages_and_cards_read_is_utf_8_everywhere(tmp_path):
    (tmp_path / "card.json").write_bytes('{"title": "Kätzchen “1”"}'.encode())
    assert paths.read_json(tmp_path / "card.json") == {"title": "Kätzchen “1”"}
    for path in [*paths.PROJECT.glob("gan/**/*.py"), *paths.PROJECT.glob("ui/*.py")]:
        assert ".read_text()" not in path.read_text(encoding="utf-8"), path  # Windows has another encoding until 3.15


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
