"""The cached array: every source is decoded once into one uint8 file, which any number of processes map.

A finished array is a folder `<cache>/<key>-<resolution>/` with `pictures.npy` and `info.json`. It is made
under another name and renamed when complete, so a folder with the final name is always whole.
"""

import errno
import json
import os
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from filelock import FileLock, Timeout

from gan.errors import ForgerError
from gan.paths import cache_root, elsewhere, no_lock, write_json

# Gets a counter for the reasons of skipping (reason in plain words -> files), gives the pictures.
Produce = Callable[[Counter[str]], Iterator[np.ndarray]]


@dataclass(frozen=True, eq=False)
class Pictures:
    """One source at one resolution: `array` is uint8 (N, resolution, resolution, 3), mapped read-only."""

    array: np.ndarray
    source: str
    resolution: int
    skipped: dict[str, int]  # reason in plain words -> files
    path: Path

    def __len__(self) -> int:
        return len(self.array)


def find(key: str, resolution: int) -> Pictures | None:
    """The cached array for `key` at `resolution`; None where it is not there, or damaged."""
    return _load(_folder(key, resolution), resolution)


def _folder(key: str, resolution: int) -> Path:
    return cache_root() / "cache" / f"{key}-{resolution}"


def build(
    key: str, source: str, resolution: int, produce: Produce, waiting: Callable[[], object] = lambda: None
) -> Pictures:
    """The cached array for `key` at `resolution`, made first if it is not there yet.

    `produce` is called only if the array must be made. It gets a counter for reasons of skipping and yields
    uint8 pictures (resolution, resolution, 3), which go to disk one by one. Of several processes that ask at
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
    skipped: Counter[str] = Counter()
    try:
        partial.mkdir()
        with (partial / "pictures.npy").open("wb") as file:
            count = _write_array(file, produce(skipped), resolution)
        if count == 0:
            raise ForgerError(f"There are no pictures in “{source}”.")
        write_json(partial / "info.json", {"source": source, "skipped": dict(skipped)})
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    pictures = _load(folder, resolution)
    if pictures is None:
        raise ForgerError(f"The pictures written to “{folder}” cannot be read back.")
    return pictures


def _write_array(file: BinaryIO, pictures: Iterator[np.ndarray], resolution: int) -> int:
    shape = (resolution, resolution, 3)
    _write_header(file, 0, shape)
    start, count = file.tell(), 0
    for picture in pictures:
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
        info = json.loads((folder / "info.json").read_text(encoding="utf-8"))
        whole = array.dtype == np.uint8 and array.shape[1:] == (resolution, resolution, 3) and len(array) > 0
        return Pictures(array, info["source"], resolution, info["skipped"], path) if whole else None
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        return None
