"""What a person uploads to learn from, kept under the hash of its content, so that the same is kept once: a ZIP, or
loose pictures, which become one."""

import hashlib
import shutil
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from io import BufferedReader, BytesIO
from pathlib import Path, PurePosixPath

from gan import permits
from gan.data.own.archive import HEAD_BYTES, archive_kind, open_zip, other_archive
from gan.data.own.files import MAX_FILE_BYTES
from gan.data.room import limit_bytes
from gan.errors import ForgerError
from gan.paths import cache_root, elsewhere, make_folder, slug, write_atomically
from gan.permits import Permit

QUOTA_BYTES = 8 * 2**30
FREE_BYTES = 2**30  # what a disk keeps for runs, whatever is uploaded
LONGEST_NAME = 100  # characters of a loose picture's name
PICTURES = "pictures"  # what a set of loose ones is called

Upload = BytesIO | BufferedReader


def keep_files(permit: Permit, files: Sequence[tuple[str, Upload]]) -> Path:
    """Keeps what a person brought at once, each with its name: one ZIP, or pictures (what is none is found later).

    Raises ForgerError, naming the file and saying what to do, for other archives and for a ZIP among others; and as
    `keep_upload` and `keep_pictures` do.
    """
    for name, file in files:
        kind = archive_kind(file.read(HEAD_BYTES))
        file.seek(0)
        if kind not in ("", "ZIP"):
            raise ForgerError(other_archive(_called(name), kind))
        if kind == "ZIP" or name.lower().endswith(".zip"):
            if len(files) > 1:
                raise ForgerError(f"{_called(name)} is a ZIP: bring it by itself, or unpack it and bring all pictures.")
            return keep_upload(permit, file, name)
    return keep_pictures(permit, files, PICTURES)


def keep_upload(permit: Permit, file: Upload, name: str) -> Path:
    """Copies an uploaded ZIP to the data folder and returns where it lies: its own name and a hash.

    Raises ForgerError for what `open_zip` refuses, where the room for uploads is used up, and on a full disk; then
    nothing is kept.
    """
    permits.check(permit)
    open_zip(file, _called(name), MAX_FILE_BYTES).close()
    file.seek(0)
    path = _path(name, hashlib.file_digest(file, "sha256").hexdigest())
    if not path.exists():
        _check_room(make_folder(path.parent), file.seek(0, 2))
        file.seek(0)

        def write(temporary: Path) -> None:
            with temporary.open("wb") as copy:
                shutil.copyfileobj(file, copy)

        write_atomically(path, write)
    return path


def keep_pictures(permit: Permit, files: Sequence[tuple[str, Upload]], name: str) -> Path:
    """Puts loose files, each with its name, into a ZIP called `name` in the data folder, and returns where it lies.

    They are not packed, and lie in the order of their names, whatever the order in which they come; equal names are
    told apart by a number. Raises ForgerError as `keep_upload` does.
    """
    permits.check(permit)
    known = [(_loose(one), hashlib.file_digest(file, "sha256").hexdigest(), file) for one, file in files]
    known.sort(key=lambda one: one[:2])
    path = _path(name, hashlib.sha256(repr([one[:2] for one in known]).encode()).hexdigest())
    if not path.exists():
        _check_room(make_folder(path.parent), sum(file.seek(0, 2) for _, _, file in known))

        def write(temporary: Path) -> None:
            with zipfile.ZipFile(temporary, "w") as archive:  # stored: pictures are packed already
                for unlike, (_, _, file) in zip(_told_apart([one for one, _, _ in known]), known, strict=True):
                    member = zipfile.ZipInfo(unlike)
                    member.file_size = file.seek(0, 2)
                    file.seek(0)
                    with archive.open(member, "w") as copy:
                        shutil.copyfileobj(file, copy)

        write_atomically(path, write)
    return path


def forget_upload(path: Path) -> None:
    """Deletes an upload of which nothing can be learned; a file that lies anywhere else is its owner's."""
    if path.parent == cache_root() / "uploads":
        with suppress(OSError):
            path.unlink()


def _called(name: str) -> str:
    return f"“{Path(name).name[:60]}”"


def _path(name: str, digest: str) -> Path:
    return cache_root() / "uploads" / f"{slug(Path(name).stem)}-{digest[:16]}.zip"


def _loose(name: str) -> str:
    """The name of a file by itself, in no folder and not hidden."""
    last = name.replace("\\", "/").rstrip("/").rpartition("/")[2].lstrip(".")
    return last[-LONGEST_NAME:].encode(errors="replace").decode() or "picture"


def _told_apart(names: Sequence[str]) -> list[str]:
    """The names with a number where one was there before, in letters of any case."""
    unlike: dict[str, str] = {}
    for name in names:
        path, other, number = PurePosixPath(name), name, 2
        while other.lower() in unlike:
            other, number = f"{path.stem} ({number}){path.suffix}", number + 1
        unlike[other.lower()] = other
    return list(unlike.values())


def _check_room(folder: Path, size: int) -> None:
    """Raises ForgerError where so many bytes more would be too many for all uploads, or for the disk."""
    kept = sum(path.stat().st_size for path in folder.glob("*.zip"))
    allowed = min(QUOTA_BYTES, limit_bytes())
    if kept + size > allowed:
        raise ForgerError(
            f"Uploads may take {allowed / 2**30:.3g} GB here, and {kept / 2**30:.1f} GB are taken. Who runs this "
            "server can make room: under “Room on the disk” on Train, or by `python -m gan data --list` and `--delete`."
        )
    if shutil.disk_usage(folder).free < size + FREE_BYTES:
        raise ForgerError("The disk of this server is nearly full, so nothing can be uploaded." + elsewhere(folder))
