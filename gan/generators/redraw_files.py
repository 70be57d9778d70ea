"""Redrawing files: which picture goes where, and what a generator makes of each."""

from pathlib import Path

import numpy as np
import torch

from gan.data.incoming import picture_files, read_file
from gan.errors import ForgerError
from gan.generators import TrainedGenerator
from gan.generators.redraw import Redrawer
from gan.networks import PICTURES
from gan.pictures.crop import middle


def jobs(source: Path, out: Path) -> list[tuple[Path, Path]]:
    """Each picture of `source`, a file or a folder, with the PNG file that is to be made of it.

    Raises ForgerError where there is nothing to read, for an `out` that does not go with `source`, and where a result
    would replace a picture that is to be read.
    """
    if not source.is_dir():
        if out.suffix.lower() != ".png" or out.is_dir():
            raise ForgerError(f"{out} must be a .png file, since {source} is not a folder.")
        found = [(source, out)]
    else:
        if out.exists() and not out.is_dir():
            raise ForgerError(f"{out} must be a folder, since {source} is one.")
        files = picture_files(source)
        if not files:
            raise ForgerError(f"There are no files in {source}.")
        found = [(path, out / f"{name}.png") for path, name in zip(files, _names(files), strict=True)]
    sources = {path.resolve() for path, _ in found}
    for _, path in found:
        if path.resolve() in sources:
            raise ForgerError(f"{path} would be replaced by its own redrawing: choose another place for the results.")
    return found


def _names(files: list[Path]) -> list[str]:
    """A name for the result of each file of a folder: without its ending, where that tells them all apart."""
    stems = [path.stem.casefold() for path in files]  # on many systems, small and large letters are the same
    names = [path.stem if stems.count(path.stem.casefold()) == 1 else path.name for path in files]
    different = len({name.casefold() for name in names}) == len(files)
    return names if different else [path.name for path in files]


def at_moment(model: TrainedGenerator, device: torch.device, kimg: float | None) -> Redrawer:
    """The generator of `model`, as it was after `kimg`. Raises ForgerError where it was not kept then."""
    # One that does not redraw is refused for that.
    return Redrawer(model, device, model.moment_after(kimg) if model.kind == PICTURES else None)


def redraw_file(redrawer: Redrawer, path: Path, drawn: bool) -> np.ndarray:
    """What becomes of the middle square of a picture file, (R, R, 3) uint8; `drawn` ones go in as they are.

    Raises ForgerError, naming the file, for what cannot be read.
    """
    return redrawer.redraw(redrawer.source(middle(read_file(path)), drawn)).result
