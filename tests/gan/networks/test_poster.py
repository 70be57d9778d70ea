import pytest
import torch

from gan.networks.guided import GuidedGenerator
from gan.networks.poster import COLOURS, PosterGenerator


@pytest.mark.parametrize("resolution", [32, 128])
def test_a_picture_has_few_colours_with_hard_edges(resolution):
    generator = PosterGenerator(resolution, width=4, skips=True).eval()
    with torch.no_grad():
        pictures = generator.flat(30 * torch.randn(3, 4, resolution, resolution))
        assert generator(torch.zeros(3, 3, resolution, resolution)).shape == pictures.shape
    assert pictures.shape == (3, 3, resolution, resolution)
    for picture in pictures:
        colours = picture.flatten(1).unique(dim=1)
        assert 1 < colours.shape[1] <= COLOURS


def test_each_colour_is_the_mean_of_what_would_have_been_painted_there():
    poster = PosterGenerator(32, width=4, skips=True).eval()
    guided = GuidedGenerator(32, width=4, skips=True).eval()
    guided.load_state_dict(poster.state_dict(), strict=False)
    sources = torch.rand(1, 3, 32, 32) * 2 - 1
    with torch.no_grad():
        features = poster.decoded(sources, poster.encode(sources))
        smooth, flat = guided.colour(features)[0], poster.flat(features)[0]
    for colour in flat.flatten(1).T.unique(dim=0):
        there = (flat - colour[:, None, None]).abs().amax(0) < 1e-6
        torch.testing.assert_close(smooth[:, there].mean(1), colour, atol=1e-4, rtol=0)


def test_ink_is_black_on_whatever_colour_and_where_there_is_none_the_colours_stay():
    poster = PosterGenerator(32, width=4, skips=True).eval()
    features = torch.zeros(1, 4, 32, 32)
    features[:, :, :, 16:] = 100.0  # where there is ink
    with torch.no_grad():
        poster.ink.weight.fill_(1.0)
        poster.ink.bias.fill_(-100.0)
        drawn, flat = poster.colour(features), poster.flat(features)
    torch.testing.assert_close(drawn[..., :15], flat[..., :15])
    torch.testing.assert_close(drawn[..., 17:], torch.full_like(flat[..., 17:], -1.0))


def test_neighbours_choose_together():
    poster = PosterGenerator(32, width=4, skips=True).eval()
    torch.manual_seed(0)
    features = torch.randn(1, 4, 32, 32)
    with torch.no_grad():
        flat, leaning = poster.flat(features), poster.choose(features)
    apart = (flat[..., 1:] != flat[..., :-1]).any(1).float().mean()
    alone = (leaning.argmax(1)[..., 1:] != leaning.argmax(1)[..., :-1]).float().mean()
    assert apart < 0.8 * alone


def test_it_learns_what_to_choose():
    generator = PosterGenerator(32, width=4, skips=True)
    generator(torch.randn(2, 3, 32, 32)).square().mean().backward()
    assert generator.choose.weight.grad.abs().max() > 0
    assert generator.last.weight.grad.abs().max() > 0
    assert generator.ink.weight.grad.abs().max() > 0
