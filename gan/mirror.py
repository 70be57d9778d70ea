"""What a machine with a disk that forgets carries to a folder that stays, and brings back from there.

Training writes on the fast disk that forgets. A room is a folder whose entries (runs, generators, uploads) are carried
one by one: the first time whole or not at all, then file by file.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

_STOP = "stop"  # a request that nobody should find again after a restart
_NEW = ".new-"


class Mirror:
    """`rooms` is which folder here belongs to which there; `shipped` are entries that came with the program."""

    def __init__(self, rooms: dict[Path, Path], shipped: Iterable[Path] = ()):
        self.rooms, self.shipped = rooms, set(shipped)
        self.carried: set[Path] = set()

    def bring_back(self) -> None:
        """Copies what lies there and not here. Says on standard error what cannot be read."""
        for here, there in self.rooms.items():
            for kept in entries(there):
                place = here / kept.name
                if not place.exists() and _said(partial(_copy_whole, kept, place)):
                    self.carried.add(place)

    def carry(self) -> None:
        """Copies what is new here or has changed, and forgets there what was deleted here.

        Only what this object has itself carried or brought back is deleted there: an empty disk deletes nothing.
        """
        for here, there in self.rooms.items():
            now = set(entries(here)) - self.shipped
            for place in sorted(now):
                if _said(partial(_copy, place, there / place.name)):
                    self.carried.add(place)
            for place in {one for one in self.carried if one.parent == here} - now:
                _said(partial(_remove, there / place.name))
                self.carried.discard(place)


def entries(folder: Path) -> list[Path]:
    """What lies in `folder`, but for what is hidden or half done."""
    return [path for path in folder.glob("*") if not path.name.startswith(".")]


def _said(act: Callable[[], object]) -> bool:
    """Whether `act` went well; a full or missing disk is no reason to end a class."""
    try:
        act()
        return True
    except OSError as error:
        print(f"forger: not kept: {error}", file=sys.stderr, flush=True)
        return False


def _copy(place: Path, kept: Path) -> None:
    if not kept.exists() or place.is_file():
        if not kept.exists() or _differs(place, kept):
            _copy_whole(place, kept)
        return
    wanted = _files(place)
    for name in wanted:
        if _differs(place / name, kept / name):
            _copy_whole(place / name, kept / name)
    for name in set(_files(kept)) - set(wanted):
        (kept / name).unlink()


def _files(folder: Path) -> list[Path]:
    """All files in `folder`, checkpoints first: a log must reach at least as far as the checkpoint it goes with."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file())
    kept = [path for path in paths if path.name != _STOP and not path.name.startswith(".")]
    return sorted(kept, key=lambda path: (path.suffix != ".pt", path))


def _differs(place: Path, kept: Path) -> bool:
    try:
        new = place.stat()
    except FileNotFoundError:  # a checkpoint that has made room for a newer one meanwhile
        return False
    old = kept.stat() if kept.exists() else None
    # Both may round the time of a change; a second is more than either does.
    return old is None or old.st_size != new.st_size or abs(old.st_mtime - new.st_mtime) > 1


def _copy_whole(source: Path, target: Path) -> None:
    """`source`, a file or a folder, at `target`, whole or not at all."""
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_name(_NEW + target.name)
    _remove(new)
    if source.is_dir():
        new.mkdir()
        for name in _files(source):
            (new / name).parent.mkdir(parents=True, exist_ok=True)
            _copy_file(source / name, new / name)
    else:
        _copy_file(source, new)
    if new.exists():
        os.replace(new, target)


def _copy_file(source: Path, target: Path) -> None:
    try:
        shutil.copyfile(source, target)
        shutil.copystat(source, target)
    except FileNotFoundError:
        if source.exists():
            raise


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
