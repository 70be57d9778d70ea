"""What takes room in the data folder: uploads, downloads, cached arrays, and what was left half made.

Cached arrays that can be made again go by themselves where FORGER_DATA_GB sets a limit; the rest goes by hand.
"""

import math
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePath, PureWindowsPath

from filelock import FileLock, Timeout

from gan import permits
from gan.data import use
from gan.data.drawn import DRAWN
from gan.errors import ForgerError
from gan.paths import cache_root, read_json
from gan.permits import Permit

GB = 2**30
PARTIAL = ".partial"  # ends the name of an array that is being made, or taken away


class What(StrEnum):
    ARRAY = "cached array"
    UPLOAD = "upload"
    DOWNLOAD = "download"
    LEFT_OVER = "left half made"


@dataclass(frozen=True)
class Kept:
    """One thing in the data folder. `sources` are what `gan.data.open_pictures` makes or finds it for."""

    name: str  # no two have the same
    what: What
    path: Path
    sources: tuple[str, ...]
    resolution: int | None  # of an array, in pixels
    size: int  # in bytes, with all that lies beside it
    used: float  # when it was last used, in seconds since 1970

    @property
    def comes_back(self) -> bool:
        """Whether nothing is lost by deleting it: it is made again when it is needed, from what is still there."""
        if self.what == What.ARRAY:
            return any(_is_there(source) for source in self.sources)
        return self.what == What.LEFT_OVER


def listing() -> list[Kept]:
    """All there is, the largest first. What another process makes at this moment is left out."""
    arrays = list(_arrays())  # once: each is walked through for its size
    opened = {source: use.last(one.path) for one in arrays for source in one.sources}
    found = [*arrays, *_uploads(opened), *_downloads(opened)]
    return sorted(found, key=lambda one: (-one.size, one.name))


def limit_bytes() -> float:
    """How much may lie in the data folder, by FORGER_DATA_GB; infinite without it. Raises ForgerError for nonsense."""
    text = os.environ.get("FORGER_DATA_GB", "").strip()
    try:
        limit = float(text or "inf") * GB
    except ValueError:
        limit = math.nan
    if not limit > 0:
        raise ForgerError(f"FORGER_DATA_GB must be a number of gigabytes, such as 20, not {text[:20]!r}.")
    return limit


def make_room(but: Path) -> None:
    """Deletes what comes back (`Kept.comes_back`) until the data folder is within its limit: first what was left half
    made, then arrays, the longest unused first; never the array in the folder `but`, nor one that a training holds.

    Whatever cannot be deleted stays. Raises ForgerError as `limit_bytes` does.
    """
    limit = limit_bytes()
    if math.isinf(limit):
        return
    all_kept = listing()
    taken = sum(one.size for one in all_kept)
    for one in sorted(all_kept, key=lambda one: (one.what != What.LEFT_OVER, one.used)):
        if taken <= limit:
            return
        if one.path != but and one.comes_back:
            with suppress(ForgerError):
                _delete(one)
                taken -= one.size


def delete(permit: Permit, kept: Kept) -> None:
    """Deletes one thing for good. Which runs need it is `gan.runs.needs`'s to ask.

    Raises ForgerError where a training or a download uses it now, and where the system refuses.
    """
    permits.check(permit)
    _delete(kept)


def tails(places: list[str]) -> list[str]:
    """Each of `places` by its last parts, as many as tell it from the others: `cats`, or `a/cats` and `b/cats`."""
    return [_tail(place, set(places) - {place}) for place in places]


def _tail(place: str, others: set[str]) -> str:
    parts, rest = _parts(place), [_parts(other) for other in others]
    count = 1
    while count < len(parts) and any(other[-count:] == parts[-count:] for other in rest):
        count += 1
    return "/".join(parts[-count:]) or place


def _parts(place: str) -> tuple[str, ...]:
    path: PurePath = PureWindowsPath(place)  # which knows both kinds of slashes
    return tuple(part for part in path.parts if part != path.anchor)


def _is_there(source: str) -> bool:
    from gan.data.known import KNOWN, is_fetched  # here, because it brings an HTTP client that most do not need

    return source in DRAWN or (is_fetched(source) if source in KNOWN else Path(source).exists())


def _arrays() -> Iterator[Kept]:
    for folder in _entries(cache_root() / "cache"):
        if not folder.is_dir():
            continue  # a lock, which outlives its array: another process may wait for it
        key, _, resolution = folder.name.rpartition("-")
        info = read_json(folder / "info.json")
        made_of = info.get("source") if isinstance(info, dict) else None
        if isinstance(made_of, str) and key and resolution.isdecimal() and (folder / "pictures.npy").exists():
            sources = dict.fromkeys([made_of, *use.sources(folder)])
            size, used = _size(folder), use.last(folder)
            yield Kept(folder.name, What.ARRAY, folder, tuple(sources), int(resolution), size, used)
        elif not use.is_locked(_lock_of(folder)):
            yield Kept(folder.name, What.LEFT_OVER, folder, (), None, _size(folder), use.last(folder))


def _uploads(opened: Mapping[str, float]) -> Iterator[Kept]:
    for path in _entries(cache_root() / "uploads"):
        with suppress(OSError):  # deleted while we look
            status = path.stat()
            if path.name.endswith(".tmp"):
                yield Kept(path.name, What.LEFT_OVER, path, (), None, status.st_size, status.st_mtime)
            elif path.suffix == ".zip":
                used = max(status.st_mtime, opened.get(str(path), 0.0))
                yield Kept(path.name, What.UPLOAD, path, (str(path),), None, status.st_size, used)


def _downloads(opened: Mapping[str, float]) -> Iterator[Kept]:
    for folder in _entries(cache_root() / "downloads"):
        if folder.is_dir():
            used = max(use.last(folder), opened.get(folder.name, 0.0))
            yield Kept(folder.name, What.DOWNLOAD, folder, (folder.name,), None, _size(folder), used)


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _size(folder: Path) -> int:
    size = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            size += path.stat().st_size if path.is_file() else 0
    return size


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name.removesuffix(PARTIAL) + ".lock")


def _delete(kept: Kept) -> None:
    try:
        if kept.path.is_file():
            kept.path.unlink()
            return
        lock = kept.path / "fetch.lock" if kept.what == What.DOWNLOAD else _lock_of(kept.path)
        with FileLock(lock, timeout=0):
            if use.is_held(kept.path):
                raise ForgerError(f"“{kept.name}” is in use: a training learns from it now.")
            if kept.what != What.DOWNLOAD:
                _take_away(kept.path)
        if kept.what == What.DOWNLOAD:  # its lock lies in it
            shutil.rmtree(kept.path)
    except Timeout as error:
        raise ForgerError(f"“{kept.name}” is being made or fetched now.") from error
    except FileNotFoundError:  # another one was faster
        pass
    except OSError as error:  # on Windows also while a page shows a picture of it
        raise ForgerError(f"“{kept.name}” cannot be deleted: {error.strerror or error}.") from error


def _take_away(folder: Path) -> None:
    """An array goes under the name of a half made one, in one move: what bears its own name is always whole."""
    if not folder.name.endswith(PARTIAL):
        gone = folder.with_name(folder.name + PARTIAL)
        shutil.rmtree(gone, ignore_errors=True)
        folder = folder.rename(gone)
    shutil.rmtree(folder)
