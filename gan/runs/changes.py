"""What of a run's settings was changed when it was resumed: `changes.jsonl` of its folder.

`config.json` stays as it was begun. Each line has what a setting is from an image count on, or how many pictures are
new and gone from there on; the last of each is what holds.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gan.data import absolute_source
from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.paths import write_atomically
from gan.runs.log import append_line, read_lines

FILE = "changes.jsonl"
SETTINGS = ("data", "batch_size")
PICTURES = "pictures"  # those of a line that says which are others


@dataclass(frozen=True)
class Change:
    """What a resume is asked to do otherwise. `data` is where the pictures are now, and says to go on whichever they
    are; None: where they were, and only if they are the same. `batch_size` None: as it was."""

    data: str | None = None
    batch_size: int | None = None

    def applied(self, config: Config) -> Config:
        """The settings to go on with. Raises ForgerError where there are no such pictures, and for a batch size beyond
        its bounds."""
        place = None if self.data is None else absolute_source(self.data)
        wanted = {"data": place, "batch_size": self.batch_size}
        return configure(config, **{name: value for name, value in wanted.items() if value is not None})

    def words(self) -> list[str]:
        """The same on the command line."""
        given = {"--data": self.data, "--batch-size": self.batch_size}
        return [word for option, value in given.items() if value is not None for word in (option, str(value))]


NO_CHANGE = Change()


@dataclass(frozen=True)
class Changed:
    """After so many `images` a `setting` became `value`; or, where that is `PICTURES`, so many became new and gone."""

    images: int
    setting: str
    value: Any

    def in_words(self) -> str:
        """Such as "batch size 8"."""
        if self.setting == PICTURES:
            return f"pictures: {self.value['new']:,} new, {self.value['gone']:,} gone"
        return f"{self.setting.replace('_', ' ')} {self.value}"


def changes(folder: Path) -> list[Changed]:
    """What was changed about the run in `folder`, in that order; damaged lines are left out."""
    found = [Changed(line["images"], str(line.get("setting")), line.get("value")) for line in read_lines(folder / FILE)]
    return [one for one in found if _is_sound(one)]


def _is_sound(one: Changed) -> bool:
    if one.setting == PICTURES:
        counts = list(one.value.values()) if isinstance(one.value, dict) and {*one.value} == {"new", "gone"} else []
        return bool(counts) and all(type(count) is int and count >= 0 for count in counts)
    if one.setting not in SETTINGS:
        return False
    try:
        configure(Config(), **{one.setting: one.value})
    except ForgerError:
        return False
    return True


def config_now(folder: Path, begun: Config) -> Config:
    """The settings that the run in `folder` has by now. Raises ForgerError where one does not go with the others."""
    return configure(begun, **{one.setting: one.value for one in changes(folder) if one.setting in SETTINGS})


def note_change(folder: Path, images_seen: int, setting: str, value: Any) -> None:
    """For the trainer: from here on it is otherwise. Raises ForgerError where that cannot be written."""
    append_line(folder / FILE, {"images": images_seen, "setting": setting, "value": value})


def bring_back(folder: Path, images_seen: int) -> None:
    """For a trainer that goes on from `images_seen`: what was changed later holds from there on now."""
    path = folder / FILE
    if any(one.images > images_seen for one in changes(folder)):
        lines = [line | {"images": min(line["images"], images_seen)} for line in read_lines(path)]
        write_atomically(path, lambda temporary: temporary.write_text("".join(json.dumps(one) + "\n" for one in lines)))


def in_words(folder: Path) -> str:
    """What was changed and when, with “;” between; empty where nothing was. Another place alone is no change of what is
    learned, and has no name here: not everybody may know it."""
    found = [one for one in changes(folder) if one.setting != "data"]
    return "; ".join(f"{one.in_words()} after {one.images / 1000:.4g} kimg" for one in found)


def since(folder: Path, *settings: str) -> int:
    """After how many images one of these was changed last; 0 where none was."""
    return max((one.images for one in changes(folder) if one.setting in settings), default=0)
