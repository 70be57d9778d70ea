import pytest
import torch
from torch import nn

from gan.networks.dcgan import Discriminator, Generator


def channels(network: nn.Module) -> list[tuple[int, int]]:
    kinds = (nn.Conv2d, nn.ConvTranspose2d)
    return [(layer.in_channels, layer.out_channels) for layer in network.modules() if isinstance(layer, kinds)]


@pytest.mark.parametrize("resolution", [32, 64, 128, 256])
@pytest.mark.parametrize("count", [1, 3])
def test_shapes_and_ranges(resolution, count):
    generator = Generator(resolution, width=4, latent_size=8).eval()
    discriminator = Discriminator(resolution, width=4).eval()
    with torch.no_grad():
        pictures = generator(100 * torch.randn(count, 8))
        logits = discriminator(pictures)
    assert pictures.shape == (count, 3, resolution, resolution)
    assert -1 <= pictures.min() < pictures.max() <= 1
    assert logits.shape == (count,)


def test_channels_halve_up_the_generator_and_double_down_the_discriminator():
    assert channels(Generator(64, 16, 100)) == [(100, 128), (128, 64), (64, 32), (32, 16), (16, 3)]
    assert channels(Discriminator(64, 16)) == [(3, 16), (16, 32), (32, 64), (64, 128), (128, 1)]
    assert len(channels(Generator(32, 16, 100))) == 4
    assert len(channels(Discriminator(128, 16))) == 6


@pytest.mark.parametrize("network", [Generator(64, 4, 8), Discriminator(64, 4)])
def test_no_pooling_and_no_batch_norm_beside_the_picture(network):
    layers = [type(layer).__name__ for layer in network.layers]
    assert not any("Pool" in layer for layer in layers)
    beside_picture = layers[-2:] if isinstance(network, Generator) else layers[:2]
    assert beside_picture in (["ConvTranspose2d", "Tanh"], ["Convolution", "LeakyReLU"])
    assert layers.count("BatchNorm2d") == (4 if isinstance(network, Generator) else 3)


@pytest.mark.parametrize("network", [Generator(64, 32, 100), Discriminator(64, 64)])
def test_initialisation_is_that_of_the_paper(network):
    convolutions = [layer for layer in network.layers if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)]
    norms = [layer for layer in network.layers if isinstance(layer, nn.BatchNorm2d)]
    weights = torch.cat([layer.weight.flatten() for layer in convolutions])
    assert weights.std().item() == pytest.approx(0.02, rel=0.02)
    assert weights.mean().item() == pytest.approx(0, abs=1e-3)
    scales = torch.cat([norm.weight for norm in norms])
    assert scales.mean().item() == pytest.approx(1, abs=0.01)
    assert scales.std().item() == pytest.approx(0.02, rel=0.2)
    assert all(norm.bias.abs().max() == 0 for norm in norms)


def test_the_inspectors_verdicts_depend_on_the_whole_batch_so_none_may_share_a_pass():
    discriminator = Discriminator(32, 4)
    pictures = torch.randn(12, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    others = torch.cat([pictures[:11], torch.zeros(1, 3, 32, 32)])
    with torch.no_grad():
        before, after = discriminator(pictures), discriminator(others)
    assert (before[:11] != after[:11]).all()
    assert discriminator.group is None
