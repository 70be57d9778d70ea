"""The cached array: every source is decoded once into one uint8 file, which any number of processes map.

A finished array is a folder `<cache>/<key>-<resolution>/` with `pictures.npy`, what is known of each picture
(`contents.npy`, `twins.npy`) and `info.json`. It is made under another name and renamed when complete, so a folder with
the final name is always whole.
"""

import errno
import json
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import numpy as np
from filelock import FileLock, Timeout

from gan.data.own import remarks
from gan.data.own.reading import Report
from gan.data.own.twins import contents_of, find_twins
from gan.data.split import split
from gan.errors import ForgerError
from gan.paths import cache_root, elsewhere, no_lock, write_json

# Gets a report to fill in, gives the pictures.
Produce = Callable[[Report], Iterator[np.ndarray]]


@dataclass(frozen=True, eq=False)
class Pictures:
    """One source at one resolution: `array` is uint8 (N, resolution, resolution, 3), or 6 for pairs, source and target
    one behind the other; mapped read-only."""

    array: np.ndarray
    source: str
    resolution: int
    skipped: dict[str, int]  # reason in plain words -> files
    path: Path
    contents: np.ndarray  # (N,) uint64, the same for the same picture
    twins: np.ndarray | None  # (N,) as `gan.data.own.twins` finds them; None where the split goes by places
    names: tuple[str, ...] = ()  # of the files, below their folder; none of built-in sets
    remarks: tuple[str, ...] = ()  # sentences on what was done to them, and what looks odd
    parts: tuple[np.ndarray, np.ndarray] | None = None  # what `split` gives, where a run remembers it otherwise

    def __len__(self) -> int:
        return len(self.array)

    def split(self) -> tuple[np.ndarray, np.ndarray]:
        """The indices to train with and those held out. Raises ForgerError as `gan.data.split.split` does."""
        return self.parts or split(len(self), self.twins)


def find(key: str, resolution: int) -> Pictures | None:
    """The cached array for `key` at `resolution`; None where it is not there, or damaged."""
    return _load(_folder(key, resolution), resolution)


def _folder(key: str, resolution: int) -> Path:
    return cache_root() / "cache" / f"{key}-{resolution}"


def build(
    key: str, source: str, resolution: int, produce: Produce, waiting: Callable[[], object] = lambda: None
) -> Pictures:
    """The cached array for `key` at `resolution`, made first if it is not there yet.

    `produce` is called only if the array must be made. It gets a report to fill in and yields uint8 pictures
    (resolution, resolution, 3), or 6 for pairs, which go to disk one by one. Of several processes that ask at
    once, one produces and the others wait, calling `waiting` all the while, whose exceptions end it.

    Raises ForgerError if the disk is full or not writable, and whatever `produce` raises; neither leaves
    anything behind.
    """
    if pictures := find(key, resolution):
        return pictures
    folder = _folder(key, resolution)
    lock = FileLock(f"{folder}.lock")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        while not _acquired(lock):
            waiting()
    except (OSError, NotImplementedError) as error:
        raise ForgerError(f"Pictures cannot be kept in “{folder.parent}”: {no_lock(error, folder)}") from error
    try:
        return _load(folder, resolution) or _make(folder, source, resolution, produce)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ForgerError(
                f"The disk is full: “{folder.parent}” has no room for the pictures. Make room (`python -m gan data "
                "--list` says what takes it), or let FORGER_DATA say another place."
            ) from error
        why = f"{error.strerror or error}.{elsewhere(folder)}"
        raise ForgerError(f"Pictures cannot be kept in “{folder.parent}”: {why}") from error
    finally:
        lock.release()


def _acquired(lock: FileLock) -> bool:
    try:
        lock.acquire(timeout=0.2)
    except Timeout:
        return False
    return True


def _make(folder: Path, source: str, resolution: int, produce: Produce) -> Pictures:
    partial = folder.with_name(folder.name + ".partial")
    # We hold the lock, so what lies here was left by a producer that was killed, or is damaged.
    shutil.rmtree(partial, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    report = Report()
    try:
        partial.mkdir()
        with (partial / "pictures.npy").open("wb") as file:
            count = _write_array(file, produce(report), resolution)
        if count == 0:
            raise ForgerError(f"There are no pictures in “{source}”.")
        _describe(partial, source, report)
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    pictures = _load(folder, resolution)
    if pictures is None:
        raise ForgerError(f"The pictures written to “{folder}” cannot be read back.")
    return pictures


def _describe(folder: Path, source: str, report: Report) -> None:
    """Writes what is known of the array in `folder`, once it is complete."""
    array = np.load(folder / "pictures.npy", mmap_mode="r")
    contents = contents_of(array)
    np.save(folder / "contents.npy", contents)
    said = list(report.remarks)
    twins = np.arange(len(array))
    if report.names:  # built-in sets have no twins worth a word, and their runs' splits stay what they were
        twins = find_twins(array, contents)
        said += remarks.of_pictures(array, twins, report.names)
    np.save(folder / "twins.npy", twins)
    write_json(
        folder / "info.json",
        {"source": source, "skipped": dict(report.skipped), "remarks": said, "names": report.names},
    )


def _write_array(file: BinaryIO, pictures: Iterator[np.ndarray], resolution: int) -> int:
    first = next(pictures, None)
    channels = 3 if first is None else first.shape[-1]
    shape = (resolution, resolution, channels)
    _write_header(file, 0, shape)
    start, count = file.tell(), 0
    for picture in () if first is None else chain([first], pictures):
        if picture.shape != shape or picture.dtype != np.uint8:
            raise ValueError(f"expected uint8 {shape}, got {picture.dtype} {picture.shape}")
        file.write(picture.tobytes())
        count += 1
    file.seek(0)
    _write_header(file, count, shape)
    # numpy pads its header so that a longer first axis fits in the same place.
    assert file.tell() == start
    file.flush()
    os.fsync(file.fileno())
    return count


def _write_header(file: BinaryIO, count: int, shape: tuple[int, ...]) -> None:
    header = {"descr": "|u1", "fortran_order": False, "shape": (count, *shape)}
    np.lib.format.write_array_header_1_0(file, header)


def _load(folder: Path, resolution: int) -> Pictures | None:
    """The finished array in `folder`, or None if there is none or it is damaged."""
    path = folder / "pictures.npy"
    try:
        array = np.load(path, mmap_mode="r")
        contents, twins = (np.load(folder / f"{what}.npy") for what in ("contents", "twins"))
        info = json.loads((folder / "info.json").read_text(encoding="utf-8"))
        whole = array.dtype == np.uint8 and array.shape[1:3] == (resolution, resolution) and len(array) > 0
        if not whole or not len(array) == len(contents) == len(twins):
            return None
        names, said = tuple(info["names"]), tuple(info["remarks"])
        return Pictures(array, info["source"], resolution, info["skipped"], path, contents, twins, names, said)
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None
