"""What a person should know about the pictures that were read, in sentences: what was done to them, what looks odd."""

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

import numpy as np

from gan.data import numbers
from gan.data.framing import SMALL
from gan.data.preparation import FRAMINGS, Preparation
from gan.data.survey import Survey

NAMED = 4  # of many pictures so many are named
FEW = 3  # pictures of one colour that are nothing to speak of, if they are a small part
FLAT = 2.0  # levels of 256 that a picture of one colour may vary by
ALIKE = 4.0  # levels from the mean picture, in the mean of a set: all look the same


def twofold(name: str) -> str:
    """The question about a set in which everything is twice as wide as high."""
    return (
        f"Every picture of “{name}” is twice as wide as it is high. If each holds two beside each other, what goes in "
        "and what should come out, choose the task pairs; else say how they become squares: framing "
        f"{', '.join(FRAMINGS)}."
    )


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
    """What the pictures (N, R, R, C) uint8 show: `twins` (N,) as `gan.data.twins.find_twins` gives them."""
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
    """Folders whose files are called as those of another one."""
    stems: dict[str, set[str]] = {}
    for name in found.names:
        path = PurePosixPath(name)
        stems.setdefault(str(path.parent), set()).add(path.stem)
    folders = list(stems)
    said = []
    for at, one in enumerate(folders):
        for other in folders[at + 1 :]:
            if len(both := stems[one] & stems[other]) >= max(2, min(len(stems[one]), len(stems[other])) // 2):
                said.append(
                    f"{len(both):,} pictures of “{other}” are called as those of “{one}”. If they are masks or labels, "
                    "leave their folder out; if they belong together, choose the task pairs."
                )
    return said[:NAMED]


def _framed(found: Survey, framing: str) -> str:
    count, share = found.lost(framing)
    if framing == "squeeze":
        count = sum(abs(width / height - 1) > 0.02 for width, height in found.sizes)
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
    return (
        f"{_pictures(len(again))} {_are(len(again))} there once more, equal or nearly{named}; what is alike is either "
        "studied or held out."
    )


def _flat(flat: np.ndarray, names: Sequence[str]) -> str:
    count = int(flat.sum())
    if count <= FEW and count < len(flat) / 10:
        return ""
    where = np.flatnonzero(flat)
    called = [f"“{names[at]}”" for at in where[:NAMED].tolist() if len(names) == len(flat)]
    more = f" and {count - NAMED:,} more" if count > NAMED else ""
    folders = Counter(str(PurePosixPath(names[at]).parent) for at in where.tolist()) if called else Counter()
    most, number = folders.most_common(1)[0] if folders else (".", 0)
    inside = f" {number:,} of them are in “{most}”." if len({*map(_parent, names)}) > 1 and most != "." else ""
    return f"{_pictures(count)} {_are(count)} of one colour: {', '.join(called)}{more}.{inside}"


def _alike(pictures: np.ndarray) -> str:
    some = pictures[:: max(1, len(pictures) // 256)].astype(np.float32)
    apart = np.abs(some - some.mean(0)).mean()
    return "All pictures look alike: there is little to learn from them." if apart < ALIKE else ""


def _parent(name: str) -> str:
    return str(PurePosixPath(name).parent)


def _pictures(count: int) -> str:
    return "1 picture" if count == 1 else f"{count:,} pictures"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"


def _were(count: int) -> str:
    return "was" if count == 1 else "were"
