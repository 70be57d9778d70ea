"""Which features to measure on: the best at hand, and others for a second opinion."""

from functools import lru_cache

import torch

from gan.networks.efficientnet import LITE1, find_weights
from gan.quality.features import Features
from gan.quality.pretrained_features import PretrainedFeatures, SecondFeatures
from gan.quality.simple_features import SimpleFeatures

CPU = torch.device("cpu")


@lru_cache(maxsize=2)
def choose_features(device: torch.device = CPU) -> Features:
    """The best features at hand: those of EfficientNet-lite0 where its package is installed, else the simple ones.

    Raises ForgerError for weights that are broken.
    """
    weights = find_weights()
    return PretrainedFeatures(weights, device) if weights else SimpleFeatures(device)


@lru_cache(maxsize=2)
def second_features(device: torch.device = CPU) -> Features | None:
    """Those of EfficientNet-lite1 where its package is installed, else none.

    Raises ForgerError for weights that are broken.
    """
    weights = find_weights(LITE1)
    return SecondFeatures(weights, device) if weights else None
