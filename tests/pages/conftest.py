"""A generator whose pictures differ, without any training."""

import pytest

from gan import models
from gan.models import Model


@pytest.fixture
def lively(shipped) -> Model:
    """The shipped generator `cats` with big weights: every latent makes another pattern."""
    generator = models.load_generator(shipped)
    for weights in generator.parameters():
        if weights.dim() > 1:
            weights.mul_(20)
    models.save_generator(shipped.folder, generator, shipped.card)
    return shipped
