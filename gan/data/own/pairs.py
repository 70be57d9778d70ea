"""Pairs of one's own: two folders whose pictures have the same names, or pictures that are two beside each other.

Here it is only said which picture goes with which, by names and sizes; `gan.data.own.pair_reading` reads them.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import PurePosixPath

from gan.data.own.survey import MIN_PICTURES, TWICE, Survey, TooFewPictures, is_twofold, partner_key
from gan.errors import ForgerError

# Folders that say by their names what goes in and what should come out, in this order.
KNOWN = (
    ("a", "b"), ("traina", "trainb"), ("vala", "valb"), ("testa", "testb"),
    ("source", "target"), ("sources", "targets"), ("input", "target"), ("inputs", "targets"),
    ("input", "output"), ("inputs", "outputs"), ("before", "after"),
    ("image", "label"), ("images", "labels"), ("image", "mask"), ("images", "masks"),
    ("img", "mask"), ("imgs", "masks"),
)  # fmt: skip
MOST_FOLDERS = 20  # side by side, that are held against each other
ALONE = "picture without a partner"
ELSEWHERE = "picture outside the two folders"
TWO_SHAPES = "pair of two shapes"
NOT_TWICE = "picture that is not twice as wide as high"
WANTED = (
    "Bring two folders, A with what goes in and B with what should come out, in which pictures that belong together "
    "have the same name; or pictures that are two beside each other, twice as wide as high."
)


@dataclass(frozen=True)
class Arrangement:
    """Which picture goes with which.

    `pairs` are the names of the files with the source and with the target; in `halves` it is one file, and the source
    is its left half, or its right one if `backwards`.
    """

    pairs: tuple[tuple[str, str], ...]
    halves: bool
    backwards: bool
    skipped: dict[str, int]  # reason in plain words -> files, or pairs of two shapes
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class _Sides:
    """Two folders, and the file of each name (below them, without its ending) in both."""

    folders: tuple[str, str]
    files: tuple[dict[str, str], dict[str, str]]

    @property
    def both(self) -> list[str]:
        return [name for name in self.files[0] if name in self.files[1]]


def arrange(found: Survey, name: str, backwards: bool = False) -> Arrangement:
    """The pairs among the pictures of a folder or ZIP called `name`, in the order of their names.

    With `backwards`, the target is the source. Raises TooFewPictures for fewer than 16 pairs, and ForgerError, saying
    what to do, where it cannot be told what belongs together.
    """
    sides = _sides(found.names, name)
    if sides:
        made = _by_folders(found, sides, backwards)
    elif found.twofold:
        made = _by_halves(found, backwards)
    else:
        raise ForgerError(f"“{name}” holds no pairs{_nearly(found)}. {WANTED}")
    if len(made.pairs) < MIN_PICTURES:
        raise TooFewPictures(too_few_pairs(len(made.pairs), Counter(found.skipped) + Counter(made.skipped)))
    return made


def _nearly(found: Survey) -> str:
    """What comes near to pairs, in a few words; empty where nothing does."""
    if found.twice_as_wide:
        return f": only {found.twice_as_wide:,} of its {len(found):,} pictures are twice as wide as high"
    folders = sorted(found.folders.items(), key=lambda one: -one[1])[:2]
    if len(folders) < 2:
        return ""
    parents = [str(PurePosixPath(name).parent) for name in found.names]
    examples = [found.names[parents.index(folder)] for folder, _ in folders]
    return f": there is no name that two folders have in common, as “{examples[0]}” and “{examples[1]}” do not"


def too_few_pairs(usable: int, skipped: Counter[str]) -> str:
    """The sentence about so few pairs, with what became of all else."""
    if usable == 1:
        found = "Only 1 pair was found"
    else:
        found = f"Only {usable} pairs were found" if usable else "No pairs were found"
    reasons = ", ".join(f"{count} {reason}" for reason, count in skipped.most_common())
    return f"{found}; training needs at least {MIN_PICTURES}." + (f" Skipped: {reasons}." if reasons else "")


def _by_folders(found: Survey, sides: list[_Sides], backwards: bool) -> Arrangement:
    sizes = dict(zip(found.names, found.sizes, strict=True))
    skipped: Counter[str] = Counter()
    pairs: list[tuple[str, str]] = []
    shapes: list[tuple[str, str]] = []
    said, alone_said, inside = [], [], 0
    for one in sides:
        sources, targets = one.files
        both = dict.fromkeys(one.both)
        for stem in both:
            pair = sources[stem], targets[stem]
            (pairs if _alike(*(sizes[file] for file in pair)) else shapes).append(pair)
        source, target = reversed(one.folders) if backwards else one.folders
        said.append(f"{len(both):,} pairs: “{source}” goes in, “{target}” should come out.")
        for mine, other, files in zip(one.folders, reversed(one.folders), one.files, strict=True):
            if alone := [file for stem, file in files.items() if stem not in both]:
                alone_said.append(_without_partner(alone, mine, other))
                skipped[ALONE] += len(alone)
            inside += len(files)
    said += [_turn(backwards), *alone_said]
    if shapes:
        first, second = shapes[0]
        said.append(
            f"{_counted(len(shapes), 'pair')} of two shapes, such as “{first}” ({_by(sizes[first])}) and “{second}” "
            f"({_by(sizes[second])}), {'was' if len(shapes) == 1 else 'were'} skipped."
        )
        skipped[TWO_SHAPES] = len(shapes)
    if elsewhere := len(found) - inside:
        skipped[ELSEWHERE] = elsewhere
    if backwards:
        pairs = [(target, source) for source, target in pairs]
    return Arrangement(tuple(pairs), False, backwards, dict(skipped), tuple(said))


def _by_halves(found: Survey, backwards: bool) -> Arrangement:
    names = [name for name, size in zip(found.names, found.sizes, strict=True) if is_twofold(size)]
    skipped = {NOT_TWICE: len(found) - len(names)} if len(names) < len(found) else {}
    source, target = ("right", "left") if backwards else ("left", "right")
    said = f"{len(names):,} pairs: the {source} half of each picture goes in, the {target} half should come out."
    return Arrangement(tuple((name, name) for name in names), True, backwards, skipped, (said, _turn(backwards)))


def _turn(backwards: bool) -> str:
    return f"The setting backwards, which is {'on' if backwards else 'off'}, turns that round."


def _sides(names: Iterable[str], name: str) -> list[_Sides]:
    """The folders that belong together, the source first; none where there are none."""
    inside = _inside(names)
    sides: list[_Sides] = []
    for parent, children in inside.items():
        sides += _known(parent, children)
    if sides:
        return _apart(sides)
    for depth in sorted({parent.count("/") + bool(parent) for parent in inside}):
        for parent, children in inside.items():
            if parent.count("/") + bool(parent) == depth:
                sides += _alike_named(parent, children, name)
        if sides:
            return sides
    return []


def _inside(names: Iterable[str]) -> dict[str, dict[str, dict[str, str]]]:
    """For each folder with folders in it, for each of these: the files below it, by what their partners have, too.

    Of files for which that is the same, the first counts.
    """
    inside: dict[str, dict[str, dict[str, str]]] = {}
    for name in names:
        parts = PurePosixPath(name).parts
        for at in range(len(parts) - 1):
            below = "/".join([*map(str.casefold, parts[at + 1 : -1]), partner_key(name)])
            inside.setdefault("/".join(parts[:at]), {}).setdefault(parts[at], {}).setdefault(below, name)
    return inside


def _known(parent: str, children: dict[str, dict[str, str]]) -> list[_Sides]:
    """Folders that say by their names what they are; of several ways, those with the most pairs."""
    called = {child.casefold(): child for child in children}
    sides = [
        _between(parent, called[source], called[target], children)
        for source, target in KNOWN
        if source in called and target in called
    ]
    return [one for one in sorted(sides, key=lambda one: -len(one.both)) if one.both]


def _alike_named(parent: str, children: dict[str, dict[str, str]], name: str) -> list[_Sides]:
    """The two of these folders that have many pictures of the same names."""
    if not 2 <= len(children) <= MOST_FOLDERS:
        return []
    ordered = sorted(children, key=lambda child: (child.casefold(), child))
    sides = [_between(parent, one, other, children) for one, other in combinations(ordered, 2)]
    sides = [one for one in sides if len(one.both) >= max(2, min(map(len, one.files)) / 2)]
    if len(sides) > 1:
        folders = sorted({folder for one in sides for folder in one.folders})
        raise ForgerError(
            f"In “{name}” more than two folders have pictures of the same names ({', '.join(folders[:4])}"
            f"{' ...' if len(folders) > 4 else ''}). Leave all but two out, or call these two A (what goes in) and B."
        )
    return sides


def _between(parent: str, source: str, target: str, children: dict[str, dict[str, str]]) -> _Sides:
    folders = [f"{parent}/{child}" if parent else child for child in (source, target)]
    return _Sides((folders[0], folders[1]), (children[source], children[target]))


def _apart(sides: list[_Sides]) -> list[_Sides]:
    """Those that have no file in common with one before them: A and B may lie within another A."""
    used: set[str] = set()
    apart = []
    for one in sorted(sides, key=lambda one: one.folders[0].count("/")):
        files = {*one.files[0].values(), *one.files[1].values()}
        if not files & used:
            apart.append(one)
            used |= files
    return apart


def _without_partner(alone: list[str], folder: str, other: str) -> str:
    has = "has" if len(alone) == 1 else "have"
    return f"{_counted(len(alone), 'picture')} of “{folder}” {has} no partner in “{other}”, such as “{alone[0]}”."


def _alike(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two sizes are of one shape."""
    return abs(one[0] * other[1] / (one[1] * other[0]) - 1) <= TWICE


def _by(size: tuple[int, int]) -> str:
    return f"{size[0]} x {size[1]}"


def _counted(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count:,} {what}s"
