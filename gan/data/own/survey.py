"""A first look at all files of a folder or ZIP, by their headers: what is there, and what holds for the whole set."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from PIL import Image

from gan.data.own.archive import archive_kind
from gan.data.own.files import ENCRYPTED, File, listed
from gan.data.own.framing import SMALL, lost
from gan.data.own.preparation import Preparation
from gan.data.picture import decode
from gan.data.picture.decode import Unusable, opened
from gan.data.picture.ground import Ground, chosen_ground, contrast
from gan.data.picture.numbers import Range, chosen_range, has_deep_colours, highest_colour, is_deep, measured
from gan.errors import ForgerError
from gan.progress import Progress, ignore

MIN_PICTURES = 16
# Of see-through pictures so many, spread over the set, say on which ground they lie.
LOOKED_THROUGH, LOOKED_AT = 64, 256  # pictures, and their pixels a side
NEARLY_ALL = 0.9  # from this share on a set is one of twofold pictures
TWICE = 0.02  # by which the sides of a picture may miss being one to two
MASKED = re.compile(r"[ ._-](masks?|labels?|seg|segmentation|gt|groundtruth|annotations?)$")
ARCHIVE = "another archive (unpack it first)"


class TooFewPictures(ForgerError):
    """A folder or ZIP that nothing can be learned from."""


class FramingNeeded(ForgerError):
    """Every picture is twice as wide as high: perhaps two beside each other."""


@dataclass(frozen=True)
class Survey:
    """What was seen: the usable files in the order of their names, with the width and height of each when upright; how
    many others for which reason; the range of deep numbers and the ground of see-through pictures, where there are
    any."""

    names: tuple[str, ...]
    sizes: tuple[tuple[int, int], ...]
    skipped: dict[str, int]
    scale: Range | None
    ground: Ground | None
    highest: int = 0  # of colours of 16 bits, 0 to 255; 0 where there are none

    def __len__(self) -> int:
        return len(self.names)

    @property
    def folders(self) -> dict[str, int]:
        """How many pictures each folder has, "." for those in none."""
        return dict(Counter(str(PurePosixPath(name).parent) for name in self.names))

    @property
    def twofold(self) -> bool:
        """Whether (nearly) every picture is twice as wide as it is high."""
        return 0 < NEARLY_ALL * len(self) <= self.twice_as_wide

    @property
    def twice_as_wide(self) -> int:
        """How many pictures are twice as wide as they are high."""
        return sum(is_twofold(size) for size in self.sizes)

    @property
    def paired(self) -> bool:
        """Whether the pictures are in two folders, and called alike in both."""
        stems: dict[PurePosixPath, set[str]] = {}
        for path in map(PurePosixPath, self.names):
            stems.setdefault(path.parent, set()).add(path.stem)
        return len(stems) == 2 and len({frozenset(one) for one in stems.values()}) == 1

    def small(self, resolution: int) -> int:
        """How many are so small that they are enlarged without smoothing."""
        return sum(min(size) < min(SMALL, resolution) for size in self.sizes)

    def lost(self, framing: str) -> tuple[int, float]:
        """How many lose something by this framing, and which share of themselves they lose in the mean."""
        losses = [loss for size in self.sizes if (loss := lost(size, framing or "middle")) > TWICE]
        return len(losses), sum(losses) / len(losses) if losses else 0.0


def partner_key(name: str) -> str:
    """What the names of files that belong together have in common: not their folder and ending, small or large letters,
    zeros before numbers, or a word such as "_mask" behind."""
    stem = MASKED.sub("", PurePosixPath(name).stem.casefold())
    return re.sub(r"\d+", lambda number: str(int(number[0])), stem)


def is_twofold(size: tuple[int, int]) -> bool:
    """Whether a picture of this width and height may be two beside each other."""
    return abs(size[0] / (2 * size[1]) - 1) <= TWICE


def survey(path: Path, preparation: Preparation, progress: Progress = ignore) -> Survey:
    """A look at every file of a folder or ZIP that is not left out; `progress` hears (files looked at, files in all).

    Raises ForgerError as `gan.data.own.files.listed` does, and TooFewPictures for fewer than 16 pictures.
    """
    with listed(path) as files:
        return look(chosen(files, preparation), progress)


def chosen(files: Iterable[File], preparation: Preparation) -> list[File]:
    """The files that are not left out."""
    return [file for file in files if not preparation.leaves_out(file.name)]


def look(files: Sequence[File], progress: Progress = ignore) -> Survey:
    """As `survey`, at these files. Raises TooFewPictures for fewer than 16 pictures."""
    names, sizes, ranges, see_through, highest = [], [], [], [], 0
    skipped: Counter[str] = Counter()
    for done, file in enumerate(files, start=1):
        data = b""
        try:
            data = file.read()
            with opened(data) as image:
                size = decode.upright_size(image)
                deep_colours = has_deep_colours(image)
                if is_deep(image) or deep_colours:
                    decode.decode_at(image, size)
                    if (span := measured(image)) is not None:
                        ranges.append(span)
                    if deep_colours:
                        highest = max(highest, highest_colour(image))
                if image.has_transparency_data:
                    see_through.append(file)
                names.append(file.name)
                sizes.append(size)
        except Unusable as reason:
            archive = str(reason) == decode.NOT_A_PICTURE and archive_kind(data)
            skipped[ARCHIVE if archive else str(reason)] += 1
        progress(done, len(files))
    if len(names) < MIN_PICTURES:
        raise TooFewPictures(too_few(len(names), skipped))
    ground = _ground(see_through) if see_through else None
    scale = chosen_range(ranges) if ranges else None
    return Survey(tuple(names), tuple(sizes), dict(skipped), scale, ground, highest)


def too_few(usable: int, skipped: Counter[str]) -> str:
    """The sentence about so few pictures, with what became of the others."""
    if usable == 0:
        found = "No usable pictures were found"
    elif usable == 1:
        found = "Only 1 usable picture was found"
    else:
        found = f"Only {usable} usable pictures were found"
    reasons = ", ".join(f"{count} {reason}" for reason, count in skipped.most_common())
    said = f"{found}; training needs at least {MIN_PICTURES}." + (f" Skipped: {reasons}." if reasons else "")
    if ARCHIVE in skipped:
        said += " Unpack what is inside, and bring the pictures themselves or a ZIP of them."
    if ENCRYPTED in skipped:
        said += " Unpack it with its password, and bring the pictures themselves."
    return said


def _ground(files: Sequence[File]) -> Ground | None:
    contrasts = []
    for file in files[:: -(-len(files) // LOOKED_THROUGH)]:
        try:
            with opened(file.read()) as image:
                decode.decode_at(image, (LOOKED_AT, LOOKED_AT))
                contrasts.append(contrast(_shrunk(image)))
        except Unusable:  # it will be met again when it is read
            continue
    seen = [one for one in contrasts if one is not None]
    return chosen_ground(seen) if seen else None


def _shrunk(image: Image.Image) -> Image.Image:
    """Small enough to look through quickly, with the colours that are hidden by transparency left out."""
    image = image.convert("RGBA")
    image.thumbnail((LOOKED_AT, LOOKED_AT), Image.Resampling.BOX)
    return image
