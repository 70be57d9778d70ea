"""Judging a generator that redraws: how near it comes to the targets of pictures that training never saw."""

import numpy as np
import torch
from torch import nn

from gan.config import Config
from gan.data.split import split
from gan.pairs.held_out import PART, Progress, as_tensor, held_out_pairs, pairs_of, spread
from gan.quality.features import choose_features
from gan.quality.fidelity import Fidelity, Yardstick
from gan.sampling import generate

# Training pictures whose mean target is one of the trivial answers.
MEAN_OF = 500


class PairExam:
    """The same held-out pairs for every generator of a task: at most `count`, of pictures (N, R, R, 3) uint8.

    `progress` hears how many of them are made.
    """

    def __init__(self, config: Config, pictures: np.ndarray, count: int, device: torch.device, progress: Progress):
        mean = _mean_target(config.task, pictures, progress)
        self.sources, targets = held_out_pairs(config.task, pictures, count, progress)
        self.yardstick = Yardstick(self.sources, targets, mean, choose_features(device))

    def take(self, generator: nn.Module) -> Fidelity:
        """How near `generator` comes."""
        parts = np.array_split(self.sources, -(-len(self.sources) // PART))
        return self.yardstick.measure(np.concatenate([generate(generator, as_tensor(part)) for part in parts]))


def _mean_target(task: str, pictures: np.ndarray, progress: Progress) -> np.ndarray:
    training, _ = split(len(pictures))
    targets = pairs_of(task, pictures[spread(training, MEAN_OF)], progress)[1]
    return targets.mean(0).round().astype(np.uint8)
