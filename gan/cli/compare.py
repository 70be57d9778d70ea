"""The command that puts two trainings side by side: in words, in figures, and their pictures as one file."""

import argparse
import math
from collections.abc import Callable
from pathlib import Path

from gan.errors import ForgerError

Command = Callable[..., argparse.ArgumentParser]


def add(command: Command) -> None:
    """Adds it to the command line; `command` makes one of a name, what it does, and help."""
    compare = command(
        "compare",
        _compare,
        "Say what two trainings differ in, and how each stood after as many images as the other.",
    )
    compare.add_argument("one", metavar="A", help="a run; or one that ships, such as 'faces (shipped)'")
    compare.add_argument("other", metavar="B", help="another one")
    compare.add_argument("--out", metavar="FILE", help="put their forgeries side by side into this .png file")
    compare.add_argument("--kimg", type=float, help="those after so many thousands of images; else as late as both go")


def _compare(request: argparse.Namespace) -> int:
    from gan import runs
    from gan.runs import side_by_side

    one, other = runs.find_run(request.one), runs.find_run(request.other)
    if one.name == other.name:
        raise ForgerError(f"{one.name} and {other.name} are the same run: name two.")
    if request.out and Path(request.out).suffix.lower() != ".png":
        raise ForgerError(f"“{Path(request.out).name}” is not a .png file's name.")
    print("\n".join(side_by_side.in_words(one, other, side_by_side.differences_of(one, other))))
    if rows := side_by_side.table(one, other):
        _print_table(rows)
    if request.out:
        counts = side_by_side.save_sheets(one, other, Path(request.out), request.kimg)
        after = " and ".join(f"{name} after {images:,} images" for name, images in counts.items())
        print(f"{after}: {request.out}")
    return 0


def _print_table(rows: list[dict[str, object]]) -> None:
    """Without the columns in which nothing was measured."""
    names = [name for name in rows[0] if any(not _missing(row[name]) for row in rows)]
    texts = [names, *([_short(row[name]) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*texts, strict=True)]
    print()
    for place, row in enumerate(texts):
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
        if place and not place % 2:
            print()


def _short(value: object) -> str:
    if _missing(value):
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _missing(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
