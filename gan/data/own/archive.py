"""ZIPs as people and strangers bring them: opened, or refused in one sentence before anything is unpacked."""

import struct
import zipfile
from pathlib import Path
from typing import BinaryIO

from gan.errors import ForgerError

# The largest set that people know, CelebA, has 202,599 pictures, and a directory of 20 MB.
MAX_MEMBERS = 250_000
MAX_DIRECTORY_BYTES = 32 * 2**20
# Pictures are packed already: of a photograph a ZIP spares nothing, of bare bitmaps four fifths.
MAX_RATIO = 50
ALWAYS_ALLOWED_BYTES = 256 * 2**20

_AROUND = 2**16 + 200  # a comment of 64 kB may follow the last record
# How files begin that hold others.
_BEGINNINGS = {
    b"PK\3\4": "ZIP", b"PK\5\6": "ZIP", b"Rar!\x1a\x07": "RAR", b"7z\xbc\xaf\x27\x1c": "7z", b"\x1f\x8b": "gzip",
    b"BZh": "bzip2", b"\xfd7zXZ\0": "xz", b"\x28\xb5\x2f\xfd": "zstd",
}  # fmt: skip
_TAR_AT, _TAR = 257, b"ustar"
HEAD_BYTES = _TAR_AT + len(_TAR)  # that tell

_END, _END_64 = b"PK\5\6", b"PK\6\6"  # PKWARE's APPNOTE, 4.3.16 and 4.3.14


def open_zip(file: Path | BinaryIO, name: str, largest: int) -> zipfile.ZipFile:
    """The ZIP in a file, called `name` in front of people; of its members, those over `largest` bytes are not counted.

    Raises ForgerError where it is none, is damaged, has too many members, and where they would unpack to more than
    MAX_RATIO times its own size, or lie over one another: such a file was made to fill a disk, or to keep one busy.
    """
    try:
        if _directory_bytes(file) > MAX_DIRECTORY_BYTES:
            raise ForgerError(f"{name} holds too many files: at most {MAX_MEMBERS:,} are read.")
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError, struct.error) as error:
        if (kind := archive_kind(_head(file))) not in ("", "ZIP"):
            raise ForgerError(other_archive(name, kind)) from error
        raise ForgerError(
            f"{name} is not a ZIP file, or it is damaged: make it anew, or bring the pictures themselves."
        ) from error
    except OSError as error:
        raise ForgerError(f"{name} cannot be read: {error.strerror or error}.") from error
    try:
        _check(archive, name, largest)
    except ForgerError:
        archive.close()
        raise
    return archive


def other_archive(name: str, kind: str) -> str:
    """What to do with an archive of this kind, which is no ZIP."""
    return f"{name} is an archive that is not read here ({kind}): unpack it, and bring the pictures or a ZIP of them."


def _head(file: Path | BinaryIO) -> bytes:
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return opened.read(HEAD_BYTES)
    file.seek(0)
    return file.read(HEAD_BYTES)


def archive_kind(head: bytes) -> str:
    """What kind of archive, such as "ZIP" or "RAR", begins with these bytes; empty for none. HEAD_BYTES tell."""
    if head[_TAR_AT:].startswith(_TAR):
        return "tar"
    return next((kind for beginning, kind in _BEGINNINGS.items() if head.startswith(beginning)), "")


def _check(archive: zipfile.ZipFile, name: str, largest: int) -> None:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise ForgerError(f"{name} holds {len(members):,} files; at most {MAX_MEMBERS:,} are read.")
    assert archive.fp is not None
    size = archive.fp.seek(0, 2)
    if sum(member.compress_size for member in members) > size:
        raise ForgerError(f"{name} is damaged: its files are said to be larger than itself.")
    unpacked = sum(member.file_size for member in members if member.file_size <= largest)
    if unpacked > MAX_RATIO * size + ALWAYS_ALLOWED_BYTES:
        raise ForgerError(
            f"{name} would unpack to {unpacked / size:,.0f} times its size, which pictures do not: they are packed "
            f"already. At most {MAX_RATIO} times are read."
        )


def directory(path: Path) -> tuple[int, bytes]:
    """The size of a ZIP in bytes, and its end, in which all of its list of members is. Raises OSError."""
    with path.open("rb") as file:
        listed = min(_directory_bytes(file), MAX_DIRECTORY_BYTES)  # larger ones are refused anyway
        size = file.seek(0, 2)
        file.seek(max(0, size - listed - _AROUND))
        return size, file.read()


def _directory_bytes(file: Path | BinaryIO) -> int:
    """How large the list of members is by its last record, 0 where there is none: to read it takes time and memory."""
    if isinstance(file, Path):
        with file.open("rb") as opened:
            return _directory_bytes(opened)
    length = file.seek(0, 2)
    file.seek(max(0, length - _AROUND))
    end = file.read()
    file.seek(0)
    place, wide = end.rfind(_END), end.rfind(_END_64)
    if place < 0:
        return 0
    (size,) = struct.unpack_from("<I", end, place + 12)
    return struct.unpack_from("<Q", end, wide + 40)[0] if size == 0xFFFFFFFF and wide >= 0 else size
