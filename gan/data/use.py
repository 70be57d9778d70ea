"""Who uses a cached array: when it was last opened and by which names, and whether a training holds it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from filelock import FileLock, Timeout

from gan.errors import ForgerError
from gan.paths import read_json, write_json

NOTE = "used.json"  # beside the array: its time is when the array was last opened, as no disk keeps that reliably


def note(folder: Path, source: str) -> None:
    """Notes that the array in `folder` is opened now, as that of `source`; nothing where none can be written."""
    with suppress(OSError, ForgerError):
        known = sources(folder)
        if source in known:
            os.utime(folder / NOTE)
        else:
            write_json(folder / NOTE, {"sources": [*known, source]})


def sources(folder: Path) -> list[str]:
    """All sources that the array in `folder` was opened as, since notes are kept: ZIPs of equal content share one."""
    known = read_json(folder / NOTE)
    known = known.get("sources") if isinstance(known, dict) else None
    return [one for one in known if isinstance(one, str)] if isinstance(known, list) else []


def last(folder: Path) -> float:
    """When the array in `folder` was last opened, or else made: seconds since 1970."""
    for path in (folder / NOTE, folder / "pictures.npy", folder):
        with suppress(OSError):
            return path.stat().st_mtime
    return 0.0


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Meanwhile the array in `folder` stays, whatever room is needed; also where this process is killed, it ends."""
    path = folder / f"held-{os.getpid()}-{uuid4().hex[:8]}.lock"
    lock = FileLock(path)
    with suppress(OSError, NotImplementedError):  # a place that cannot be written to: nobody deletes there either
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
        with suppress(OSError):
            path.unlink()


def is_held(folder: Path) -> bool:
    """Whether a living process holds the array in `folder`."""
    return any(is_locked(path) for path in folder.glob("held-*.lock"))


def is_locked(path: Path) -> bool:
    """Whether somebody has the lock file `path` locked. Where locks do not work, nobody can tell: then nobody has."""
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    except (OSError, NotImplementedError):
        return False
    lock.release()
    return False
