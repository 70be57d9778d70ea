"""Pairs of one's own become squares with six channels, those of the source before those of the target."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from gan.data.own import remarks
from gan.data.own.files import File
from gan.data.own.framing import middle_of_subject, resized, square_box, square_of
from gan.data.own.pairs import Arrangement, arrange, too_few_pairs
from gan.data.own.preparation import Preparation
from gan.data.own.survey import MIN_PICTURES, Survey, TooFewPictures, look
from gan.data.picture.decode import Unusable, opened, upright
from gan.data.picture.ground import WHITE
from gan.data.picture.numbers import Range, is_deep
from gan.progress import Progress

if TYPE_CHECKING:
    from gan.data.own.reading import Report

# Ordinary numbers that all are no higher than this are labels 0, 1, 2 ..., which would look black.
MOST_LABELS = 20


@dataclass(frozen=True)
class _Side:
    """All sources, or all targets: how they are read alike."""

    ground: str
    scale: Range | None
    highest: int  # of colours of 16 bits, as `Survey` has it
    labels: int  # the highest label; 0 where they are pictures
    half: int | None  # 0 for the left half of a file, 1 for the right one

    def read(self, file: File, resolution: int) -> Image.Image:
        """The whole picture as RGB, upright. Raises Unusable."""
        with opened(file.read()) as image:
            size = (resolution if self.half is None else 2 * resolution, resolution)
            picture = _half(upright(image, size, self.ground, self.scale, self.highest), self.half)
            if self.labels:
                picture = picture.point([min(255, round(level * 255 / self.labels)) for level in range(256)] * 3)
            return picture


def read_pairs(
    files: Sequence[File],
    found: Survey,
    name: str,
    resolution: int,
    report: "Report",
    progress: Progress,
    preparation: Preparation,
) -> Iterator[np.ndarray]:
    """Every usable pair among the files of the folder or ZIP called `name`, in which so much was `found`: uint8
    (resolution,) * 2 + (6,). Both are cut alike, where the source asks for it. Raises as `pairs.arrange` does.
    """
    made = arrange(found, name, preparation.backwards)
    report.skipped.update(Counter(found.skipped) + Counter(made.skipped))
    report.remarks += made.remarks
    there = {file.name: file for file in files}
    pairs = [(there[source], there[target]) for source, target in made.pairs]
    source_side, target_side = _sides(pairs, found, made, resolution, report, progress, preparation)
    for done, (source, target) in enumerate(pairs, start=1):
        try:
            both = source_side.read(source, resolution), target_side.read(target, resolution)
        except Unusable as reason:
            report.skipped[f"pair: {reason}"] += 1
        else:
            report.names.append(source.name)
            grounds = source_side.ground, target_side.ground
            yield np.concatenate(squares(both, resolution, preparation.framing or "middle", grounds), axis=2)
        progress(done, len(pairs))
    if len(report.names) < MIN_PICTURES:
        raise TooFewPictures(too_few_pairs(len(report.names), report.skipped))


def squares(
    pair: tuple[Image.Image, Image.Image], resolution: int, framing: str, bars: tuple[str, str]
) -> list[np.ndarray]:
    """A source and a target of one shape as squares, uint8 (resolution, resolution, 3) each: the same part of both."""
    if framing in ("pad", "squeeze"):
        return [square_of(picture, resolution, framing, colour) for picture, colour in zip(pair, bars, strict=True)]
    box = square_box(pair[0].size, framing, middle_of_subject(pair[0], framing))
    cut = []
    for picture in pair:
        across, down = (mine / source for mine, source in zip(picture.size, pair[0].size, strict=True))
        left, top, right, bottom = box[0] * across, box[1] * down, box[2] * across, box[3] * down
        place = (left, top, min(right, picture.width), min(bottom, picture.height))
        cut.append(np.array(resized(picture, (resolution, resolution), place)))
    return cut


def _sides(
    pairs: Sequence[tuple[File, File]],
    found: Survey,
    made: Arrangement,
    resolution: int,
    report: "Report",
    progress: Progress,
    preparation: Preparation,
) -> tuple[_Side, _Side]:
    """How all sources are read, and all targets; what is to be said of each goes into the report."""
    waiting: Progress = lambda done, total: progress(0, None)  # noqa: E731
    sizes = dict(zip(found.names, found.sizes, strict=True))
    sides, said = [], []
    for which in (0, 1):
        files = [pair[which] for pair in pairs]
        seen = found
        # Each side by its own numbers and see-through parts.
        if not made.halves and (found.scale or found.highest or found.ground):
            seen = look(files, waiting)
        half = (which + made.backwards) % 2 if made.halves else None
        own = tuple(sizes[file.name] if half is None else _halved(sizes[file.name]) for file in files)
        seen = replace(seen, names=tuple(file.name for file in files), sizes=own)
        ground = preparation.ground or (seen.ground.colour if seen.ground else WHITE)
        labels = _highest_label(files, half, lambda: progress(0, None))
        sides.append(_Side(ground, seen.scale, seen.highest, labels, half))
        said.append(remarks.of_survey(seen, preparation, resolution) + [_labels(labels)] * bool(labels))
    common = [one for one in said[0] if one in said[1]]
    report.remarks += common
    for what, own_remarks in zip(("Sources", "Targets"), said, strict=True):
        report.remarks += [f"{what}: {one[0].lower()}{one[1:]}" for one in own_remarks if one not in common]
    return sides[0], sides[1]


def _highest_label(files: Sequence[File], half: int | None, waiting: Callable[[], object]) -> int:
    """The highest number in pictures that are labels, by all of them; 0 for others, of which one is enough to tell."""
    highest = 0
    for file in files:
        waiting()
        try:
            with opened(file.read()) as image:
                if is_deep(image):  # scaled by the numbers that there are already
                    return 0
                image.load()
                highest = max(highest, int(np.asarray(_half(image.convert("RGB"), half)).max()))
        except Unusable:  # it will be met again when it is read
            continue
        if highest > MOST_LABELS:
            return 0
    return highest


def _labels(highest: int) -> str:
    return f"The numbers are 0 to {highest}, as labels are: they were spread from black to white."


def _half(image: Image.Image, half: int | None) -> Image.Image:
    if half is None:
        return image
    width, _ = _halved(image.size)
    left = half * (image.width - width)
    return image.crop((left, 0, left + width, image.height))


def _halved(size: tuple[int, int]) -> tuple[int, int]:
    return size[0] // 2, size[1]
