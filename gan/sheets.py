"""What a run draws again and again, always from the same beginnings, so that one can follow it learning."""

import numpy as np
import torch
from torch import nn

from gan.config import Config
from gan.data.drawn import draw
from gan.pairs.held_out import as_tensor, held_out_pairs, pairs_of
from gan.pictures import grid
from gan.sampling import generate, latents, to_uint8

# The seeds behind every sample grid: the same in all runs, and those that Generate shows first.
FIRST_SEED = 1
# Columns of a sheet of pairs: three rows of them fit on a phone.
COLUMNS = 6


class LatentSheet:
    """Pictures from the same latents, in a square."""

    def __init__(self, config: Config):
        seeds = range(FIRST_SEED, FIRST_SEED + config.sample_count)
        self.inputs = latents(seeds, config.latent_size, config.latent_distribution)

    def draw(self, generator: nn.Module) -> np.ndarray:
        """The sheet (H, W, 3) uint8 by a generator that has learned."""
        return self._lay_out(generate(generator, self.inputs))

    def scribble(self, generator: nn.Module) -> np.ndarray:
        """The sheet by a generator that has learned nothing (by batch statistics: it has no running ones yet)."""
        with torch.no_grad():
            return self._lay_out(to_uint8(generator(self.inputs)))

    def _lay_out(self, pictures: np.ndarray) -> np.ndarray:
        return grid(pictures, columns=round(len(pictures) ** 0.5))


class PairSheet(LatentSheet):
    """Pictures redrawn from the same held-out ones: a row of sources, a row of outputs, a row of targets, and so on."""

    def __init__(self, config: Config, pictures: np.ndarray):
        sources, targets = held_out_pairs(config.task, pictures, config.sample_count)
        self.inputs, self.above, self.below = as_tensor(sources), [sources], [targets]

    def _lay_out(self, pictures: np.ndarray) -> np.ndarray:
        blank = np.full_like(pictures[0], 255)
        columns = min(COLUMNS, len(pictures))
        rows = []
        for start in range(0, len(pictures), columns):
            for row in (*self.above, pictures, *self.below):
                part = row[start : start + columns]
                # A last row that is not full keeps to its columns.
                rows += [*part, *[blank] * (columns - len(part))]
        return grid(np.stack(rows), columns=columns)


class DrawnSheet(PairSheet):
    """Pictures redrawn from cartoon cats and faces, below what went in.

    For whoever is given the generator: photographs that it learned from are not for everybody.
    """

    def __init__(self, config: Config):
        names = ["drawn-cats"] * (COLUMNS // 2) + ["drawn-faces"] * (COLUMNS // 2)
        pictures = np.stack([draw(name, index, config.resolution) for index, name in enumerate(names)])
        sources, _ = pairs_of(config.task, pictures)
        self.inputs, self.above, self.below = as_tensor(sources), [sources], []


def new_sheet(config: Config, pictures: np.ndarray) -> LatentSheet:
    """The sheet for the kind of GAN that `config` describes; only one that redraws needs the pictures (N, R, R, 3)."""
    return PairSheet(config, pictures) if config.task else LatentSheet(config)


def new_preview(config: Config) -> LatentSheet:
    """What is shown beside a generator: nothing in it is from the pictures that it learned from."""
    return DrawnSheet(config) if config.task else LatentSheet(config)
