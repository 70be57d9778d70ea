import errno
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from filelock import FileLock

from gan.data.store import build, cache_root
from gan.errors import ForgerError
from gan.paths import PROJECT


@pytest.fixture(autouse=True)
def cache(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("FORGER_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "cache"


def numbered(count: int, resolution: int = 8) -> Iterator[np.ndarray]:
    for number in range(count):
        yield np.full((resolution, resolution, 3), number % 256, np.uint8)


def never(_: Counter[str]) -> Iterator[np.ndarray]:
    raise AssertionError("the array was there already")


def left_behind(cache: Path) -> list[str]:
    return [path.name for path in cache.iterdir() if path.suffix != ".lock"]


def start(script: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-c", script, *map(str, arguments)], cwd=PROJECT)


def test_the_cache_lies_in_the_project_or_where_forger_data_says(cache, monkeypatch):
    assert cache_root() == cache.parent
    monkeypatch.delenv("FORGER_DATA")
    assert cache_root() == PROJECT / "data"


def test_pictures_come_back_as_they_were_made():
    def produce(report):
        report.skipped["broken picture"] += 2
        yield from numbered(1000)

    made = build("set", "my cats", 8, produce)
    again = build("set", "my cats", 8, never)
    for pictures in (made, again):
        assert isinstance(pictures.array, np.memmap) and not pictures.array.flags.writeable
        assert pictures.array.shape == (1000, 8, 8, 3) and pictures.array.dtype == np.uint8
        assert (pictures.array[:, 3, 4, 1] == np.arange(1000) % 256).all()
        assert len(pictures) == 1000 and pictures.path.is_file()
        assert (pictures.source, pictures.resolution, pictures.skipped) == ("my cats", 8, {"broken picture": 2})


def test_each_key_and_resolution_has_its_own_array():
    build("set", "a", 8, lambda _: numbered(3))
    assert len(build("set", "a", 16, lambda _: numbered(4, 16))) == 4
    assert len(build("other", "b", 8, lambda _: numbered(5))) == 5
    assert len(build("set", "a", 8, never)) == 3


def test_pictures_are_not_gathered_in_memory():
    alive = 0

    class Tracked(np.ndarray):
        def __del__(self):
            nonlocal alive
            alive -= 1

    def produce(_):
        nonlocal alive
        for picture in numbered(50):
            alive += 1
            yield picture.view(Tracked)
            assert alive <= 2

    assert len(build("set", "a", 8, produce)) == 50


def test_a_producer_that_fails_leaves_nothing(cache):
    def produce(_):
        yield from numbered(5)
        raise ForgerError("Too few.")

    with pytest.raises(ForgerError, match="Too few"):
        build("set", "a", 8, produce)
    assert left_behind(cache) == []
    assert len(build("set", "a", 8, lambda _: numbered(3))) == 3


def test_no_pictures_at_all(cache):
    with pytest.raises(ForgerError, match="no pictures in “my cats”"):
        build("set", "my cats", 8, lambda _: iter(()))
    assert left_behind(cache) == []


@pytest.mark.parametrize("picture", [np.zeros((8, 8), np.uint8), np.zeros((8, 8, 3), np.float32)])
def test_a_wrong_picture_is_refused(cache, picture):
    with pytest.raises(ValueError, match="expected uint8"):
        build("set", "a", 8, lambda _: iter([picture]))
    assert left_behind(cache) == []


def test_a_full_disk_is_said_in_words_and_cleaned_up(cache, monkeypatch):
    def full(_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ForgerError, match="disk is full"):
        build("set", "a", 8, lambda _: numbered(5))
    assert left_behind(cache) == []


def test_a_place_that_cannot_be_written(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("FORGER_DATA", str(tmp_path / "file"))
    with pytest.raises(ForgerError, match="cannot be kept"):
        build("set", "a", 8, lambda _: numbered(5))


def test_a_damaged_array_is_made_again():
    path = build("set", "a", 8, lambda _: numbered(5)).path
    os.truncate(path, path.stat().st_size - 1)
    assert len(build("set", "a", 8, lambda _: numbered(7))) == 7
    path.with_name("info.json").write_text("{")
    assert len(build("set", "a", 8, lambda _: numbered(9))) == 9


KILLED = """
import os, sys, numpy as np
from gan.data.store import build

def produce(_):
    for _ in range(1000):
        yield np.zeros((8, 8, 3), np.uint8)
    os.kill(os.getpid(), 9)

build("set", "a", 8, produce)
"""


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no kill -9 on this system")
def test_what_a_killed_producer_left_is_not_taken_for_finished(cache):
    assert start(KILLED).wait() == -signal.SIGKILL
    assert left_behind(cache) == ["set-8.partial"]
    assert len(build("set", "a", 8, lambda _: numbered(3))) == 3
    assert left_behind(cache) == ["set-8"]


AT_ONCE = """
import os, sys, time, numpy as np
from pathlib import Path
from gan.data.store import build
from gan.errors import ForgerError

folder, me, others = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])

def produce(_):
    (folder / f"produced-{me}").touch()
    while len(list(folder.glob("asking-*"))) < others:  # so that they really ask at the same time
        time.sleep(0.01)
    for number in range(500):
        yield np.full((8, 8, 3), number % 256, np.uint8)

(folder / f"asking-{me}").touch()
pictures = build("set", "a", 8, produce)
assert (pictures.array[:, 0, 0, 0] == np.arange(500) % 256).all()
"""


def test_of_several_processes_that_ask_at_once_one_produces(tmp_path):
    processes = [start(AT_ONCE, tmp_path, number, 3) for number in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert len(list(tmp_path.glob("produced-*"))) == 1
    assert len(build("set", "a", 8, never)) == 500


def test_who_waits_for_another_process_hears_of_it_and_may_give_up(cache):
    class GaveUp(Exception):
        pass

    def give_up():
        raise GaveUp

    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / "key-8.lock"), pytest.raises(GaveUp):
        build("key", "source", 8, lambda skipped: iter([]), give_up)
