"""What a run draws again and again, always from the same beginnings, so that one can follow it learning."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor, nn

from gan.data.drawn import drawn_picture
from gan.generators.sampling import generate, seed_latents
from gan.learning.config import Config
from gan.networks import LATENTS, PICTURES
from gan.pictures.sheet import cell, grid
from gan.pictures.tensors import to_tensor, to_uint8
from gan.tasks import TASKS
from gan.tasks.held_out import held_out_pairs, pairs_of

# The seeds behind every sample grid: the same in all runs, and those that Generate shows first.
FIRST_SEED = 1
# Columns of a sheet of pairs: three rows of them fit on a phone.
COLUMNS = 6


class Sheet(ABC):
    """Pictures made from `inputs`, on one sheet (H, W, 3) uint8."""

    inputs: Tensor

    def by(self, generator: nn.Module) -> np.ndarray:
        """The sheet by a generator that has learned."""
        return self.lay_out(self.pictures_by(generator))

    def pictures_by(self, generator: nn.Module) -> np.ndarray:
        """The pictures (N, R, R, 3) uint8 for a sheet, by a generator that has learned."""
        return generate(generator, self.inputs)

    def scribbled_by(self, generator: nn.Module) -> np.ndarray:
        """The same by a generator that has learned nothing (by batch statistics: it has no running ones yet)."""
        with torch.no_grad():
            return to_uint8(generator(self.inputs))

    def exhibits(self, pictures: Tensor) -> Tensor:
        """Pictures (N, 3, R, R) in [-1, 1] as the inspector is shown them."""
        return pictures

    @abstractmethod
    def lay_out(self, pictures: np.ndarray) -> np.ndarray:
        """The sheet of the pictures (N, R, R, 3) uint8 that were made."""


class LatentSheet(Sheet):
    """Pictures from the same latents, in a square."""

    def __init__(self, config: Config):
        self.inputs = seed_latents(config, range(FIRST_SEED, FIRST_SEED + config.sample_count))

    def lay_out(self, pictures: np.ndarray) -> np.ndarray:
        return grid(pictures, columns=round(len(pictures) ** 0.5))


class PairSheet(Sheet):
    """Pictures redrawn from the same sources: a row of sources, a row of outputs, a row of targets, and so on.

    Sources and targets are (N, R, R, 3) uint8; without targets there are two rows.
    """

    def __init__(self, sources: np.ndarray, targets: np.ndarray | None = None):
        self.inputs = to_tensor(sources)
        self.above, self.below = [sources], [] if targets is None else [targets]

    def exhibits(self, pictures: Tensor) -> Tensor:
        return torch.cat([pictures, self.inputs], 1)

    def lay_out(self, pictures: np.ndarray) -> np.ndarray:
        blank = np.full_like(pictures[0], 255)
        columns = min(COLUMNS, len(pictures))
        rows = []
        for start in range(0, len(pictures), columns):
            for row in (*self.above, pictures, *self.below):
                part = row[start : start + columns]
                # A last row that is not full keeps to its columns.
                rows += [*part, *[blank] * (columns - len(part))]
        return grid(np.stack(rows), columns=columns)


def cut_out(config: Config, sheet: np.ndarray, count: int) -> np.ndarray:
    """The `count` pictures (count, R, R, 3) uint8 that were drawn by a run, out of one of its grids (H, W, 3) uint8.

    Raises ForgerError for a sheet that is too small to have them.
    """
    pairs = config.kind == PICTURES
    columns = min(COLUMNS, count) if pairs else round(count**0.5)
    side = config.resolution
    found = []
    for index in range(count):
        row, column = divmod(index, columns)
        if pairs:  # below its source, above its target
            row = 3 * row + 1
        found.append(cell(sheet, row, column, side))
    return np.stack(found)


def held_out_sheet(config: Config, pictures: np.ndarray, held_out: np.ndarray) -> PairSheet:
    """Redrawn from pictures of the data set (N, R, R, 3) uint8 that training never sees: those at `held_out`."""
    return PairSheet(*held_out_pairs(config.task, pictures, held_out, config.sample_count, chance=config.chance))


def drawn_sheet(config: Config) -> PairSheet:
    """Redrawn from cartoon cats and faces, for whoever is given the generator: photographs that it learned from are not
    for everybody."""
    names = ["drawn-cats"] * (COLUMNS // 2) + ["drawn-faces"] * (COLUMNS // 2)
    pictures = np.stack([drawn_picture(name, index, config.resolution) for index, name in enumerate(names)])
    if TASKS[config.task].collected:  # of which only they who collected them know the target: the cartoon goes in
        return PairSheet(pictures)
    sources, _ = pairs_of(config.task, pictures, chance=config.chance)
    return PairSheet(sources)


# By what goes into the generator, see `gan.learning.kinds`: what a run's grids are (pictures of the data set go in
# where the kind shows any), and what is shown beside a generator, with nothing in it that it learned from.
SHEETS: dict[str, Callable[[Config, np.ndarray, np.ndarray], Sheet]] = {
    LATENTS: lambda config, pictures, held_out: LatentSheet(config),
    PICTURES: held_out_sheet,
}
PREVIEWS: dict[str, Callable[[Config], Sheet]] = {LATENTS: LatentSheet, PICTURES: drawn_sheet}


def new_sheet(config: Config, pictures: np.ndarray, held_out: np.ndarray) -> Sheet:
    """The sheet for the kind of GAN that `config` describes, drawn of the data set's pictures (N, R, R, 3) uint8, of
    which training never sees those at `held_out`."""
    return SHEETS[config.kind](config, pictures, held_out)


def new_preview(config: Config) -> Sheet:
    """What is shown beside a generator: nothing in it is from the pictures that it learned from."""
    return PREVIEWS[config.kind](config)
