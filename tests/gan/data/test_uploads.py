import errno
import io
import shutil
import zipfile

import pytest
from PIL import Image

from gan.data import open_pictures, uploads
from gan.data.store import cache_root
from gan.data.uploads import keep_upload
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
