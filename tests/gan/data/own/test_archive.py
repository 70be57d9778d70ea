"""ZIPs that were made to keep a server busy are refused before anything is unpacked."""

import io
import struct
import zipfile

import pytest

from gan.data.own import archive
from gan.data.own.archive import open_zip
from gan.data.own.files import MAX_FILE_BYTES
from gan.data.own.reading import Report, read_pictures
from gan.errors import ForgerError


def zipped(members: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> io.BytesIO:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", how) as made:
        for name, content in members.items():
            made.writestr(name, content)
    file.seek(0)
    return file


def refusal(file: io.BytesIO) -> str:
    with pytest.raises(ForgerError) as error:
        open_zip(file, "“a.zip”", MAX_FILE_BYTES)
    return str(error.value)


def test_pictures_and_blank_bitmaps_are_opened():
    blank = {f"{number}.bmp": bytes(2**20) for number in range(20)}
    with open_zip(zipped(blank | {"1.jpg": b"1"}), "“a.zip”", MAX_FILE_BYTES) as opened:
        assert len(opened.infolist()) == 21


def test_zeros_without_end_are_refused_and_not_unpacked(monkeypatch, tmp_path):
    file = zipped({f"{number}.jpg": bytes(64 * 2**20) for number in range(10)})
    monkeypatch.setattr(zipfile.ZipFile, "open", lambda *arguments: pytest.fail("unpacked"))
    assert "times its size" in refusal(file)
    (tmp_path / "a.zip").write_bytes(file.getvalue())
    with pytest.raises(ForgerError, match=r"“a\.zip” would unpack to"):
        next(read_pictures(tmp_path / "a.zip", 32, Report()))


def test_one_film_beside_the_pictures_is_no_reason(monkeypatch):
    monkeypatch.setattr(archive, "ALWAYS_ALLOWED_BYTES", 0)
    file = zipped({"film.mp4": bytes(2**20), "1.jpg": b"1"})
    open_zip(file, "“a.zip”", largest=2**19).close()
    assert "times its size" in refusal(file)


def test_members_that_lie_over_one_another_are_refused():
    content = bytes(zipped({"1.jpg": b"x" * 1000}, zipfile.ZIP_STORED).getbuffer())
    start = content.index(b"PK\1\2")
    entry, end = content[start : content.index(b"PK\5\6")], bytearray(content[content.index(b"PK\5\6") :])
    struct.pack_into("<HHI", end, 8, 100, 100, 100 * len(entry))
    assert "larger than itself" in refusal(io.BytesIO(content[:start] + 100 * entry + end))


def test_too_many_members(monkeypatch):
    file = zipped({f"{number}.jpg": b"1" for number in range(30)})
    monkeypatch.setattr(archive, "MAX_MEMBERS", 29)
    assert "30 files; at most 29" in refusal(file)
    monkeypatch.setattr(archive, "MAX_DIRECTORY_BYTES", 1000)
    monkeypatch.setattr(zipfile, "ZipFile", lambda *arguments: pytest.fail("read"))
    assert "too many files" in refusal(file)


@pytest.mark.parametrize("comment", [0, 65_535])
def test_the_list_of_members_is_found_whatever_follows(comment, monkeypatch):
    file = zipped({"1.jpg": b"1"})
    with zipfile.ZipFile(file, "a") as made:
        made.comment = b"c" * comment
    assert archive._directory_bytes(file) == 51
