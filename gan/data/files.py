"""Pictures from people's own folders and ZIPs: each is made a square, or skipped with a reason in plain words."""

import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from gan.data.archive import open_zip
from gan.data.decode import NOT_A_PICTURE, Unusable, opened, square
from gan.errors import ForgerError
from gan.progress import Progress, ignore

MIN_PICTURES = 16
MAX_FILE_BYTES = 64 * 2**20

BIG_FILE = "file over 64 MB"
UNREADABLE = "unreadable"
ENCRYPTED = "encrypted"


class TooFewPictures(ForgerError):
    """A folder or ZIP that nothing can be learned from."""


def read_pictures(
    path: Path,
    resolution: int,
    skipped: Counter[str],
    progress: Progress = ignore,
) -> Iterator[np.ndarray]:
    """Every usable picture below a folder or in a ZIP, in the order of their names: uint8 (resolution,) * 2 + (3,).

    Hidden files and what systems leave behind (`__MACOSX`, `Thumbs.db`, `desktop.ini`) are passed over in
    silence; every other file that gives no picture adds one to its reason in `skipped`. `progress` hears
    (files looked at, files in all). Nothing is ever unpacked to disk.

    Raises ForgerError if there is no such path, if it is neither a folder nor a ZIP, as `gan.data.archive.open_zip`
    does, and TooFewPictures, after the last file, if fewer than 16 were usable.
    """
    if path.is_dir():
        yield from _read_all(_folder_files(path), resolution, skipped, progress)
        return
    if not path.exists():
        raise ForgerError(f"There is no folder or ZIP “{path}”.")
    if not path.is_file():
        raise ForgerError(f"“{path}” is neither a folder nor a ZIP.")
    with open_zip(path, f"“{path.name}”", MAX_FILE_BYTES) as archive:
        yield from _read_all(_zip_files(archive), resolution, skipped, progress)


def folder_listing(folder: Path) -> list[tuple[str, Path]]:
    """(name relative to the folder with forward slashes, path) of every file below it that is not hidden, sorted.

    Links to folders are not followed, so a link that leads back up cannot make this endless.
    """
    found = []
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not ignored(name)]
        found += [Path(parent, name) for name in names if not ignored(name)]
    return sorted((path.relative_to(folder).as_posix(), path) for path in found)


def ignored(name: str) -> bool:
    """Whether a file of this name or path is hidden, or is something that systems leave behind."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return any(p.startswith(".") or p.lower() in ("__macosx", "thumbs.db", "desktop.ini") for p in parts)


def _read_all(
    readers: list[Callable[[], bytes]],
    resolution: int,
    skipped: Counter[str],
    progress: Progress,
) -> Iterator[np.ndarray]:
    usable = 0
    for done, read in enumerate(readers, start=1):
        try:
            with opened(read()) as image:
                picture = square(image, resolution)
        except Unusable as reason:
            skipped[str(reason)] += 1
        else:
            usable += 1
            yield picture
        progress(done, len(readers))
    if usable < MIN_PICTURES:
        raise TooFewPictures(_too_few(usable, skipped))


def _too_few(usable: int, skipped: Counter[str]) -> str:
    if usable == 0:
        found = "No usable pictures were found"
    elif usable == 1:
        found = "Only 1 usable picture was found"
    else:
        found = f"Only {usable} usable pictures were found"
    reasons = ", ".join(f"{count} {reason}" for reason, count in skipped.most_common())
    return f"{found}; training needs at least {MIN_PICTURES}." + (f" Skipped: {reasons}." if reasons else "")


def _folder_files(folder: Path) -> list[Callable[[], bytes]]:
    def reader(path: Path) -> Callable[[], bytes]:
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

    return [reader(path) for _, path in folder_listing(folder)]


def _zip_files(archive: zipfile.ZipFile) -> list[Callable[[], bytes]]:
    def reader(member: zipfile.ZipInfo) -> Callable[[], bytes]:
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

    # Some tools for Windows write its own slashes, which Python puts right on Windows alone.
    names = {id(member): member.filename.replace("\\", "/") for member in archive.infolist()}
    members = [m for m in archive.infolist() if not names[id(m)].endswith("/") and not ignored(m.filename)]
    return [reader(member) for member in sorted(members, key=lambda m: names[id(m)])]
