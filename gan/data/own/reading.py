"""A person's folder or ZIP becomes squares: each picture read as the whole set asks for, or skipped with its reason."""

from collections import Counter
from collections.abc import Generator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

import numpy as np

from gan.data.own import remarks
from gan.data.own.files import listed
from gan.data.own.framing import middle_of_subject, square_of
from gan.data.own.pair_reading import read_pairs
from gan.data.own.preparation import Preparation
from gan.data.own.survey import MIN_PICTURES, FramingNeeded, Survey, TooFewPictures, chosen, look, too_few
from gan.data.picture.decode import Unusable, opened, upright
from gan.data.picture.ground import WHITE
from gan.progress import Progress, ignore

PLAIN = Preparation()


@dataclass
class Report:
    """What was found while pictures were read: grows as they come, and is complete after the last one."""

    skipped: Counter[str] = field(default_factory=Counter)  # reason in plain words -> files
    names: list[str] = field(default_factory=list)  # of the pictures, below their folder; none of built-in sets
    remarks: list[str] = field(default_factory=list)  # sentences on what was done to them


def read_pictures(
    path: Path,
    resolution: int,
    report: Report,
    progress: Progress = ignore,
    preparation: Preparation = PLAIN,
    found: Survey | None = None,
) -> Generator[np.ndarray]:
    """Every usable picture below a folder or in a ZIP, in the order of their names: uint8 (resolution,) * 2 + (3,); or
    every pair, as `gan.data.own.pair_reading.read_pairs` does, with 6 channels.

    What holds for all (one range of deep numbers, one ground under see-through parts) is found in a first look at all
    of them, unless that was `found` before. `progress` hears (0, None) meanwhile, then (files read, files in all).

    Raises ForgerError as `files.listed` does, as `subject.check_available` does where its detectors are needed,
    FramingNeeded where all are twice as wide as high and the preparation does not say what becomes of them, and
    TooFewPictures, which may be after the last file, for fewer than 16.
    """
    if preparation.framing == "subject":
        from gan.data.own.subject import check_available

        check_available()
    with listed(path) as there:
        files = chosen(there, preparation)
        report.remarks += remarks.of_leaving_out((file.name for file in there), preparation)
        found = found or look(files, lambda done, total: progress(0, None))
        if preparation.pairs:
            yield from read_pairs(files, found, path.name, resolution, report, progress, preparation)
            return
        if found.twofold and not preparation.framing:
            raise FramingNeeded(remarks.twofold(path.name, found))
        usable = set(found.names)
        report.skipped.update(found.skipped)
        report.remarks += remarks.of_survey(found, preparation, resolution)
        ground = preparation.ground or (found.ground.colour if found.ground else WHITE)
        wanted = [file for file in files if file.name in usable]
        seen = 0
        for done, file in enumerate(wanted, start=1):
            try:
                with opened(file.read()) as image:
                    whole = upright(image, (resolution, resolution), ground, found.scale, found.highest)
                    subject = middle_of_subject(whole, preparation.framing)
                    picture = square_of(whole, resolution, preparation.framing or "middle", ground, subject)
            except Unusable as reason:
                report.skipped[str(reason)] += 1
            else:
                report.names.append(file.name)
                seen += subject is not None
                yield picture
            progress(done, len(wanted))
        if preparation.framing == "subject":
            report.remarks += remarks.of_subjects(seen, found)
    if len(report.names) < MIN_PICTURES:
        raise TooFewPictures(too_few(len(report.names), report.skipped))


def first_pictures(
    path: Path, resolution: int, preparation: Preparation, found: Survey, count: int
) -> tuple[np.ndarray, Report]:
    """The first of the arrays that `read_pictures` gives, at most `count`, in one (n, ...), and what is known by then.

    A survey has `found` before what holds for all of them; only these are read, so it is quick. Raises ForgerError as
    `read_pictures` does.
    """
    report = Report()
    with closing(read_pictures(path, resolution, report, ignore, preparation, found)) as pictures:
        return np.stack(list(islice(pictures, count))), report


__all__ = ["FramingNeeded", "Report", "Survey", "TooFewPictures", "first_pictures", "read_pictures"]
