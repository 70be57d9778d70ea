"""Redrawing files: which picture goes where, and what a generator makes of each."""

from collections import Counter
from pathlib import Path

import numpy as np
import torch

from gan.data.incoming import picture_files, read_file
from gan.errors import ForgerError
from gan.generators import TrainedGenerator
from gan.generators.redraw import Redrawer, with_opacity
from gan.networks import PICTURES
from gan.pictures.crop import middle


def jobs(source: Path, out: Path) -> list[tuple[Path, Path]]:
    """Each picture of `source`, a file or a folder with those below it, with the PNG file that is to be made of it.

    Raises ForgerError where there is nothing to read, for an `out` that does not go with `source`, and where a result
    would replace a picture that is to be read.
    """
    if not source.is_dir():
        if out.suffix.lower() != ".png" or out.is_dir():
            if not source.exists():
                raise ForgerError(f"There is no file or folder “{source}”.")
            raise ForgerError(f"{out} must be a .png file, since {source} is not a folder.")
        found = [(source, out)]
    else:
        if out.exists() and not out.is_dir():
            raise ForgerError(f"{out} must be a folder, since {source} is one.")
        files = [path.relative_to(source) for path in picture_files(source) if not _made_before(path, source, out)]
        if not files:
            raise ForgerError(f"There are no files in {source}.")
        found = [(source / path, out / f"{name}.png") for path, name in zip(files, _names(files), strict=True)]
    sources = {path.resolve() for path, _ in found}
    for _, path in found:
        if path.resolve() in sources:
            raise ForgerError(f"{path} would be replaced by its own redrawing: choose another place for the results.")
    return found


def _made_before(path: Path, source: Path, out: Path) -> bool:
    """Whether a picture below `source` lies among the results of another time, in a folder of their own below it."""
    return out.resolve() != source.resolve() and out.resolve() in path.resolve().parents


def _names(files: list[Path]) -> list[str]:
    """A name for the result of each file, relative as they are: without its ending, where that tells them all apart."""
    bare = [(path.parent / path.stem).as_posix() for path in files]
    folded = Counter(name.casefold() for name in bare)  # on many systems, small and large letters are the same
    names = [name if folded[name.casefold()] == 1 else path.as_posix() for path, name in zip(files, bare, strict=True)]
    different = len({name.casefold() for name in names}) == len(files)
    return names if different else [path.as_posix() for path in files]


def at_moment(model: TrainedGenerator, device: torch.device, kimg: float | None) -> Redrawer:
    """The generator of `model`, as it was after `kimg`. Raises ForgerError where it was not kept then."""
    # One that does not redraw is refused for that.
    return Redrawer(model, device, model.moment_after(kimg) if model.kind == PICTURES else None)


def redraw_file(
    redrawer: Redrawer, path: Path, drawn: bool = False, square: bool = False, opaque: bool = False
) -> tuple[np.ndarray, tuple[str, ...]]:
    """What becomes of a picture file, uint8 (H, W, 3) of its shape, and sentences about what was done to read it.

    `drawn` ones go in as they are. `square`: of its middle square alone. Where the picture is see-through, the result
    is, too, (H, W, 4), unless it is to be `opaque`. Raises ForgerError, naming the file, for what cannot be read.
    """
    brought = read_file(path)
    picture, alpha = brought.picture, brought.alpha
    if square:
        picture, alpha = middle(picture), None if alpha is None else middle(alpha)
    result = redrawer.canvas(picture).cut(redrawer.redraw(redrawer.source(picture, drawn)).result)
    return (result if alpha is None or opaque else with_opacity(result, alpha)), brought.remarks
