"""What a person should know about the pictures that were read, in sentences: what was done to them, what looks odd."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import combinations
from pathlib import PurePosixPath

import numpy as np

from gan.data.own.framing import SMALL
from gan.data.own.preparation import FRAMINGS, Preparation
from gan.data.own.survey import MASKED, TWICE, Survey, partner_key
from gan.data.picture import numbers

NAMED = 4  # of many pictures so many are named
FEW = 3  # pictures of one colour that are nothing to speak of, if they are a small part
FLAT = 2.0  # levels of 256 that a picture of one colour may vary by
_NOTHING = Preparation()
ALIKE = 4.0  # levels from the mean picture, in the mean of a set: all look the same


def twofold(name: str, found: Survey) -> str:
    """The question about a set in which (nearly) everything is twice as wide as high."""
    return (
        f"{found.twice_as_wide:,} of {_pictures(len(found))} of “{name}” are twice as wide as they are high. If each "
        "holds two beside each other, what goes in and what should come out, choose the task pairs; else say how they "
        "become squares: framing "
        f"{', '.join(FRAMINGS)}."
    )


def of_leaving_out(names: Iterable[str], preparation: Preparation) -> list[str]:
    """Which folders are to be left out of files of these names, and are not there: a slip of the pen, perhaps."""
    names = list(names)
    gone = [one for one in preparation.folders_left_out if not any(_is_in(name, one) for name in names)]
    there = sorted({_parent(name) for name in names} - {"."})
    listed = f"; there are {', '.join(f'“{one}”' for one in there[:NAMED])}" if there else ""
    return [f"There is no folder “{one}” to leave out{listed}." for one in gone]


def _is_in(name: str, folder: str) -> bool:
    return replace(_NOTHING, leave_out=folder).leaves_out(name)


def of_survey(found: Survey, preparation: Preparation, resolution: int) -> list[str]:
    """What the first look at a set shows."""
    said = [_folders(found.folders), *([] if preparation.pairs else _masks(found)), _framed(found, preparation.framing)]
    if found.scale:
        said.append(f"Numbers of more than 8 bits were scaled alike in all pictures: {found.scale.words}.")
    if brightened := numbers.bits_used(found.highest):
        said.append(f"Colours of 16 bits of which {brightened} are used were made brighter, alike in all pictures.")
    if found.ground and not preparation.ground:
        said.append(f"See-through pictures lie on {found.ground.words}.")
    elif found.ground:
        said.append(f"See-through pictures lie on {preparation.ground}.")
    if small := found.small(resolution):
        said.append(f"{_pictures(small)} of under {SMALL} pixels {_were(small)} enlarged without smoothing.")
    return [one for one in said if one]


def of_pictures(pictures: np.ndarray, twins: np.ndarray, names: Sequence[str]) -> list[str]:
    """What the pictures (N, R, R, C) uint8 show: `twins` (N,) as `gan.data.own.twins.find_twins` gives them."""
    flat = np.array([picture.std((0, 1)).mean() < FLAT for picture in pictures])
    return [one for one in (_twins(twins, names), _flat(flat, names), _alike(pictures)) if one]


def of_subjects(seen: int, found: Survey) -> list[str]:
    """In how many pictures that are not square a face was seen, or a cat's."""
    count, _ = found.lost("subject")
    if not count:
        return []
    return [f"A face was seen in {seen:,} of {_pictures(count)} that are not square; the others are cut to the middle."]


def _folders(folders: dict[str, int]) -> str:
    if len(folders) < 2:
        return ""
    counted = [f"{'no folder' if name == '.' else f'“{name}”'} {count:,}" for name, count in folders.items()]
    more = f" and {len(folders) - 6} more" if len(folders) > 6 else ""
    return f"The pictures are in {len(folders)} folders: {', '.join(counted[:6])}{more}."


def _masks(found: Survey) -> list[str]:
    """Folders whose files are called as those of another one, each with the one it has most names in common with."""
    stems: dict[str, set[str]] = {}
    for name in found.names:
        path = PurePosixPath(name)
        stems.setdefault(str(path.parent), set()).add(path.stem)
    common = [(len(stems[one] & stems[other]), one, other) for one, other in combinations(stems, 2)]
    told, said = set[str](), []
    for count, one, other in sorted(common, key=lambda pair: -pair[0]):
        enough = count >= max(2, min(len(stems[one]), len(stems[other])) // 2)
        if enough and not told & {one, other}:
            told |= {one, other}
            said.append(
                f"{count:,} pictures of “{other}” are called as those of “{one}”. If they are masks or labels, leave "
                "their folder out; if they belong together, choose the task pairs."
            )
    return [*said[:NAMED], *_named_as_masks(found)]


def _named_as_masks(found: Survey) -> list[str]:
    """Files beside others that they are masks of, by a word at the end of their names."""
    marked = {name for name in found.names if MASKED.search(PurePosixPath(name).stem.casefold())}
    bare = {(_parent(name), partner_key(name)) for name in found.names if name not in marked}
    beside = sorted(name for name in marked if (_parent(name), partner_key(name)) in bare)
    if len(beside) < 2:
        return []
    return [
        f"{len(beside):,} pictures are called as others beside them, with a word behind, such as “{beside[0]}”. If "
        "they are masks or labels, put them into a folder of their own; leave that out, or choose the task pairs."
    ]


def _framed(found: Survey, framing: str) -> str:
    count, share = found.lost(framing)
    if framing == "squeeze":
        count = sum(abs(width / height - 1) > TWICE for width, height in found.sizes)
        return f"{_pictures(count)} {_were(count)} squeezed to squares." if count else ""
    if not count:
        return ""
    if framing == "pad":
        return f"{_pictures(count)} {_were(count)} given bars, {share:.0%} of the square in the mean."
    return (
        f"{_pictures(count)} {_are(count)} not square: {FRAMINGS[framing or 'middle']}, {share:.0%} of each is lost in "
        "the mean."
    )


def _twins(twins: np.ndarray, names: Sequence[str]) -> str:
    again = np.flatnonzero(twins != np.arange(len(twins)))
    if not len(again):
        return ""
    examples = [f"“{names[at]}” is like “{names[twins[at]]}”" for at in again[:2].tolist() if len(names) == len(twins)]
    named = f" ({', '.join(examples)})" if examples else ""
    return f"{_pictures(len(again))} {_are(len(again))} there once more, equal or nearly{named}" + (
        "; what is alike is either studied or held out." if len(set(twins.tolist())) > 1 else "."
    )


def _flat(flat: np.ndarray, names: Sequence[str]) -> str:
    count = int(flat.sum())
    if count <= FEW and count < len(flat) / 10:
        return ""
    where = np.flatnonzero(flat)
    called = [f"“{names[at]}”" for at in where[:NAMED].tolist() if len(names) == len(flat)]
    more = f" and {count - NAMED:,} more" if count > NAMED else ""
    folders = Counter(_parent(names[at]) for at in where.tolist()) if called else Counter()
    most, number = folders.most_common(1)[0] if folders else (".", 0)
    inside = f" {number:,} of them are in “{most}”." if len({*map(_parent, names)}) > 1 and most != "." else ""
    return f"{_pictures(count)} {_are(count)} of one colour: {', '.join(called)}{more}.{inside}"


def _alike(pictures: np.ndarray) -> str:
    some = pictures[:: max(1, len(pictures) // 256)].astype(np.float32)
    apart = np.abs(some - some.mean(0)).mean()
    if apart >= ALIKE:
        return ""
    return "All pictures look much alike: there may be little to learn from them."


def _parent(name: str) -> str:
    return str(PurePosixPath(name).parent)


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count:,} pictures"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
