"""The kinds of GAN: which networks each has, how it learns, and what that means for all that is made of it.

Upstairs, what a kind draws again and again (`gan.training.sheets`) and how it is judged (`gan.quality.exams`) are
tables with the same keys.
"""

from dataclasses import dataclass

import numpy as np
import torch

from gan.learning.config import Config
from gan.learning.pair_trainer import PairTrainer
from gan.learning.team import Team
from gan.learning.trainer import Trainer
from gan.networks import FAMILIES, LATENTS, PICTURES, Family


@dataclass(frozen=True)
class Kind:
    """One kind of GAN. `networks` are those to choose from, `trainer` does one step."""

    networks: Family
    trainer: type[Trainer]
    # Networks of half the resolution and twice the widths have the same layers, so a training can start from them.
    grows: bool
    # Its grids show pictures of the data set, which are not for everybody.
    shows_data: bool


KINDS = {
    LATENTS: Kind(FAMILIES[LATENTS], Trainer, grows=True, shows_data=False),
    # Redrawing begins beside the picture, so at another size its layers stand elsewhere.
    PICTURES: Kind(FAMILIES[PICTURES], PairTrainer, grows=False, shows_data=True),
}


def kind_of(config: Config) -> Kind:
    """The kind of GAN that `config` describes."""
    return KINDS[config.kind]


def new_trainer(
    config: Config,
    pictures: np.ndarray,
    device: torch.device,
    team: Team | None = None,
    training: np.ndarray | None = None,
) -> Trainer:
    """The trainer for the kind of GAN that `config` describes. Raises ForgerError as `Trainer` does."""
    return kind_of(config).trainer(config, pictures, device, team, training)
