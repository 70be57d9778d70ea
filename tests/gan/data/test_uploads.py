import errno
import io
import shutil
import zipfile

import pytest
from PIL import Image

from gan.data import Preparation, open_pictures, uploads
from gan.data.store import cache_root
from gan.data.uploads import keep_files, keep_pictures, keep_upload
from gan.errors import ForgerError
from gan.permits import issue

PERMIT = issue("a test")


def a_zip(content: bytes) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(zipfile.ZipInfo("1.jpg"), content)
    file.seek(0)
    return file


def test_the_same_upload_is_kept_once_under_its_own_name():
    first = keep_upload(PERMIT, a_zip(b"pictures"), "../My Cats!.zip")
    assert first.read_bytes() == a_zip(b"pictures").getvalue()
    assert first.name.startswith("my-cats-")
    assert keep_upload(PERMIT, a_zip(b"pictures"), "My Cats.zip") == first
    assert keep_upload(PERMIT, a_zip(b"others"), "My Cats.zip") != first
    assert len(list(first.parent.iterdir())) == 2


def test_a_full_disk_leaves_nothing(monkeypatch):
    def full(*files):
        raise OSError(errno.ENOSPC, "No space left on device")

    kept = keep_upload(PERMIT, a_zip(b"before"), "a.zip")
    monkeypatch.setattr("gan.data.uploads.shutil.copyfileobj", full)
    with pytest.raises(ForgerError, match="No space left"):
        keep_upload(PERMIT, a_zip(b"pictures"), "a.zip")
    assert list(kept.parent.iterdir()) == [kept]


@pytest.mark.parametrize("content", [b"", b"not a ZIP", b"PK\5\6" + bytes(3)])
def test_what_is_no_zip_is_refused_by_its_name_and_not_kept(content):
    with pytest.raises(ForgerError, match=r"“my cats\.zip” is not a ZIP file, or it is damaged"):
        keep_upload(PERMIT, io.BytesIO(content), "my cats.zip")
    assert not list(cache_root().rglob("*.zip"))


def test_uploads_have_a_quota(monkeypatch):
    keep_upload(PERMIT, a_zip(bytes(1000)), "a.zip")
    monkeypatch.setattr(uploads, "QUOTA_BYTES", 2000)
    with pytest.raises(ForgerError, match="make room"):
        keep_upload(PERMIT, a_zip(bytes(1001)), "b.zip")
    assert keep_upload(PERMIT, a_zip(bytes(1000)), "a.zip").exists()  # it is there already


def test_the_disk_is_not_filled_to_its_end(monkeypatch):
    usage = shutil._ntuple_diskusage(10**12, 10**12 - 10**9, 10**9)
    monkeypatch.setattr(uploads.shutil, "disk_usage", lambda folder: usage)
    with pytest.raises(ForgerError, match="nearly full"):
        keep_upload(PERMIT, a_zip(b"1"), "a.zip")


def pictures_zip(good: int, bad: int) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(good + bad):
            picture = io.BytesIO()
            Image.new("RGB", (20, 20), (number, 0, 0)).save(picture, "PNG")
            archive.writestr(f"{number}.png", picture.getvalue()[: None if number < good else 50])
    file.seek(0)
    return file


@pytest.mark.parametrize("good", [0, 15])
def test_an_upload_with_too_few_usable_pictures_is_deleted_as_soon_as_that_is_known(good):
    path = keep_upload(PERMIT, pictures_zip(good, 20), "a.zip")
    with pytest.raises(ForgerError, match="usable picture"):
        open_pictures(str(path), 32)
    assert not path.exists() and not list((cache_root() / "cache").glob("*/*"))


def test_a_useful_upload_stays_and_a_file_elsewhere_stays_anyway(tmp_path):
    path = keep_upload(PERMIT, pictures_zip(16, 5), "a.zip")
    assert len(open_pictures(str(path), 32)) == 16
    assert path.exists()
    own = tmp_path / "own.zip"
    own.write_bytes(pictures_zip(2, 2).getvalue())
    with pytest.raises(ForgerError):
        open_pictures(str(own), 32)
    assert own.exists()


def test_an_upload_of_which_too_much_is_left_out_stays():
    path = keep_upload(PERMIT, pictures_zip(16, 0), "a.zip")
    with pytest.raises(ForgerError, match="No usable pictures"):
        open_pictures(str(path), 32, preparation=Preparation(leave_out="."))
    assert path.exists()


def loose(*names: str) -> list[tuple[str, io.BytesIO]]:
    return [(name, io.BytesIO(f"{place}".encode())) for place, name in enumerate(names)]


def test_loose_pictures_become_one_zip_whatever_their_order():
    files = loose("b.JPG", "folder/a.png", "a.png", "A (2).png", "..", "..hidden.png")
    path = keep_files(PERMIT, files)
    assert path.name.startswith("pictures-")
    with zipfile.ZipFile(path) as archive:
        assert {member.compress_type for member in archive.infolist()} == {zipfile.ZIP_STORED}
        content = {member: archive.read(member).decode() for member in archive.namelist()}
    assert content == {
        "A (2).png": "3", "a.png": "1", "a (3).png": "2", "b.JPG": "0", "hidden.png": "5", "picture": "4"
    }  # fmt: skip
    assert keep_files(PERMIT, files[::-1]) == path
    assert keep_pictures(PERMIT, files[1:], "pictures") != path
    assert list(path.parent.iterdir()) != [path]


def test_the_same_picture_twice_by_the_same_name_is_kept_twice():
    path = keep_files(PERMIT, [("a.png", io.BytesIO(b"1")), ("a.png", io.BytesIO(b"1"))])
    with zipfile.ZipFile(path) as archive:
        assert archive.namelist() == ["a.png", "a (2).png"]


def test_a_zip_comes_by_itself():
    content = a_zip(b"pictures").getvalue()
    path = keep_files(PERMIT, [("mine.ZIP", io.BytesIO(content))])
    assert path.name.startswith("mine-") and path.read_bytes() == content
    with pytest.raises(ForgerError, match=r"“mine\.ZIP” is a ZIP: bring it by itself"):
        keep_files(PERMIT, [*loose("a.png"), ("mine.ZIP", io.BytesIO(content))])


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"Rar!\x1a\x07\0", "RAR"),
        (b"7z\xbc\xaf\x27\x1c", "7z"),
        (b"\x1f\x8b\x08", "gzip"),
        (bytes(257) + b"ustar\0", "tar"),
    ],
)
def test_another_archive_is_refused_whatever_it_is_called(content, kind):
    with pytest.raises(ForgerError, match=rf"“a\.zip” is an archive .*\({kind}\): unpack it"):
        keep_files(PERMIT, [("a.zip", io.BytesIO(content))])
    assert not list(cache_root().rglob("*.zip"))
