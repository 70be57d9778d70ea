"""What a run was until now, beside what it is to go on with: its pictures, known by their pixels, and its settings."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gan.data import Pictures, source_names
from gan.data.own.reading import FramingNeeded
from gan.errors import ForgerError
from gan.generators.folder import CARD
from gan.paths import read_json
from gan.runs import changes, contents
from gan.runs.changes import Change
from gan.runs.contents import Comparison, Contents, OtherPictures, compare
from gan.runs.run import Run

ON_THE_PAGE = "Go on with other pictures or another batch size"  # what it is called there


def is_there(place: str) -> bool:
    """Whether pictures of that name, or at that path, can be looked for."""
    return place in source_names() or Path(place).exists()


class Past:
    """That of `run`, with the settings that it had before `change`."""

    def __init__(self, run: Run, change: Change):
        self.run, self.change, self.config = run, change, change.applied(run.config)
        self.begun = bool(run.checkpoints())
        self.known = contents.read(run)
        self.found: Comparison | None = None

    def check_place(self) -> None:
        """Raises ForgerError, saying how to go on, where nothing is any more at the place of the pictures."""
        place = self.config.data
        if not is_there(place):
            raise ForgerError(f"The pictures “{place}” are not there any more. To say where they are now: {self._how}")

    @contextmanager
    def framed_as_ever(self) -> Iterator[None]:
        """Turns the question how other pictures are to become squares into what a run can answer."""
        try:
            yield
        except FramingNeeded as error:
            if not self.begun:
                raise
            raise ForgerError(
                "These pictures are twice as wide as high, perhaps two beside each other. A run goes on reading "
                "pictures as it began, and this one would cut each in half: start a new training with them."
            ) from error

    @property
    def _how(self) -> str:
        return f"`python -m gan resume {self.run.name} --data PLACE`, or “{ON_THE_PAGE}” on the page Train."

    def compared(self, pictures: Pictures) -> Comparison:
        """The pictures that are there beside those that it learned from.

        Raises OtherPictures where it has learned from others and was not told to go on with these.
        """
        self.found = found = compare(self.known or self._by_number(pictures), pictures)
        if self.begun and not found.is_same and self.change.data is None:
            message = f"{found.in_words()} To go on with them all the same: {self._how}"
            raise OtherPictures(message, found.named())
        return found

    def _by_number(self, pictures: Pictures) -> Contents | None:
        """What a run from before contents were remembered knows of them, where that is another number."""
        card = read_json(self.run.folder / CARD)
        data = card.get("data") if self.begun and isinstance(card, dict) else None
        count = data.get("pictures") if isinstance(data, dict) else None
        return contents.unknown(count) if type(count) is int and 0 < count != len(pictures) else None

    @property
    def may_differ(self) -> set[str]:
        """The settings in which its checkpoint may be from before a change, see `Trainer.load_state_dict`."""
        changed = {one.setting for one in changes.changes(self.run.folder)} & {"batch_size"}
        # Where contents are known they tell more than a number does.
        known = {"pictures"} if self.known is not None or self.change.data is not None else set()
        return changed | known | (set() if self.change.batch_size is None else {"batch_size"})

    def remember(self, images_seen: int) -> list[str]:
        """Notes what is otherwise from here on, after so many images. Returns what there is to say about it."""
        assert self.found is not None
        folder, found, said = self.run.folder, self.found, []
        changes.bring_back(folder, images_seen)
        noted = self.known is not None and contents.are_equal(self.known, found.contents)
        if not noted:
            contents.note(self.run, found.contents)
        for setting in changes.SETTINGS:
            if getattr(self.config, setting) != getattr(self.run.config, setting):
                changes.note_change(folder, images_seen, setting, getattr(self.config, setting))
        if not self.begun:
            return []
        if not found.is_same:
            counts = {"new": len(found.new), "gone": len(found.gone)}
            changes.note_change(folder, images_seen, changes.PICTURES, counts)
            left = len(found.pictures) - len(found.new)
            sides = ([SIDES] if left else [ANEW]) if self.known else []
            said += [found.in_words(), INEXACT, *sides]
        elif self.known is None:
            said.append("Which pictures this run learned from was not noted yet: those that are there now are.")
        elif (found.moved and not noted) or self.config.data != self.run.config.data:
            said.append("These are the pictures that this run learned from: it goes on exactly.")
        if self.config.batch_size != self.run.config.batch_size:
            sizes = f"{self.config.batch_size} pictures, and {self.run.config.batch_size} before"
            said += [f"From here on a batch has {sizes}; the learning rates stay as they are.", INEXACT]
        return list(dict.fromkeys(said))


INEXACT = "From here on it is no longer, bit for bit, what it would have been."
ANEW = "None of them is there any more: it keeps what it has learned, and its quality is measured anew against these."
SIDES = "What it studied stays studied, what was held out stays held out, and the new ones are split as ever."
