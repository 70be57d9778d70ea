"""The files of a folder or ZIP that a person brings: listed in the order of their names, each read or refused."""

import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from gan.data.own.archive import open_zip
from gan.data.picture.decode import NOT_A_PICTURE, Unusable
from gan.errors import ForgerError

MAX_FILE_BYTES = 64 * 2**20

BIG_FILE = "file over 64 MB"
UNREADABLE = "unreadable"
ENCRYPTED = "encrypted"


@dataclass(frozen=True)
class File:
    """One file: its name below the folder or in the ZIP, with forward slashes; `read` raises `Unusable`."""

    name: str
    read: Callable[[], bytes]


@contextmanager
def listed(path: Path) -> Iterator[list[File]]:
    """Every file below a folder or in a ZIP, to be read within the `with` block; nothing is ever unpacked to disk.

    Hidden files and what systems leave behind (`__MACOSX`, `Thumbs.db`, `desktop.ini`) are passed over. Raises
    ForgerError if there is no such path, if it is neither a folder nor a ZIP, and as `archive.open_zip` does.
    """
    if path.is_dir():
        yield [File(name, _file_reader(file)) for name, file in folder_listing(path)]
        return
    if not path.exists():
        raise ForgerError(f"There is no folder or ZIP “{path}”.")
    if not path.is_file():
        raise ForgerError(f"“{path}” is neither a folder nor a ZIP.")
    with open_zip(path, f"“{path.name}”", MAX_FILE_BYTES) as archive:
        # Some tools for Windows write its own slashes, which Python puts right on Windows alone.
        named = sorted(((one.filename.replace("\\", "/"), one) for one in archive.infolist()), key=lambda one: one[0])
        members = [(name, one) for name, one in named if not name.endswith("/") and not ignored(name)]
        yield [File(name, _member_reader(archive, one)) for name, one in members]


def folder_listing(folder: Path) -> list[tuple[str, Path]]:
    """(name relative to the folder with forward slashes, path) of every file below it that is not hidden, sorted.

    Linked folders are followed, each real folder once: a link that leads back up cannot make this endless.
    """
    found, seen = [], {os.path.realpath(folder)}
    for parent, folders, names in os.walk(folder, followlinks=True):
        folders[:] = sorted(name for name in folders if not ignored(name) and _is_new(os.path.join(parent, name), seen))
        found += [Path(parent, name) for name in names if not ignored(name)]
    return sorted((path.relative_to(folder).as_posix(), path) for path in found)


def _is_new(folder: str, seen: set[str]) -> bool:
    real = os.path.realpath(folder)
    if real in seen:
        return False
    seen.add(real)
    return True


def ignored(name: str) -> bool:
    """Whether a file of this name or path is hidden, or is something that systems leave behind."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return any(p.startswith(".") or p.lower() in ("__macosx", "thumbs.db", "desktop.ini") for p in parts)


def _file_reader(path: Path) -> Callable[[], bytes]:
    def read() -> bytes:
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
                raise Unusable(NOT_A_PICTURE)
            if status.st_size > MAX_FILE_BYTES:
                raise Unusable(BIG_FILE)
            with path.open("rb") as file:
                return file.read(MAX_FILE_BYTES)
        except OSError as error:
            raise Unusable(UNREADABLE) from error

    return read


def _member_reader(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], bytes]:
    def read() -> bytes:
        if member.flag_bits & 0x1:
            raise Unusable(ENCRYPTED)
        if member.file_size > MAX_FILE_BYTES:
            raise Unusable(BIG_FILE)
        # zipfile bounds what one read unpacks for these two only; bzip2 and LZMA could fill the memory.
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise Unusable(UNREADABLE)
        try:
            with archive.open(member) as file:
                return file.read(member.file_size)  # no more is unpacked, also where that size is a lie
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
            raise Unusable(UNREADABLE) from error

    return read
