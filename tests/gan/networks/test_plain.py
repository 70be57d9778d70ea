import pytest
import torch
from torch import nn

from gan.learning.config import Config
from gan.networks import new_discriminator
from gan.networks.plain import PlainDiscriminator, with_deviation

GROUP = 8


def convolutions(network: nn.Module) -> list[tuple[int, int]]:
    return [(layer.in_channels, layer.out_channels) for layer in network.modules() if isinstance(layer, nn.Conv2d)]


@pytest.mark.parametrize("resolution", [32, 64, 128, 256])
@pytest.mark.parametrize("count", [1, 3])
def test_shapes(resolution, count):
    with torch.no_grad():
        logits = PlainDiscriminator(resolution, width=4, group=GROUP)(torch.randn(count, 3, resolution, resolution))
    assert logits.shape == (count,)


def test_channels_double_down_to_4x4():
    # The last two compare the pictures at 4x4, with one channel more, and give the verdict.
    assert convolutions(PlainDiscriminator(32, 16, GROUP)) == [(3, 16), (16, 32), (32, 64), (65, 64), (64, 1)]
    assert convolutions(PlainDiscriminator(64, 16, GROUP)) == [
        (3, 16),
        (16, 32),
        (32, 64),
        (64, 128),
        (129, 128),
        (128, 1),
    ]
    assert convolutions(PlainDiscriminator(128, 16, GROUP))[3:5] == [(64, 128), (128, 256)]


def test_nothing_but_convolutions_and_leaky_relus():
    kinds = {type(layer).__name__ for layer in PlainDiscriminator(64, 4, GROUP).modules() if not list(layer.children())}
    assert kinds == {"Convolution", "LeakyReLU"}
    assert all("running" not in name for name in PlainDiscriminator(64, 4, GROUP).state_dict())


def test_deviation_against_numbers_worked_out_by_hand():
    # Two pictures, two channels, 1x2 pixels: deviations 1, 2, 0 and 5, whose mean is 2.
    features = torch.tensor([[[[0.0, 1.0]], [[7.0, -5.0]]], [[[2.0, 5.0]], [[7.0, 5.0]]]])
    out = with_deviation(features, GROUP)
    assert out.shape == (2, 3, 1, 2)
    assert torch.equal(out[:, :2], features)
    torch.testing.assert_close(out[:, 2], torch.full((2, 1, 2), 2.0), atol=1e-3, rtol=0)


def test_each_group_has_its_own_deviation_and_a_picture_alone_none():
    # 8 pictures that are all alike, 2 that differ by 6 from each other; then one more group of one.
    values = torch.tensor([3.0] * 8 + [0.0, 6.0])
    deviation = with_deviation(values[:, None, None, None].expand(-1, 2, 4, 4), 8)[:, 2]
    torch.testing.assert_close(deviation[:, 0, 0], torch.tensor([0.0] * 8 + [3.0] * 2), atol=1e-3, rtol=0)
    alone = with_deviation(torch.randn(9, 2, 4, 4), 8)[:, 2, 0, 0]
    assert alone[0] > 0.5 and alone[8] < 1e-3


def one_group_after_the_other(features: torch.Tensor, group: int) -> torch.Tensor:
    """The deviations of pictures (N, C, h, w) as one would write them down: (N,)."""
    found = []
    for part in features.split(group):
        spread = part.var(0, unbiased=False)
        found += [(spread + 1e-8).sqrt().mean()] * len(part)
    return torch.stack(found)


@pytest.mark.parametrize(
    ("count", "group"), [(8, 8), (16, 8), (16, 4), (19, 8), (5, 8), (1, 8), (6, 2), (7, 3), (9, 9)]
)
def test_all_groups_at_once_are_what_they_are_one_after_the_other_gradients_too(count, group):
    features = torch.randn(count, 3, 4, 4, generator=torch.Generator().manual_seed(count)).requires_grad_()
    with_channel = with_deviation(features, group)
    assert torch.equal(with_channel[:, :3], features)
    channel, expected = with_channel[:, 3], one_group_after_the_other(features, group)
    torch.testing.assert_close(channel, expected[:, None, None].expand(-1, 4, 4))
    weights = torch.arange(1.0, count + 1)
    ours, theirs = (torch.autograd.grad((one * weights).sum(), features)[0] for one in (channel[:, 0, 0], expected))
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("group", [2, 4, 8])
def test_the_setting_says_how_many_pictures_hang_together(group):
    network = new_discriminator(Config(discriminator="plain", resolution=32, width_d=4, deviation_group=group))
    assert network.group == group
    pictures = torch.randn(16, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    changed = pictures.clone()
    changed[-1] = 0
    with torch.no_grad():
        before, after = network(pictures), network(changed)
    assert [index for index in range(16) if (before[index] - after[index]).abs() > 1e-5] == list(range(16 - group, 16))


@pytest.mark.parametrize("count", [2, 3, 8, 9, 12])
def test_batches_of_any_size_learn(count):
    network = PlainDiscriminator(32, 4, GROUP)
    pictures = torch.randn(count, 3, 32, 32, requires_grad=True)
    logits = network(pictures)
    (slopes,) = torch.autograd.grad(logits.sum(), pictures, create_graph=True)
    (logits.square().mean() + slopes.square().mean()).backward()
    assert logits.shape == (count,)
    for name, parameter in network.named_parameters():
        assert torch.isfinite(parameter.grad).all() and parameter.grad.abs().max() > 0, name


def test_a_group_of_equal_pictures_has_finite_gradients():
    """The root of a variance of 0 would have none: it is what a collapsed forger shows."""
    network = PlainDiscriminator(32, 4, GROUP)
    pictures = torch.randn(1, 3, 32, 32).repeat(4, 1, 1, 1).requires_grad_()
    (slopes,) = torch.autograd.grad(network(pictures).sum(), pictures, create_graph=True)
    slopes.square().sum().backward()
    assert torch.isfinite(pictures.grad).all() and torch.isfinite(slopes).all()
    assert all(torch.isfinite(parameter.grad).all() for parameter in network.parameters() if parameter.grad is not None)


def test_a_verdict_depends_on_the_pictures_of_its_group_and_on_no_others():
    network = PlainDiscriminator(32, 4, GROUP)
    pictures = torch.randn(12, 3, 32, 32, generator=torch.Generator().manual_seed(0))
    changed = pictures.clone()
    changed[0] = 0
    with torch.no_grad():
        before, after = network(pictures), network(changed)
    assert (before[:8] != after[:8]).all()
    torch.testing.assert_close(before[8:], after[8:])


def test_signals_keep_their_size_on_the_way_down():
    torch.manual_seed(0)
    network = PlainDiscriminator(64, 32, GROUP)
    sizes = []
    for layer in network.stages:
        layer.register_forward_hook(lambda module, inputs, output: sizes.append(output.square().mean().sqrt().item()))
    with torch.no_grad():
        network(torch.randn(8, 3, 64, 64))
    assert all(0.5 < size < 2 for size in sizes)
    assert all(layer.bias.abs().max() == 0 for layer in network.modules() if isinstance(layer, nn.Conv2d))


def test_the_slim_one_has_no_more_channels_at_the_end_and_grows_as_the_generators_do():
    slim, plain = (PlainDiscriminator(64, 8, GROUP, slim=slim).compare.weight.shape for slim in (True, False))
    assert (slim[0], plain[0]) == (32, 64)
    half, whole = (PlainDiscriminator(side, 512 // side, GROUP, slim=True).stages for side in (64, 128))
    assert [layer.weight.shape for layer in half[2::2]] == [layer.weight.shape for layer in whole[4::2]]
