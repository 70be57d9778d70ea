"""Judging a generator that redraws: how near it comes to the targets of pictures that training never saw."""

import numpy as np
import torch
from torch import nn

from gan.config import Config
from gan.data.split import split
from gan.pairs.held_out import held_out_pairs, pairs_of
from gan.quality.features import choose_features
from gan.quality.fidelity import Fidelity, Yardstick
from gan.sampling import generate, to_uint8

# Training pictures whose mean target is one of the trivial answers.
MEAN_OF = 500
PART = 50


class PairExam:
    """The same held-out pairs for every generator of a task: at most `count`, of pictures (N, R, R, 3) uint8."""

    def __init__(self, config: Config, pictures: np.ndarray, count: int, device: torch.device):
        self.sources, targets = held_out_pairs(config.task, pictures, count)
        mean = _mean_target(config.task, pictures)
        self.yardstick = Yardstick(to_uint8(self.sources), to_uint8(targets), mean, choose_features(device))

    def take(self, generator: nn.Module) -> Fidelity:
        """How near `generator` comes."""
        return self.yardstick.measure(generate(generator, self.sources))


def _mean_target(task: str, pictures: np.ndarray) -> np.ndarray:
    training, _ = split(len(pictures))
    chosen = training[np.linspace(0, len(training) - 1, min(MEAN_OF, len(training))).astype(int)]
    parts = np.array_split(chosen, -(-len(chosen) // PART))
    total = sum(to_uint8(pairs_of(task, pictures[part])[1]).sum(0, dtype=np.int64) for part in parts)
    return np.round(total / len(chosen)).astype(np.uint8)
