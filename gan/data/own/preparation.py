"""How a folder or ZIP of pictures is to be read: what is cut off, what see-through parts lie on, what is left out."""

import hashlib
import re
from dataclasses import asdict, dataclass
from pathlib import PurePosixPath

from gan.data.split import SPLITTINGS
from gan.errors import ForgerError

# How a rectangular picture becomes a square, by name.
FRAMINGS = {
    "middle": "cut to the middle square",
    "top": "cut to the top, or the left",
    "subject": "cut to where a face, or a cat's, is",
    "pad": "the whole picture, with bars",
    "squeeze": "the whole picture, squeezed",
}
READING = 2  # to be raised when a file becomes other pixels than before
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


@dataclass(frozen=True)
class Preparation:
    """One way to read a person's pictures. Built-in sets are squares on their own ground already.

    `framing` is one of FRAMINGS; empty: the middle, and a set in which everything is twice as wide as high is asked
    about. `ground` is a colour as #rrggbb; empty: one that shows the pictures. `leave_out` names folders below the
    folder or in the ZIP, with ";" between them. `splitting` is one of `gan.data.split.SPLITTINGS`. With `pairs` every
    picture is two, see `pairs.py`, and `backwards` takes the target for the source. Raises ForgerError for what
    is none of these.
    """

    framing: str = ""
    ground: str = ""
    leave_out: str = ""
    splitting: str = SPLITTINGS[0]
    pairs: bool = False
    backwards: bool = False

    def __post_init__(self):
        if wrong := ground_complaint(self.ground):
            raise ForgerError(wrong)
        for value, known in ((self.framing, ("", *FRAMINGS)), (self.splitting, SPLITTINGS)):
            if value not in known:
                raise ForgerError(f"{value!r} is none of {', '.join(filter(None, known))}.")

    @property
    def channels(self) -> int:
        """Of what is read: those of a picture, or of a source and its target."""
        return 6 if self.pairs else 3

    @property
    def mark(self) -> str:
        """Other pixels, another mark."""
        facts = asdict(self) | {"framing": self.framing or "middle", "ground": self.ground.lower()}
        facts |= {"splitting": "", "reading": READING}
        return hashlib.sha256(repr(sorted(facts.items())).encode()).hexdigest()[:8]

    @property
    def folders_left_out(self) -> list[str]:
        """The names in `leave_out`."""
        return [one.strip().strip("/") for one in self.leave_out.split(";") if one.strip()]

    def leaves_out(self, name: str) -> bool:
        """Whether the file of this name (below the folder, with forward slashes) is in a folder that is left out."""
        folders = self.folders_left_out
        parents = [str(parent) for parent in PurePosixPath(name).parents]
        return any(parent in folders for parent in (parents[:-1] or parents))


def ground_complaint(text: str) -> str | None:
    """What is wrong with a colour to lay under pictures."""
    if not text or _COLOUR.fullmatch(text):
        return None
    return f"The setting ground must be a colour such as #ffffff, or empty, not {text!r}."
