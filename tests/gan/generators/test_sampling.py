import numpy as np
import pytest
import torch
from torch import nn

from gan.errors import ForgerError
from gan.generators import sampling
from gan.latents.distributions import DISTRIBUTIONS, latents_of
from gan.learning.config import configure


class Tiny(nn.Module):
    """(N, 4) -> (N, 3, 2, 2); batch norm and dropout, so that training mode would show."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 12), nn.BatchNorm1d(12), nn.Dropout(0.5), nn.Tanh())
        self.largest = 0

    def forward(self, z):
        self.largest = max(self.largest, len(z))
        return self.layers(z).reshape(-1, 3, 2, 2)


def test_generate():
    torch.manual_seed(0)
    tiny = Tiny()
    before = {name: value.clone() for name, value in tiny.state_dict().items()}
    z = latents_of(range(7), 4, "normal")
    pictures = sampling.generate(tiny, z, batch=3)
    assert pictures.shape == (7, 2, 2, 3)
    assert pictures.dtype == np.uint8
    assert tiny.largest == 3
    assert not tiny.training
    assert all(torch.equal(value, before[name]) for name, value in tiny.state_dict().items())
    with torch.no_grad():
        expected = (tiny(z).permute(0, 2, 3, 1).numpy() + 1) * 127.5
    assert np.abs(pictures - expected).max() <= 0.5 + 1e-3
    # Neither the neighbours nor the size of the batch change a picture, to within rounding.
    alone = sampling.generate(tiny, z[4:5])
    assert np.abs(alone[0].astype(int) - pictures[4]).max() <= 1


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_seeds_are_drawn_as_the_generator_was_trained(config, distribution):
    config = configure(config, latent_size=4, latent_distribution=distribution)
    tiny, z = Tiny(), latents_of([3, 8], 4, distribution)
    assert np.array_equal(sampling.sample(tiny, config, [3, 8]), sampling.generate(tiny, z))


def test_who_redraws_has_no_seeds(redraw_config):
    with pytest.raises(ForgerError, match="has no seeds: bring it a picture"):
        sampling.seed_latents(redraw_config, [1])
