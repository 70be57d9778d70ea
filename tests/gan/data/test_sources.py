import os
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import gan.data
from gan.data import drawing_seconds, find_pictures, open_pictures, source_descriptions, source_names
from gan.data.drawn import DRAWN, drawn_picture
from gan.data.known import KNOWN
from gan.errors import ForgerError


@pytest.fixture(autouse=True)
def data(tmp_path, monkeypatch) -> Path:
    monkeypatch.setenv("FORGER_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(gan.data, "DRAWN_COUNT", 20)
    return tmp_path / "data"


@pytest.fixture
def folder(tmp_path) -> Path:
    folder = tmp_path / "My Cats é"
    folder.mkdir()
    for number in range(16):
        Image.new("RGB", (20, 20), (number,) * 3).save(folder / f"{number:02d}.png")
    return folder


def never(*_):
    raise AssertionError("the array was there already")


def test_every_built_in_source_is_named_and_described():
    assert source_names() == [*DRAWN, *KNOWN]
    assert all(text.endswith(".") for text in source_descriptions().values())


@pytest.mark.parametrize("name", DRAWN)
def test_drawn_pictures(name):
    heard = []
    pictures = open_pictures(name, 32, lambda done, total: heard.append((done, total)))
    assert pictures.source == name and pictures.skipped == {}
    count = min(20, DRAWN[name].count)
    assert all((pictures.array[index] == drawn_picture(name, index, 32)).all() for index in range(count))
    assert len(pictures) == count and heard == [(done, count) for done in range(1, count + 1)]
    open_pictures(name, 32, never)


def test_what_was_made_before_is_found(folder):
    assert find_pictures(str(folder), 32) is None
    made = open_pictures(str(folder), 32)
    assert np.array_equal(find_pictures(str(folder), 32).array, made.array)
    assert find_pictures(str(folder), 64) is None
    (folder / "one more.png").write_bytes(next(folder.glob("*.png")).read_bytes())
    assert find_pictures(str(folder), 32) is None
    with pytest.raises(ForgerError, match="neither a folder"):
        find_pictures("nowhere", 32)


def test_how_long_drawing_will_take_is_known_by_the_first_pictures():
    assert drawing_seconds("drawn-cats", 32) > 0
    assert find_pictures("drawn-cats", 32) is None


def test_folder_then_a_change_of_its_content(folder):
    first = open_pictures(str(folder), 16)
    assert first.source == str(folder) and first.array[:, 0, 0, 0].tolist() == list(range(16))
    assert open_pictures(f"{folder}/../{folder.name}", 16, never).path == first.path
    Image.new("RGB", (20, 20), (99,) * 3).save(folder / "zz.png")
    assert open_pictures(str(folder), 16).array[-1, 0, 0, 0] == 99
    status = (folder / "00.png").stat()
    Image.new("RGB", (20, 20), (77,) * 3).save(folder / "00.png")
    os.utime(folder / "00.png", ns=(status.st_atime_ns, status.st_mtime_ns + 1))  # the smallest later time
    assert open_pictures(str(folder), 16).array[0, 0, 0, 0] == 77
    (folder / "01.png").rename(folder / "zzz.png")
    assert open_pictures(str(folder), 16).array[-1, 0, 0, 0] == 1


def test_zip_remembers_what_it_skipped(folder, tmp_path):
    path = tmp_path / "cats.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for picture in folder.iterdir():
            archive.write(picture, picture.name)
        archive.writestr("notes.txt", "notes")
    for pictures in (open_pictures(str(path), 16), open_pictures(str(path), 16, never)):
        assert len(pictures) == 16 and pictures.skipped == {"not a picture": 1}


def test_a_folder_can_have_the_name_of_a_built_in_source(folder, tmp_path, monkeypatch):
    folder.rename(tmp_path / "drawn-cats")
    monkeypatch.chdir(tmp_path)
    assert len(open_pictures("./drawn-cats", 16)) == 16
    assert len(open_pictures("drawn-cats", 16)) == 20


def test_too_few_pictures_leave_no_array(folder, data):
    (folder / "00.png").unlink()
    for _ in range(2):
        with pytest.raises(ForgerError, match="Only 15 usable pictures"):
            open_pictures(str(folder), 16)
    assert [path.suffix for path in (data / "cache").iterdir()] == [".lock"]


@pytest.mark.parametrize(
    "source", ["nothing", "", "  ", "a\0b", "x" * 5000, "~nobody-of-that-name/cats", "no/such.zip"]
)
def test_an_unknown_source_gets_the_list_of_known_ones(source):
    with pytest.raises(ForgerError, match="drawn-cats, drawn-faces, few-drawn-cats, celeba"):
        open_pictures(source, 32)


@pytest.mark.parametrize("resolution", [-5, 0, 15, 513])
def test_impossible_resolutions(resolution):
    with pytest.raises(ForgerError, match="16 to 512"):
        open_pictures("drawn-cats", resolution)


@pytest.mark.parametrize("name", KNOWN)
def test_a_known_set_that_was_not_fetched(name):
    with pytest.raises(ForgerError, match="not on this computer"):
        open_pictures(name, 32)


def test_a_known_set_that_was_fetched(monkeypatch):
    def pictures(name, resolution, skipped):
        skipped["broken picture"] += 1
        yield from np.zeros((3, resolution, resolution, 3), np.uint8)

    monkeypatch.setattr("gan.data.known.pictures", pictures)
    heard = []
    opened = open_pictures("celeba", 16, lambda done, total: heard.append((done, total)))
    assert len(opened) == 3 and opened.skipped == {"broken picture": 1}
    assert heard == [(1, 202_599), (2, 202_599), (3, 202_599)]
