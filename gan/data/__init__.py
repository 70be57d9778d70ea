"""Where the pictures come from: drawn by this project, a known data set, or a person's own folder or ZIP."""

import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from gan.data import room, use
from gan.data.drawn import DRAWN, MAX_RESOLUTION, MIN_RESOLUTION, drawn_picture
from gan.data.keys import drawn_key, folder_key, zip_key
from gan.data.own.preparation import Preparation
from gan.data.own.reading import PLAIN, Report, TooFewPictures, read_pictures
from gan.data.store import Pictures, build, find
from gan.data.uploads import forget_upload
from gan.errors import ForgerError
from gan.progress import Progress, ignore

if TYPE_CHECKING:
    from gan.data.known import KnownSet

__all__ = [
    "DRAWN_COUNT", "PLAIN", "Pictures", "Preparation", "absolute_source", "content_key", "drawing_seconds",
    "drawn_count", "find_pictures", "lacks_pairs", "open_pictures",
    "source_descriptions", "source_names",
]  # fmt: skip

DRAWN_COUNT = 4096  # of a set that has no end
TRIED = 8  # pictures that tell how long all of them will take


def source_names() -> list[str]:
    """The names of the built-in sources, drawn ones first."""
    return list(source_descriptions())


def source_descriptions() -> dict[str, str]:
    """Each built-in source with one sentence that says what it is."""
    return {name: one.description for name, one in (DRAWN | _known_sets()).items()}


def absolute_source(source: str) -> str:
    """`source` so that it means the same from any folder: a built-in name as it is, a path made absolute.

    Raises ForgerError if there is no such source.
    """
    return source if source in source_descriptions() else str(_existing_path(source))


def lacks_pairs(source: str, preparation: Preparation) -> str | None:
    """What to do where pairs are asked of a built-in source; None where all is well as far as that."""
    if not preparation.pairs or source not in source_descriptions():
        return None
    return (
        "The task pairs needs pictures of your own, two and two: a folder or ZIP with the folders A (what goes in) and "
        f"B (what should come out), or with pictures that are two beside each other. {source} has no pairs."
    )


def open_pictures(
    source: str, resolution: int, progress: Progress = ignore, preparation: Preparation = PLAIN
) -> Pictures:
    """All pictures of a source as one mapped uint8 array (N, resolution, resolution, 3), made on first use.

    `source` is a built-in name (see `source_names`) or the path of a folder or ZIP; `./drawn-cats` means the
    folder. These are read as `preparation` says; with its `pairs` there are 6 channels. `progress` hears (done, total
    or None) while the array is made, here or by another process, and nothing when it was there; an exception of it ends
    the waiting. A folder or ZIP whose content changed is read again. An upload that proves to hold too few pictures,
    although nothing was left out, is deleted. To make one, others may go that can be made again
    (`gan.data.room.make_room`).

    Raises ForgerError if there is no such source, pairs are asked of a built-in one, a known set has not been
    downloaded, fewer than 16 pictures are usable, the resolution is not 16 to 512, or the disk is full; and as
    `gan.data.own.reading` does.
    """
    if not MIN_RESOLUTION <= resolution <= MAX_RESOLUTION:
        raise ForgerError(f"Pictures can be {MIN_RESOLUTION} to {MAX_RESOLUTION} pixels wide, not {resolution}.")
    key = _key(source, preparation)
    if source in DRAWN:
        produce = lambda _: _drawn(source, resolution, progress)  # noqa: E731
    elif source in _known_sets():
        produce = lambda report: _known(source, resolution, report, progress)  # noqa: E731
    else:
        path = _existing_path(source)
        source = str(path)
        produce = lambda report: read_pictures(path, resolution, report, progress, preparation)  # noqa: E731
    pictures = find(key, resolution)
    if pictures is None:
        room.limit_bytes()  # nonsense is better known before
        try:
            pictures = build(key, source, resolution, produce, lambda: progress(0, None))
        except TooFewPictures:
            if not preparation.leave_out and not preparation.pairs:  # else there may be enough in other ways
                forget_upload(Path(source))
            raise
        room.make_room(but=pictures.path.parent)
    return _opened(pictures, source, preparation)


def find_pictures(source: str, resolution: int, preparation: Preparation = PLAIN) -> Pictures | None:
    """What `open_pictures` gives, where that was made before and still is what the source has; else None.

    Raises ForgerError where there is no such source, or pairs are asked of a built-in one.
    """
    pictures = find(_key(source, preparation), resolution)
    return None if pictures is None else _opened(pictures, absolute_source(source), preparation)


def drawing_seconds(source: str, resolution: int) -> float:
    """About how long `open_pictures` draws a drawn source here, by the first few of its pictures."""
    from gan.data.drawn.many import processes  # as below

    started = time.perf_counter()
    for index in range(TRIED):
        drawn_picture(source, index, resolution)
    each = (time.perf_counter() - started) / TRIED
    count = drawn_count(source)
    return each * count / processes(count)


def drawn_count(source: str) -> int:
    """How many pictures of a drawn source are learned from."""
    return int(min(DRAWN[source].count, DRAWN_COUNT))


def _key(source: str, preparation: Preparation) -> str:
    """What the array of a source is cached under. Raises ForgerError where there is no such source, or one that has no
    pairs."""
    if missing := lacks_pairs(source, preparation):
        raise ForgerError(missing)
    if source in DRAWN:
        return drawn_key(source, drawn_count(source))
    return source if source in _known_sets() else f"{content_key(_existing_path(source))}-{preparation.mark}"


def content_key(path: Path) -> str:
    """A name for the content of a folder or ZIP: another one where that changes."""
    return folder_key(path) if path.is_dir() else zip_key(path)


def _opened(pictures: Pictures, source: str, preparation: Preparation) -> Pictures:
    """Noted as used, and of the source that was asked for: another ZIP of equal content may have been there first."""
    use.note(pictures.path.parent, source)
    twins = None if preparation.splitting == "by place" else pictures.twins
    return replace(pictures, source=source, twins=twins)


def _drawn(name: str, resolution: int, progress: Progress) -> Iterator[np.ndarray]:
    from gan.data.drawn.many import draw_many  # here, because its child processes run that module as their own

    count = drawn_count(name)
    return _announced(draw_many(name, count, resolution), count, progress)


def _known(name: str, resolution: int, report: Report, progress: Progress) -> Iterator[np.ndarray]:
    from gan.data.known import pictures

    return _announced(pictures(name, resolution, report.skipped), _known_sets()[name].count, progress)


def _announced(pictures: Iterator[np.ndarray], about: int, progress: Progress) -> Iterator[np.ndarray]:
    for done, picture in zip(count(1), pictures):
        yield picture
        progress(done, max(done, about))


def _known_sets() -> "dict[str, KnownSet]":
    from gan.data.known import KNOWN  # here, because it brings an HTTP client that most calls do not need

    return KNOWN


def _existing_path(source: str) -> Path:
    try:
        path = Path(source).expanduser().resolve()
        if source.strip() and path.exists():  # an empty name would be the current folder
            return path
    except (OSError, ValueError, RuntimeError):
        pass  # too long, with a null character, or the home of a user that is not there
    names = ", ".join(source_names())
    raise ForgerError(f"{source!r} is neither a folder or ZIP that exists nor one of: {names}.")
