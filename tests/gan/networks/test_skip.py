import pytest
import torch
from torch.nn.functional import conv2d, interpolate

from gan.networks.skip import Excitation, SkipGenerator, Stage, enlarged


def channels(generator: SkipGenerator) -> list[int]:
    """What the gated linear units of each stage let through, from 4x4 up."""
    return [generator.first.out_channels // 2, *(stage.convolution.out_channels // 2 for stage in generator.stages)]


@pytest.mark.parametrize("resolution", [32, 64, 128, 256])
@pytest.mark.parametrize("count", [1, 3])
def test_shapes_and_ranges(resolution, count):
    generator = SkipGenerator(resolution, width=4, latent_size=8).eval()
    with torch.no_grad():
        pictures = generator(torch.randn(count, 8))
    assert pictures.shape == (count, 3, resolution, resolution)
    assert -1 <= pictures.min() < pictures.max() <= 1


def test_channels_halve_towards_the_picture_from_8x8_on():
    assert channels(SkipGenerator(32, 12, 100)) == [48, 48, 24, 12]
    assert channels(SkipGenerator(64, 12, 100)) == [96, 96, 48, 24, 12]
    assert channels(SkipGenerator(128, 12, 100)) == [192, 192, 96, 48, 24, 12]


def test_a_closed_gate_lets_nothing_of_its_stage_pass():
    generator = SkipGenerator(64, width=4, latent_size=8)
    z = torch.randn(2, 8)
    with torch.no_grad():
        generator.last.bias.copy_(torch.tensor([0.1, 0.2, 0.3]))
        background = torch.tanh(generator.last.bias)[None, :, None, None].expand(2, 3, 64, 64)
        assert (generator(z) - background).abs().max() > 1e-2
        generator.gates[0].decide.bias.fill_(-200.0)
        torch.testing.assert_close(generator(z), background)


@pytest.mark.parametrize(("resolution", "looked_at"), [(32, []), (64, [4]), (128, [4, 8]), (256, [4, 8, 16])])
def test_each_gate_looks_at_a_sixteenth_of_the_side_and_what_it_decides_teaches_that_stage(resolution, looked_at):
    generator = SkipGenerator(resolution, width=4, latent_size=8)
    seen = []
    for gate in generator.gates:
        gate.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    generator(torch.randn(2, 8))
    assert [features.shape[-1] for features in seen] == looked_at
    assert all(features.requires_grad for features in seen)


def test_an_excitation_is_a_share_for_each_channel_that_hears():
    share = Excitation(6, 5)(torch.randn(3, 6, 16, 16))
    assert share.shape == (3, 5, 1, 1)
    assert ((share > 0) & (share < 1)).all()


def test_half_of_what_a_stage_makes_decides_how_much_of_the_other_half_passes():
    stage = Stage(2, 3).eval()
    with torch.no_grad():
        stage.convolution.weight.zero_()
        stage.convolution.weight[0, :, 1, 1] = 1.0  # the first channel: the sum of both that come in
        stage.norm.bias[3:] = torch.tensor([0.0, 200.0, -200.0])  # gates of a half, all and nothing
        stage.norm.bias[:3] = torch.tensor([1.0, 5.0, 7.0])
        x = torch.arange(8.0).reshape(1, 2, 2, 2)
        out = stage(x)
    sums = torch.tensor([[4.0, 6.0], [8.0, 10.0]]).repeat_interleave(2, 0).repeat_interleave(2, 1)
    expected = torch.stack([(sums / (1 + 1e-5) ** 0.5 + 1) / 2, torch.full((4, 4), 5.0), torch.zeros(4, 4)])
    torch.testing.assert_close(out[0], expected)


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 5), (8, 8), (16, 16), (7, 4)])
@pytest.mark.parametrize(("before", "after"), [(1, 1), (3, 4), (6, 2)])
def test_doubling_within_the_convolution_is_doubling_before_it_in_values_and_in_gradients(size, before, after):
    random = torch.Generator().manual_seed(0)
    x = torch.randn(2, before, *size, generator=random, dtype=torch.float64).requires_grad_()
    weight = torch.randn(after, before, 3, 3, generator=random, dtype=torch.float64).requires_grad_()
    one, other = enlarged(x, weight), conv2d(interpolate(x, scale_factor=2), weight, padding=1)
    assert one.shape == (2, after, 2 * size[0], 2 * size[1])
    torch.testing.assert_close(one, other)
    beside = torch.randn(one.shape, generator=random, dtype=torch.float64)
    gradients = [torch.autograd.grad((made * beside).sum(), (x, weight)) for made in (one, other)]
    torch.testing.assert_close(*gradients)


@pytest.mark.parametrize("mode", ["nearest", "bilinear"])
@pytest.mark.parametrize("side", [4, 8, 16])
def test_a_stage_is_the_same_however_it_doubles(side, mode):
    stage, x = Stage(2, 3, mode), torch.randn(2, 2, side, side, generator=torch.Generator().manual_seed(0))
    made = []
    stage.norm.register_forward_pre_hook(lambda module, given: made.append(given[0]))
    stage(x)
    torch.testing.assert_close(made[0], stage.convolution(interpolate(x, scale_factor=2, mode=mode)))


def test_every_weight_learns():
    generator = SkipGenerator(64, width=4, latent_size=8)
    pictures = generator(torch.randn(4, 8))
    (pictures * torch.randn_like(pictures)).sum().backward()
    for name, parameter in generator.named_parameters():
        assert parameter.grad.abs().max() > 0, name


def test_initialisation():
    torch.manual_seed(0)
    generator = SkipGenerator(64, 12, 100)
    for layer in (generator.first, generator.stages[0].convolution, generator.gates[0].look):
        assert layer.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert generator.last.bias.abs().max() == generator.gates[0].decide.bias.abs().max() == 0
