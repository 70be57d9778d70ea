"""Where things lie: runs, shipped generators, and files that are either whole or not there."""

import json
import math
import os
import re
import uuid
from collections.abc import Callable
from pathlib import Path, PureWindowsPath
from typing import Any

from gan.errors import ForgerError

PROJECT = Path(__file__).resolve().parent.parent
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,47}")
# What Windows takes for a device, whatever the folder (Microsoft, "Naming Files, Paths, and Namespaces").
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
# Beyond, a whole number is no longer the same as a float; nothing that is counted here comes near.
LARGEST = 2**53


def is_number(value: Any) -> bool:
    """Whether a value out of a file is a number to reckon with: neither NaN nor one of 400 digits."""
    return isinstance(value, (int, float)) and abs(value) <= LARGEST


def runs_root() -> Path:
    """The folder of all runs: `runs/`, or what FORGER_RUNS says."""
    return Path(os.environ.get("FORGER_RUNS") or PROJECT / "runs")


def checkpoints_root() -> Path:
    """The folder of shipped generators: `checkpoints/`, or what FORGER_CHECKPOINTS says."""
    return Path(os.environ.get("FORGER_CHECKPOINTS") or PROJECT / "checkpoints")


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
        os.replace(temporary, path)
    except OSError as error:
        raise ForgerError(f"{path.name} could not be written to “{path.parent}”: {error.strerror or error}.") from error
    finally:
        temporary.unlink(missing_ok=True)


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
        raise ForgerError(f"The folder “{path}” cannot be made: {error.strerror or error}.") from error
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
        return json.loads(path.read_text(), parse_constant=lambda word: None, parse_int=_whole, parse_float=_fraction)
    except (OSError, ValueError, RecursionError):
        return None


def _whole(digits: str) -> int | None:
    value = int(digits)
    return value if abs(value) <= LARGEST else None


def _fraction(digits: str) -> float | None:
    value = float(digits)
    return value if math.isfinite(value) else None
