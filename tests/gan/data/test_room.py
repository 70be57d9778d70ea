import errno
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock
from PIL import Image

from gan.data import known, open_pictures, room, use
from gan.data.room import What
from gan.data.uploads import keep_upload
from gan.errors import ForgerError
from gan.paths import cache_root
from gan.permits import issue
from tests.gan.data.test_uploads import pictures_zip

PERMIT = issue("a test")


def folder_of(path: Path) -> Path:
    path.mkdir(parents=True)
    for number in range(16):
        Image.new("RGB", (20, 20), (number,) * 3).save(path / f"{number}.png")
    return path


def array(tmp_path: Path, name: str, used: float) -> Path:
    """The folder of a cached array of 16 pictures, last used at a time."""
    folder = open_pictures(str(folder_of(tmp_path / name)), 16).path.parent
    os.utime(folder / use.NOTE, (used, used))
    return folder


def names(*kinds: What) -> list[str]:
    return sorted(one.name for one in room.listing() if not kinds or one.what in kinds)


def only() -> room.Kept:
    (one,) = room.listing()
    return one


def test_nothing_is_kept_where_there_is_nothing():
    assert room.listing() == []


def test_an_array_is_listed_with_what_lies_beside_it(tmp_path):
    folder = array(tmp_path, "cats", 5)
    (folder / "training-simple-v1.npz").write_bytes(bytes(10**6))
    one = only()
    assert (one.what, one.name, one.path) == (What.ARRAY, folder.name, folder)
    assert one.sources == (str(tmp_path / "cats"),) and one.resolution == 16 and one.used == 5 and one.comes_back
    assert 10**6 + 16 * 16 * 16 * 3 < one.size < 10**6 + 16 * 16 * 16 * 3 + 2000
    room.delete(PERMIT, one)
    assert not folder.exists() and room.listing() == []
    room.delete(PERMIT, one)  # as if another one had been faster


def test_an_array_whose_source_is_gone_does_not_come_back(tmp_path):
    array(tmp_path, "cats", 5)
    shutil.rmtree(tmp_path / "cats")
    assert not only().comes_back


def test_uploads_and_downloads_are_listed_and_deleted(monkeypatch):
    path = keep_upload(PERMIT, pictures_zip(16, 0), "a.zip")
    os.utime(path, (1, 1))
    opened = open_pictures(str(path), 16).path.parent
    os.utime(opened / use.NOTE, (9, 9))
    download = known.find("celeba").folder
    download.mkdir(parents=True)
    (download / "a.parquet").write_bytes(bytes(5000))
    upload, fetched = (next(one for one in room.listing() if one.what == what) for what in (What.UPLOAD, What.DOWNLOAD))
    assert upload.sources == (str(path),) and upload.used == 9 and not upload.comes_back
    assert (fetched.name, fetched.sources, fetched.size) == ("celeba", ("celeba",), 5000)
    with FileLock(download / "fetch.lock"), pytest.raises(ForgerError, match="being made or fetched"):
        room.delete(PERMIT, fetched)
    for one in (upload, fetched):
        room.delete(PERMIT, one)
    assert not path.exists() and not download.exists()
    assert not only().comes_back  # the array of the upload


def test_what_was_left_half_made_is_listed_and_what_is_being_made_is_not(tmp_path):
    partial = cache_root() / "cache" / "cats-16.partial"
    partial.mkdir(parents=True)
    (partial / "pictures.npy").write_bytes(bytes(100))
    (cache_root() / "uploads").mkdir()
    (cache_root() / "uploads" / ".a.zip.123.tmp").write_bytes(bytes(100))
    with FileLock(cache_root() / "cache" / "cats-16.lock"):
        assert names() == [".a.zip.123.tmp"]
    assert names(What.LEFT_OVER) == [".a.zip.123.tmp", "cats-16.partial"]
    for one in room.listing():
        room.delete(PERMIT, one)
    assert room.listing() == []


def test_what_a_training_holds_is_not_deleted(tmp_path):
    folder = array(tmp_path, "cats", 5)
    with use.hold(folder), pytest.raises(ForgerError, match="in use"):
        room.delete(PERMIT, only())
    assert folder.exists()


def test_what_the_system_does_not_let_go_stays_whole(tmp_path, monkeypatch):
    folder = array(tmp_path, "cats", 5)

    def open_elsewhere(self, target):
        raise PermissionError(errno.EACCES, "The process cannot access the file because it is being used")

    monkeypatch.setattr(Path, "rename", open_elsewhere)  # as Windows does while an array is mapped
    with pytest.raises(ForgerError, match="cannot be deleted: The process cannot"):
        room.delete(PERMIT, only())
    assert names(What.ARRAY) == [folder.name]


def test_without_a_limit_nothing_goes(tmp_path):
    folders = [array(tmp_path, name, 5) for name in ("a", "b")]
    assert all(folder.exists() for folder in folders)


def test_the_longest_unused_array_that_comes_back_makes_room_for_a_new_one(tmp_path, monkeypatch):
    lost, oldest, older, held = (array(tmp_path, name, used) for used, name in enumerate(("a", "b", "c", "d"), start=1))
    shutil.rmtree(tmp_path / "a")  # its pictures are gone, so it is all there is of them
    partial = oldest.with_name("dead-16.partial")
    partial.mkdir()
    upload = keep_upload(PERMIT, pictures_zip(1, 0), "a.zip")
    size = next(one.size for one in room.listing() if one.path == oldest)
    # Room for four arrays and a bit: of five, one has to go, and it is neither the lost nor the new one.
    monkeypatch.setenv("FORGER_DATA_GB", str(4.7 * size / room.GB))
    new = array(tmp_path, "e", 0)
    assert [one.exists() for one in (lost, oldest, older, held, new)] == [True, False, True, True, True]
    assert upload.exists() and not partial.exists()
    monkeypatch.setenv("FORGER_DATA_GB", str(size / room.GB))
    os.utime(held / use.NOTE, (0, 0))
    with use.hold(held):
        room.make_room(but=new)
    assert [one.exists() for one in (lost, older, held, new)] == [True, False, True, True] and upload.exists()


@pytest.mark.parametrize("nonsense", ["much", "0", "-3", "nan"])
def test_a_limit_that_is_none_is_said_before_anything_is_made(nonsense, tmp_path, monkeypatch):
    monkeypatch.setenv("FORGER_DATA_GB", nonsense)
    with pytest.raises(ForgerError, match="FORGER_DATA_GB"):
        array(tmp_path, "cats", 5)
    assert not (cache_root() / "cache").exists()


def test_the_limit_holds_for_uploads_too(monkeypatch):
    monkeypatch.setenv("FORGER_DATA_GB", str(100 / room.GB))
    with pytest.raises(ForgerError, match="Uploads may take"):
        keep_upload(PERMIT, pictures_zip(16, 0), "a.zip")


@pytest.mark.parametrize(
    ("places", "told"),
    [
        (["/home/me/cats"], ["cats"]),
        (["/a/cats", "/b/cats", "/b/dogs"], ["a/cats", "b/cats", "dogs"]),
        (["C:\\class\\a\\cats.zip", "D:\\class\\a\\cats.zip"], ["class/a/cats.zip"] * 2),  # no more than there is
        (["/cats", "/a/cats"], ["cats", "a/cats"]),
        (["drawn-cats", "/a/drawn-cats"], ["drawn-cats", "a/drawn-cats"]),
    ],
)
def test_two_of_one_name_are_told_apart(places, told):
    assert room.tails(places) == told


@pytest.fixture
def small_disk(tmp_path, monkeypatch) -> Path:
    """A disk of 200 kB, where this test may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("no disk can be mounted here")
    monkeypatch.setenv("FORGER_DATA", str(place))
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def test_a_disk_that_fills_up_while_an_array_is_made(small_disk, tmp_path):
    folder = folder_of(tmp_path / "cats")
    with pytest.raises(ForgerError, match=r"disk is full: .*disk/cache.* FORGER_DATA say another place"):
        open_pictures(str(folder), 128)
    assert [path.suffix for path in (small_disk / "cache").iterdir()] == [".lock"]
    assert len(open_pictures(str(folder), 16)) == 16  # there is room for this one
