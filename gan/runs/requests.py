"""What is asked of a trainer at work, beside a stop: lines of `requests.jsonl` in its run's folder, which it obeys
between two lessons. It opens that file when it begins and deletes it when it ends, so nothing waits for the next."""

import json
import math
from contextlib import suppress
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from gan import permits
from gan.errors import ForgerError
from gan.learning.knobs import Who, check_turn
from gan.paths import is_number
from gan.permits import Permit
from gan.runs import changes
from gan.runs.log import append_line, read_lines
from gan.runs.run import Run

MOST_STEPS = 1_000
_NAME = "requests.jsonl"


class Do(StrEnum):
    """What a trainer can be asked."""

    PAUSE = "pause"
    GO_ON = "go on"
    SLOW = "slow"
    STEP = "step"
    TURN = "turn"


@dataclass(frozen=True)
class Request:
    """`who` is taught so many `times` in a step request; a knob `setting` gets a `value` in a turn."""

    do: Do
    who: Who = Who.BOTH
    times: int = 1
    setting: str = ""
    value: float = 0.0


def ask(permit: Permit, run: Run, request: Request) -> None:
    """Asks the trainer of `run`. Raises ForgerError where none is at work, where it cannot be asked, and for a turn
    that it would refuse."""
    permits.check(permit)
    path = run.folder / _NAME
    if not run.alive:
        raise ForgerError(f"The run {run.name!r} is not training now: start or resume it first.")
    if not path.exists():
        raise ForgerError("This training cannot be asked that: it is just beginning, or shared by several processes.")
    if not 1 <= request.times <= MOST_STEPS:
        raise ForgerError(f"Ask for 1 to {MOST_STEPS:,} steps at once, not {request.times}.")
    if request.do == Do.TURN:
        if not math.isfinite(request.value):
            raise ForgerError(f"{request.setting} must be a finite number, not {request.value}.")
        check_turn(run.config, turned_by(run), request.setting, request.value)
    append_line(path, asdict(request))


class Inbox:
    """A trainer's side of it."""

    def __init__(self, run: Run):
        self.path = run.folder / _NAME
        self._read = 0
        self.path.write_bytes(b"")

    def new(self) -> list[Request]:
        """What was asked since the last time; what is no request is passed over."""
        found = []
        try:
            if self.path.stat().st_size <= self._read:  # as before nearly every lesson
                return []
            with open(self.path, "rb") as file:
                file.seek(self._read)
                content = file.read()
        except OSError:  # somebody deleted it
            return []
        whole = content[: content.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.decode(errors="replace").splitlines():
            with suppress(ValueError, TypeError, KeyError, RecursionError):
                values = json.loads(line)
                found.append(Request(**values | {"do": Do(values["do"]), "who": Who(values["who"])}))
        return [one for one in found if _is_sound(one)]

    def close(self) -> None:
        self.path.unlink(missing_ok=True)


def _is_sound(request: Request) -> bool:
    times: Any = request.times
    counted = type(times) is int and 1 <= times <= MOST_STEPS
    return counted and isinstance(request.setting, str) and is_number(request.value)


def note_turn(run: Run, images_seen: int, setting: str, value: float) -> None:
    """For the trainer: a knob has another value from here on."""
    append_line(run.turns_path, {"images": images_seen, "setting": setting, "value": value})


def turns(run: Run) -> list[tuple[int, str, float]]:
    """What was turned in a run, and after how many images, in that order; damaged lines are left out."""
    return [
        (line["images"], line["setting"], float(line["value"]))
        for line in read_lines(run.turns_path)
        if isinstance(line.get("setting"), str) and is_number(line.get("value"))
    ]


def last_turn(run: Run) -> int:
    """After how many images a knob was turned, or pictures or batch size were changed, last; 0 where nothing was."""
    changed = changes.since(run.folder, changes.PICTURES, "batch_size")
    return max([changed, *(images for images, _, _ in turns(run))])


def turned_by(run: Run) -> dict[str, float]:
    """The knobs of a run that are no longer as it began, as they are now."""
    return {setting: value for _, setting, value in turns(run)}
