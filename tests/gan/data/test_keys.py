"""Which sources share a cached array, and which never do."""

import os
import shutil
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from gan.data import find_pictures, keys, open_pictures


def write_pictures(folder: Path, shade: int) -> Path:
    folder.mkdir(parents=True)
    for number in range(16):
        Image.new("RGB", (20, 20), (shade, number, 0)).save(folder / f"{number:02d}.png")
    return folder


def zipped(folder: Path, path: Path) -> Path:
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        for picture in sorted(folder.iterdir()):
            archive.write(picture, picture.name)
    return path


@pytest.fixture
def cats(tmp_path) -> Path:
    return write_pictures(tmp_path / "one" / "cats", 50)


def test_a_zip_that_was_touched_or_copied_is_the_same_set(cats, tmp_path):
    path = zipped(cats, tmp_path / "cats.zip")
    made = open_pictures(str(path), 16)
    os.utime(path, (1, 1))
    copy = Path(shutil.copyfile(path, tmp_path / "another name.zip"))
    for one in (path, copy):
        found = find_pictures(str(one), 16)
        assert found.path == made.path and found.source == str(one)


def test_a_zip_with_another_picture_of_equal_size_is_another_set(cats, tmp_path):
    path, time = zipped(cats, tmp_path / "cats.zip"), 1_000_000_000
    os.utime(path, (time, time))
    before = keys.zip_key(path)
    with zipfile.ZipFile(path, "w") as archive:
        for picture in sorted(cats.iterdir()):
            content = picture.read_bytes()
            archive.writestr(picture.name, content if picture.name != "03.png" else content[:-1] + b"x")
    os.utime(path, (time, time))
    assert keys.zip_key(path) != before


def test_two_sets_of_one_name_share_nothing(cats, tmp_path):
    others = write_pictures(tmp_path / "two" / "cats", 200)
    first, second = open_pictures(str(cats), 16), open_pictures(str(others), 16)
    assert first.path != second.path
    assert (first.array[0, 0, 0, 0], second.array[0, 0, 0, 0]) == (50, 200)
    first = open_pictures(str(zipped(cats, tmp_path / "a" / "cats.zip")), 16)
    second = open_pictures(str(zipped(others, tmp_path / "b" / "cats.zip")), 16)
    assert first.path != second.path
    assert (first.array[0, 0, 0, 0], second.array[0, 0, 0, 0]) == (50, 200)


def test_little_is_read_of_a_large_zip(tmp_path):
    path = tmp_path / "large.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("large.bmp", bytes(2**20))
    size, end = keys.directory(path)
    assert size == path.stat().st_size and len(end) < 2**17 and b"large.bmp" in end


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes with names on this system")
def test_a_pipe_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.zip")
    assert keys.zip_key(tmp_path / "pipe.zip").startswith("zip-")
