"""What a cartoon makes of a picture: flat colours, few of them, and ink where dark lines are."""

import pytest
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from gan.tasks import TASKS
from gan.tasks.cartoon import _bilateral, _few_colours, _ink, cartoon
from gan.tasks.light import luminance


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def ramps(size: int) -> Tensor:
    """A picture (1, 3, size, size) of thousands of colours."""
    at = torch.linspace(0, 1, size)
    return torch.stack([at.expand(size, size), at[:, None].expand(size, size), at.flip(0).expand(size, size)])[None]


def colours(picture: Tensor) -> Tensor:
    """The distinct colours (n, 3) of a picture (3, h, w)."""
    return torch.unique(picture.flatten(1).T, dim=0)


def lined(size: int, dark: float = 0.2, light: float = 0.8) -> Tensor:
    """A light picture (1, 3, size, size) with a dark line down its middle, a thirtieth of it wide."""
    picture, half = torch.full((1, 3, size, size), light), max(1, size // 64)
    picture[..., size // 2 - half : size // 2 + half] = dark
    return picture


@pytest.mark.parametrize("size", [32, 64, 128, 256])
def test_before_the_ink_there_are_only_a_few_colours(size):
    picture = ramps(size)
    assert len(colours(picture[0])) > 1000
    assert 2 < len(colours(_few_colours(picture)[0])) <= 10


def test_the_few_colours_are_the_pictures_own_and_each_pixel_has_the_nearest():
    stripes = torch.tensor([[0.9, 0.1, 0.1], [0.1, 0.8, 0.2], [0.2, 0.2, 0.7], [1.0, 1.0, 1.0]])
    picture = stripes.T[None, :, None, :].expand(1, 3, 32, 4).repeat_interleave(8, 3)
    torch.testing.assert_close(_few_colours(picture), picture)
    many = ramps(32)
    few = _few_colours(many)
    centres = colours(few[0])
    nearest = centres[torch.cdist(many.flatten(2)[0].T, centres).argmin(1)]
    torch.testing.assert_close(few.flatten(2)[0].T, nearest)


def test_every_picture_of_a_batch_has_colours_of_its_own():
    red, blue = torch.zeros(3, 32, 32), torch.zeros(3, 32, 32)
    red[0], blue[2] = ramps(32)[0, 0], ramps(32)[0, 0]
    one, other = _few_colours(torch.stack([red, blue]))
    assert one[1:].abs().max() == 0 and one[0].max() > 0.5
    assert other[:2].abs().max() == 0 and other[2].max() > 0.5


@pytest.mark.parametrize("size", [32, 64, 128, 256])
def test_dark_lines_become_ink_and_light_ground_stays_light(size):
    result = luminance(cartoon(lined(size)))[0, 0]
    edge = size // 8
    assert result[:, size // 2].max() < 0.05  # it was 0.2
    assert result[:, :edge].min() > 0.8 and result[:, -edge:].min() > 0.8


def test_ink_flows_where_it_is_darker_than_around_and_nowhere_else():
    dark, light = _ink(lined(64)[:, :1], 1.0), _ink(lined(64, 0.8, 0.2)[:, :1], 1.0)
    assert dark[0, 0, :, 31:33].min() > 0.95
    assert light[0, 0, :, 31:33].max() < 0.05
    flat = _ink(torch.full((1, 1, 64, 64), 0.4), 1.0)
    assert flat.max() < 0.05


def test_smoothing_takes_the_grain_and_leaves_the_edge():
    halves = torch.full((1, 3, 64, 64), 0.2)
    halves[..., 32:] = 0.8
    grain = (torch.rand(1, 3, 64, 64, generator=chance()) - 0.5) * 0.1
    smooth = _bilateral(halves + grain, apart=1, colours=0.12)
    assert (smooth - halves).abs().mean() < grain.abs().mean() / 2
    assert (smooth[..., 32] - smooth[..., 31]).mean() > 0.55
    torch.testing.assert_close(_bilateral(halves, apart=1, colours=0.12), halves, atol=2e-3, rtol=0)


def test_colours_come_out_livelier_and_grey_stays_grey():
    dull = torch.tensor([0.6, 0.45, 0.45])[None, :, None, None].expand(1, 3, 32, 32)
    result = cartoon(dull).mean((2, 3))[0]
    assert result[0] - result[1] > 1.2 * (0.6 - 0.45)
    result = cartoon(torch.full((1, 3, 32, 32), 0.5))
    torch.testing.assert_close(result[:, 0], result[:, 1])
    torch.testing.assert_close(result[:, 0], result[:, 2])


def test_a_larger_picture_makes_about_the_same_cartoon():
    patches = torch.tensor([[0.9, 0.3], [0.6, 0.1]]).expand(3, 2, 2) * torch.tensor([1.0, 0.8, 0.6])[:, None, None]
    small, large = (cartoon(interpolate(patches[None], size=(s, s))) for s in (64, 128))
    shrunk = interpolate(large, size=(64, 64), mode="area")
    assert (shrunk - small).abs().mean() < 0.01
    ink = [(luminance(result) < 0.05).float().mean() for result in (small, large)]
    torch.testing.assert_close(ink[0], ink[1], rtol=0.2, atol=0)
    assert ink[0] > 0.02


@pytest.mark.parametrize("size", [32, 64, 128, 256])
def test_grain_leaves_no_mark_at_any_size(size):
    grain = (torch.rand(1, 3, size, size, generator=chance()) - 0.5) * 0.1
    flat = luminance(cartoon(0.5 + grain))
    assert flat.std() < luminance(grain).std() / 2


def test_the_cartoon_is_what_should_come_out_of_a_picture():
    pictures = ramps(32) * 2 - 1
    torch.testing.assert_close(TASKS["cartoon"].targets(pictures), cartoon(ramps(32)) * 2 - 1)
    assert torch.equal(TASKS["cartoon"].sources(pictures, {}), pictures)
