import errno
import io

import pytest

from gan.data.uploads import keep_upload
from gan.errors import ForgerError


def test_the_same_upload_is_kept_once_under_its_own_name():
    first = keep_upload(io.BytesIO(b"pictures"), "../My Cats!.zip")
    assert first.read_bytes() == b"pictures"
    assert first.name.startswith("my-cats-")
    assert keep_upload(io.BytesIO(b"pictures"), "My Cats.zip") == first
    assert keep_upload(io.BytesIO(b"others"), "My Cats.zip") != first
    assert len(list(first.parent.iterdir())) == 2


def test_a_full_disk_leaves_nothing(monkeypatch):
    def full(*files):
        raise OSError(errno.ENOSPC, "No space left on device")

    kept = keep_upload(io.BytesIO(b"before"), "a.zip")
    monkeypatch.setattr("gan.data.uploads.shutil.copyfileobj", full)
    with pytest.raises(ForgerError, match="No space left"):
        keep_upload(io.BytesIO(b"pictures"), "a.zip")
    assert list(kept.parent.iterdir()) == [kept]
