import os
import subprocess
import sys

from gan.data import find_pictures, open_pictures, use
from gan.paths import PROJECT


def test_opening_is_noted_with_its_time_and_name(picture_folder):
    folder = open_pictures(str(picture_folder), 16).path.parent
    assert use.sources(folder) == [str(picture_folder)]
    os.utime(folder / use.NOTE, (5, 5))
    assert use.last(folder) == 5
    find_pictures(str(picture_folder), 16)
    assert use.last(folder) > 5 and use.sources(folder) == [str(picture_folder)]


def test_an_array_from_before_there_were_notes_was_used_when_it_was_made(picture_folder):
    folder = open_pictures(str(picture_folder), 16).path.parent
    os.utime(folder / "pictures.npy", (7, 7))
    for content in ("{", "[]", '{"sources": 3}'):
        (folder / use.NOTE).write_text(content)
        assert use.sources(folder) == []
    (folder / use.NOTE).unlink()
    assert use.last(folder) == 7


def test_where_nothing_can_be_written_pictures_are_opened_all_the_same(picture_folder, monkeypatch):
    made = open_pictures(str(picture_folder), 16)
    (made.path.parent / use.NOTE).unlink()

    def read_only(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("gan.paths.os.replace", read_only)
    monkeypatch.setattr("gan.data.use.FileLock.acquire", read_only)
    with use.hold(made.path.parent):
        assert len(open_pictures(str(picture_folder), 16)) == len(made)


KILLED = """
import os, sys
from pathlib import Path
from gan.data import use

with use.hold(Path(sys.argv[1])):
    assert use.is_held(Path(sys.argv[1]))
    os._exit(0)
"""


def test_an_array_is_held_until_the_process_ends_however_it_ends(tmp_path):
    assert not use.is_held(tmp_path)
    with use.hold(tmp_path), use.hold(tmp_path):
        assert use.is_held(tmp_path)
    assert not use.is_held(tmp_path) and not list(tmp_path.iterdir())
    subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], cwd=PROJECT, check=True)
    assert list(tmp_path.iterdir()) and not use.is_held(tmp_path)
