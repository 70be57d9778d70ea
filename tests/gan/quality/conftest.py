"""Real-looking pictures of a data set without a data set, and a measure that is quick."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from gan.data.store import Pictures, build
from gan.quality.reference import Reference, TrainingFeatures, reference, training_features
from gan.quality.simple_features import SimpleFeatures


def _draw(count: int, seed: int, resolution: int = 32) -> np.ndarray:
    """Discs of chance place, size and colour on a chance ground, with sharp edges: (N, R, R, 3) uint8."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[:resolution, :resolution]
    places, radii = random.uniform(0.3, 0.7, (count, 2)) * resolution, random.uniform(0.15, 0.3, count) * resolution
    far = np.hypot(x - places[:, :1, None], y - places[:, 1:, None])
    disc, ground = random.integers(0, 256, (2, count, 1, 1, 3))
    grain = random.integers(-20, 21, (count, resolution, resolution, 1))
    return (np.where((far < radii[:, None, None])[..., None], disc, ground) + grain).clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="session")
def draw() -> Callable[..., np.ndarray]:
    """Makes `count` such pictures, others for another `seed`; 32 pixels wide unless `resolution` says otherwise."""
    return _draw


@pytest.fixture(scope="session")
def simple() -> SimpleFeatures:
    return SimpleFeatures(torch.device("cpu"))


@pytest.fixture(scope="session")
def some_discs() -> np.ndarray:
    return _draw(400, seed=0)


@pytest.fixture
def discs(own_folders, some_discs) -> Pictures:
    """A data set of 400 pictures of 32 pixels, in a cache folder of its own."""
    return build("discs", "discs", 32, lambda skipped: iter(some_discs))


@pytest.fixture(scope="session")
def real(some_discs, simple, tmp_path_factory) -> tuple[Reference, TrainingFeatures]:
    """What there is to know of that data set."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORGER_DATA", str(tmp_path_factory.mktemp("discs")))
        pictures = build("discs", "discs", 32, lambda skipped: iter(some_discs))
        return reference(pictures, simple), training_features(pictures, simple)
