"""Which pictures a run learns from, known by their pixels: `contents.npz` of its folder.

It is a list that only grows. A picture keeps its number in it, and its side of the split, for good: so a picture that
was studied is never held out later, and what was noted of number 7 (`gan.runs.verdicts`) is about the same picture
whatever became of the files. There are marks of 8 bytes, never pixels; and names as they are below their folder.
"""

import zipfile
import zlib
from collections import defaultdict, deque
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np

from gan.data import Pictures
from gan.data.split import held_out_mask
from gan.errors import ForgerError
from gan.paths import write_atomically
from gan.runs.run import Run

FILE = "contents.npz"
NAMED = 5  # files, in a sentence


@dataclass(frozen=True, eq=False)
class Contents:
    """All pictures that a run ever had, by number: their `marks` (N,) uint64, whether each is `held_out` (N,) bool and
    still `here` (N,) bool, and their `names` (N,), empty where they have none."""

    marks: np.ndarray
    held_out: np.ndarray
    here: np.ndarray
    names: np.ndarray


@dataclass(frozen=True, eq=False)
class Comparison:
    """What a run knows beside what is there now. `contents` has both; `places` (N,) are those of its pictures among
    `pictures`, -1 for those that are gone. `new` (n,) are the numbers of those that it did not learn from last, `gone`
    (m,) of those that it did and that are not there; `moved`: the others come in another order."""

    pictures: Pictures
    contents: Contents
    places: np.ndarray
    new: np.ndarray
    gone: np.ndarray
    moved: bool

    @property
    def is_same(self) -> bool:
        """Whether it is the same pictures, in whatever order: then a training goes on exactly."""
        return not len(self.new) and not len(self.gone)

    @cached_property
    def numbers(self) -> np.ndarray:
        """The number (P,) in `contents` of each of the pictures."""
        numbers = np.empty(len(self.pictures), np.int64)
        here = np.flatnonzero(self.places >= 0)
        numbers[self.places[here]] = here
        return numbers

    @cached_property
    def learned(self) -> Pictures:
        """The pictures with the run's own split, its places in the order in which the run came to know them.

        Raises ForgerError where nothing is left on one of the two sides.
        """
        here, held_out = self.places >= 0, self.contents.held_out
        parts = self.places[here & ~held_out], self.places[here & held_out]
        for part, what in zip(parts, ("studied", "held out to judge by"), strict=True):
            if not len(part):
                raise ForgerError(f"Of all pictures that this run has {what}, none is left: bring some of them again.")
        as_ever = all(map(np.array_equal, parts, self.pictures.split()))
        return self.pictures if as_ever else replace(self.pictures, parts=parts)

    def in_words(self) -> str:
        """What is otherwise, in a sentence; empty where nothing is."""
        if self.is_same:
            return ""
        if len(self.gone) and not self.contents.marks[self.gone].any():  # see `unknown`
            return f"This run learned from {len(self.gone):,} pictures, and there are {len(self.pictures):,} now."
        before = len(self.pictures) - len(self.new) + len(self.gone)
        gone = f"of its {before:,}, {_are(len(self.gone))} gone" if len(self.gone) else f"its {before:,} are there"
        new = f", and {_are(len(self.new))} new" if len(self.new) else ""
        return f"The pictures are no longer those that this run learned from: {gone}{new}."

    def named(self) -> str:
        """The names of some that are new or gone, for who may know them; empty where they have none."""
        names = self.contents.names
        said = [("New", names[self.new].tolist()), ("Gone", names[self.gone].tolist())]
        return " ".join(f"{what}: {_listed(those)}." for what, those in said if any(those))


class OtherPictures(ForgerError):
    """The pictures of a run are no longer those that it learned from. `named` are some of them, for who may know."""

    def __init__(self, message: str, named: str = ""):
        super().__init__(message)
        self.named = named


def _are(count: int) -> str:
    return f"{count:,} {'is' if count == 1 else 'are'}"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(f"“{name}”" for name in names[:NAMED])
    return shown + (f" and {len(names) - NAMED:,} more" if len(names) > NAMED else "")


def compare(known: Contents | None, pictures: Pictures) -> Comparison:
    """What a run knows, if anything, beside `pictures`: see `Comparison`.

    New ones that are like one that is known stand on its side; the others are split as ever, going on from the end of
    the list. Raises ForgerError as `Pictures.split` does.
    """
    names = np.array(pictures.names if len(pictures.names) == len(pictures) else [""] * len(pictures))
    if known is None:
        held_out = np.zeros(len(pictures), bool)
        held_out[pictures.split()[1]] = True
        everything = np.arange(len(pictures))
        here = np.ones(len(pictures), bool)
        none = np.empty(0, np.int64)
        return Comparison(pictures, Contents(pictures.contents, held_out, here, names), everything, none, none, False)
    places = _places(known, pictures.contents)
    new = np.setdiff1d(np.arange(len(pictures)), places)
    sides = _sides_of_new(known, places, pictures, new)
    all_places = np.concatenate([places, new])
    found = places[places >= 0]
    present_names = known.names.astype(object)
    present_names[places >= 0] = names[found]
    contents = Contents(
        np.concatenate([known.marks, pictures.contents[new]]),
        np.concatenate([known.held_out, sides]),
        all_places >= 0,
        np.concatenate([present_names, names[new]]).astype(str),
    )
    gone = np.flatnonzero(known.here & (places < 0))
    # Some that were gone before may be back.
    others = np.concatenate([np.flatnonzero(~known.here & (places >= 0)), np.arange(len(places), len(all_places))])
    return Comparison(pictures, contents, all_places, others, gone, bool((np.diff(found) < 0).any()))


def places_of(wanted: np.ndarray, marks: np.ndarray, order: np.ndarray | None = None) -> np.ndarray:
    """Where each of the `wanted` marks (N,) is among `marks` (P,): places (N,), -1 where it is not. Of several that
    are equal each has its own, the first in `order` (N,) first."""
    waiting: dict[int, deque[int]] = defaultdict(deque)
    for place, mark in enumerate(marks.tolist()):
        waiting[mark].append(place)
    places = np.full(len(wanted), -1)
    for number in range(len(wanted)) if order is None else order.tolist():
        if same := waiting.get(int(wanted[number])):
            places[number] = same.popleft()
    return places


def _places(known: Contents, marks: np.ndarray) -> np.ndarray:
    """Those of the known pictures; of equal ones, those that were here last have the first say."""
    return places_of(known.marks, marks, np.argsort(~known.here, kind="stable"))


def _sides_of_new(known: Contents, places: np.ndarray, pictures: Pictures, new: np.ndarray) -> np.ndarray:
    """Whether each of the pictures at the places `new` is to be held out."""
    groups = np.arange(len(pictures)) if pictures.twins is None else pictures.twins
    by_mark = dict(zip(known.marks.tolist(), known.held_out.tolist(), strict=True))
    found = places >= 0
    by_group = dict(zip(groups[places[found]].tolist(), known.held_out[found].tolist(), strict=True))
    sides = [by_mark.get(int(pictures.contents[place]), by_group.get(int(groups[place]))) for place in new]
    open_ones = np.array([place for place, side in zip(new, sides, strict=True) if side is None], np.int64)
    firsts, alike = np.unique(groups[open_ones], return_inverse=True)
    # Where nothing of what it judged by is left, as where all are others, the new ones are a set of their own.
    begun = len(known.marks) if known.held_out[found].any() else 0
    mask = held_out_mask(max(2, begun + len(firsts)))[begun : begun + len(firsts)]
    chosen = iter(mask[alike])
    return np.array([next(chosen) if side is None else side for side in sides], bool)


def unknown(count: int) -> Contents:
    """What is known of a run that remembers only how many pictures it had."""
    nobody = np.zeros(count, bool)
    return Contents(np.zeros(count, np.uint64), nobody, ~nobody, np.full(count, ""))


def are_equal(one: Contents, other: Contents) -> bool:
    """Whether both say the same."""
    return all(map(np.array_equal, vars(one).values(), vars(other).values()))


def read(run: Run) -> Contents | None:
    """What a run remembers; None where it is from before that, has not begun, or the file is damaged."""
    return _read(run.folder / FILE)


def _read(path: Path) -> Contents | None:
    try:
        with np.load(path, allow_pickle=False) as file:
            found = Contents(*(file[name] for name in ("marks", "held_out", "here", "names")))
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error):
        return None
    columns = vars(found).values()
    kinds = [column.dtype.kind for column in columns]
    shapes = {column.shape for column in columns}
    return found if kinds == ["u", "b", "b", "U"] and shapes == {(len(found.marks),)} else None


def note(run: Run, contents: Contents) -> None:
    """Keeps what a run has to remember. Raises ForgerError on a full disk."""

    def write(temporary: Path) -> None:
        with temporary.open("wb") as file:
            np.savez_compressed(file, **vars(contents))

    write_atomically(run.folder / FILE, write)


def as_learned(run: Run | None, pictures: Pictures) -> Pictures:
    """`pictures` with the split of `run`, for whoever judges what it has learned; as they are for a run that remembers
    nothing, and where none of those that it held out, or studied, is among them."""
    known = read(run) if run else None
    if known is None:
        return pictures
    try:
        return compare(known, pictures).learned
    except ForgerError:
        return pictures


def places_now(run: Run, pictures: Pictures, numbers: np.ndarray) -> np.ndarray:
    """Where the pictures of these numbers (n,) lie among `pictures`: (n,), -1 for those that are not there any more."""
    known = read(run)
    places = np.arange(len(pictures)) if known is None else _places(known, pictures.contents)
    inside = numbers < len(places)
    return np.where(inside, places[np.where(inside, numbers, 0)], -1)
