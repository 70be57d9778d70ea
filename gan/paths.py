"""Where things lie: runs, shipped generators, data; and files that are either whole or not there."""

import errno
import json
import math
import os
import re
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from filelock import FileLock

from gan.errors import ForgerError

PROJECT = Path(__file__).resolve().parent.parent  # of a checkout; of an installed package, the folder it lies in
WINDOWS = os.name == "nt"
PATIENCE = 50  # times 20 ms that a file may be in another program's hands
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,47}")
# What Windows takes for a device, whatever the folder (Microsoft, "Naming Files, Paths, and Namespaces").
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
# What systems say of a drive that knows no locks.
_NO_LOCKS = {errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP}
# Beyond, a whole number is no longer the same as a float; nothing that is counted here comes near.
LARGEST = 2**53


def is_number(value: Any) -> bool:
    """Whether a value out of a file is a number to reckon with: neither NaN nor one of 400 digits."""
    return isinstance(value, (int, float)) and abs(value) <= LARGEST


def runs_root() -> Path:
    """The folder of all runs: `runs/`, or what FORGER_RUNS says."""
    return Path(os.environ.get("FORGER_RUNS") or _home() / "runs")


def checkpoints_root() -> Path:
    """The folder of shipped generators: `checkpoints/`, or what FORGER_CHECKPOINTS says.

    An installed package has them within itself.
    """
    there = PROJECT if is_checkout() else Path(__file__).parent
    return Path(os.environ.get("FORGER_CHECKPOINTS") or there / "checkpoints")


def cache_root() -> Path:
    """Where data sets and cached arrays lie: `data/`, or what FORGER_DATA says."""
    return Path(os.environ.get("FORGER_DATA") or _home() / "data").resolve()


def is_checkout() -> bool:
    """Whether this is the project's own folder, also by `pip install -e`, and not a package among others."""
    return (PROJECT / "app.py").is_file() and (PROJECT / "pyproject.toml").is_file()


def _home() -> Path:
    """What runs and data lie in where nobody says otherwise: the project's folder, which is the user's own; of an
    installed package, which a new version replaces and which may be everybody's, the folder `forger` of the user."""
    if is_checkout():
        return PROJECT
    try:
        return Path.home() / "forger"
    except RuntimeError as error:
        raise ForgerError(
            "This user has no home folder: say with FORGER_RUNS and FORGER_DATA where to keep things."
        ) from error


def elsewhere(path: Path) -> str:
    """A sentence, with a space before it, on which variable moves `path`; empty where none does."""
    roots = {"FORGER_RUNS": runs_root(), "FORGER_DATA": cache_root(), "FORGER_CHECKPOINTS": checkpoints_root()}
    for name, root in roots.items():
        if path.resolve().is_relative_to(root.resolve()):
            return f" {name} says which folder this is: let it say one with room in which you may write."
    return ""


def no_lock(error: OSError | NotImplementedError, path: Path) -> str:
    """Why a lock beside `path` could not be had, to end a sentence, and what to do."""
    if isinstance(error, NotImplementedError) or error.errno in _NO_LOCKS:
        return f"files cannot be locked there, as on some network drives.{elsewhere(path)}"
    return f"{error.strerror or error}.{elsewhere(path)}"


@contextmanager
def locked(path: Path, what: str) -> Iterator[None]:
    """Held by one process and thread at a time, as long as it takes; its folder is made.

    Raises ForgerError, which says that `what` ("Runs") cannot be kept there, where that cannot be.
    """
    lock = FileLock(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except (OSError, NotImplementedError) as error:
        raise ForgerError(f"{what} cannot be kept in “{path.parent}”: {no_lock(error, path)}") from error
    try:
        yield
    finally:
        lock.release()


def check_name(name: str) -> str:
    """`name` if it can name a run or a generator on every system; ForgerError otherwise (also for `../x`)."""
    if not _NAME.fullmatch(name):
        said = name if len(name) <= 60 else name[:60] + "…"
        raise ForgerError(f"{said!r} cannot be a name: use up to 48 letters, digits, - and _, a letter or digit first.")
    if _DEVICES.fullmatch(name):
        raise ForgerError(f"{name!r} cannot be a name: Windows takes it for a device. Add a digit or a word to it.")
    return name


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Lets `write` fill a temporary file, then puts it in place of `path` in one move.

    A process killed meanwhile leaves the old file untouched. Raises ForgerError where the disk is full or read-only.
    """
    temporary = path.with_name(f".{path.name}.{uuid.uuid4().hex}.tmp")
    try:
        write(temporary)
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())  # or a power cut could leave a whole name on half a file
        patiently(lambda: os.replace(temporary, path))
    except OSError as error:
        raise ForgerError(
            f"{path.name} could not be written to “{path.parent}”: {error.strerror or error}.{elsewhere(path)}"
        ) from error
    finally:
        temporary.unlink(missing_ok=True)


Given = TypeVar("Given")


def patiently(act: Callable[[], Given]) -> Given:
    """What `act` gives. On Windows, again for a second where another program has the file in hand: there neither may
    who reads it see it replaced, nor who replaces it see it read. Raises what `act` does."""
    for _ in range(PATIENCE if WINDOWS else 0):
        try:
            return act()
        except PermissionError:
            time.sleep(0.02)
    return act()


def write_file(path: Path, content: bytes | memoryview) -> None:
    """`content` at `path`, whole or not at all. Raises ForgerError as `write_atomically` does."""
    write_atomically(path, lambda temporary: temporary.write_bytes(content))


def overwrite(path: Path, content: bytes) -> None:
    """Writes into the file at `path` where it lies, for a full disk: what takes no more blocks needs no room.

    Not whole or not at all, so only as the last resort. Raises OSError, also where there is no such file.
    """
    with open(path, "rb+") as file:
        file.write(content)
        file.truncate()


def make_folder(path: Path) -> Path:
    """The folder at `path`, made with those above it. Raises ForgerError where that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ForgerError(f"The folder “{path}” cannot be made: {error.strerror or error}.{elsewhere(path)}") from error
    return path


def last_name(place: str) -> str:
    """What a file or folder is called without those above it, whichever system wrote its path."""
    return PureWindowsPath(place).name or place


def slug(text: str) -> str:
    """`text` as the beginning of a file's name on every system: small letters, digits and dashes, at most 40."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40] or "pictures"


def write_json(path: Path, value: Any) -> None:
    """`value` as JSON at `path`, whole or not at all."""
    write_file(path, json.dumps(value, indent=1).encode())


def read_json(path: Path) -> Any:
    """The JSON at `path`, or None where there is none that can be read.

    Numbers that nothing here writes are None, too: NaN, infinite ones, and whole ones of over 16 digits.
    """
    try:
        text = patiently(lambda: path.read_text(encoding="utf-8"))
        return json.loads(text, parse_constant=lambda word: None, parse_int=_whole, parse_float=_fraction)
    except (OSError, ValueError, RecursionError):
        return None


def _whole(digits: str) -> int | None:
    value = int(digits)
    return value if abs(value) <= LARGEST else None


def _fraction(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None
