"""The strongest directions: orthonormal, the same everywhere, and along them the first layer moves most."""

import pytest
import torch
from torch import nn

from gan.errors import ForgerError
from gan.generators.directions import directions_of
from gan.learning.config import configure
from gan.networks import new_generator


@pytest.fixture(params=["dcgan", "skip"])
def generator(request, config):
    network = new_generator(configure(config, generator=request.param)).eval()
    norm = next(layer for layer in network.modules() if isinstance(layer, nn.BatchNorm2d))
    norm.running_var.uniform_(0.1, 4, generator=torch.Generator().manual_seed(1))  # as after a training
    return network


def _features(generator, z):
    """What the first layer and its batch norm make of latents."""
    first = next(layer for layer in generator.modules() if isinstance(layer, nn.ConvTranspose2d))
    norm = next(layer for layer in generator.modules() if isinstance(layer, nn.BatchNorm2d))
    with torch.no_grad():
        return norm(first(z[:, :, None, None])).flatten(1)


def test_they_are_orthonormal_and_their_largest_number_is_positive(generator):
    found = directions_of(generator, 5)
    assert found.shape == (5, 8)
    assert torch.allclose(found @ found.t(), torch.eye(5), atol=1e-5)
    assert all(row[row.abs().argmax()] > 0 for row in found)
    assert torch.equal(found, directions_of(generator, 5))


def test_the_features_move_most_along_the_first_and_least_along_the_last(generator):
    found = directions_of(generator, 8)
    change = (_features(generator, found) - _features(generator, torch.zeros(8, 8))).norm(dim=1)
    assert change.tolist() == sorted(change.tolist(), reverse=True)
    others = nn.functional.normalize(torch.randn(64, 8, generator=torch.Generator().manual_seed(0)))
    most = (_features(generator, others) - _features(generator, torch.zeros(64, 8))).norm(dim=1).max()
    assert change[0] > most


def test_a_small_latent_has_few_directions(generator):
    assert len(directions_of(generator, 100)) == 8


def test_a_linear_first_layer_will_do(generator):
    network = nn.Sequential(nn.Linear(2, 12), nn.ReLU())
    network[0].weight.data = torch.zeros(12, 2)
    network[0].weight.data[:, 1] = -1
    assert torch.allclose(directions_of(network, 1), torch.tensor([[0.0, 1.0]]))


@pytest.mark.parametrize("network", [nn.Sequential(nn.Conv2d(3, 8, 3)), nn.Sequential(nn.ReLU())])
def test_another_kind_of_network_is_refused(network):
    with pytest.raises(ForgerError, match="first layer"):
        directions_of(network)
