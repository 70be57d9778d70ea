"""From a picture back to a latent: what the generator itself drew is found again, and nothing leaves its place."""

from collections.abc import Generator

import numpy as np
import pytest
import torch

from gan.errors import ForgerError
from gan.generators import inversion, sampling
from gan.latents.texts import read_latent
from gan.learning.config import Config, configure
from gan.networks import new_generator


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name, value in {"SEEDS": 40, "USUAL": 8, "FIRST_STEPS": 10, "STEPS": 60}.items():
        monkeypatch.setattr(inversion, name, value)


@pytest.fixture(params=["normal", "uniform"])
def own_config(request, config) -> Config:
    return configure(config, latent_distribution=request.param)


def _generator(config: Config) -> torch.nn.Module:
    """One that has learned nothing, but whose weights are so big that every latent makes another pattern."""
    network = new_generator(config).eval().requires_grad_(False)
    for weights in network.parameters():
        if weights.dim() > 1:
            weights.mul_(20)
    return network


def _end(steps: Generator) -> tuple[list[float], object]:
    shares = []
    while True:
        try:
            shares.append(next(steps))
        except StopIteration as end:
            return shares, end.value


def test_a_picture_of_its_own_is_found_again(own_config):
    generator = _generator(own_config)
    shares, seeds = _end(inversion.survey(generator, own_config))
    assert seeds.shape == (40, 16, 16, 3)
    assert shares == sorted(shares)
    (picture,) = sampling.sample(generator, own_config, [12345])
    shares, found = _end(inversion.invert(generator, own_config, picture, seeds))
    assert (shares[-1], len(shares)) == (1.0, 60)
    assert found.distance < 0.8 * found.seeds_distance
    assert found.seeds_distance < 1
    assert np.array_equal(found.wanted, picture)
    # The text alone says which picture it is.
    z = read_latent(found.latent, 8, own_config.latent_distribution)
    assert np.array_equal(sampling.generate(generator, z[None])[0], found.found)
    assert np.array_equal(sampling.sample(generator, own_config, [found.seed])[0], found.seeds_picture)
    assert z.norm() == pytest.approx(8**0.5) if own_config.latent_distribution == "normal" else z.abs().max() <= 1
    assert f"seed {found.seed}" in found.words and f"{found.distance:.0%} is left" in found.words


def test_the_picture_of_a_seed_among_the_first_is_recognised(own_config):
    generator = _generator(own_config)
    _, seeds = _end(inversion.survey(generator, own_config))
    (picture,) = sampling.sample(generator, own_config, [17])
    _, found = _end(inversion.invert(generator, own_config, picture, seeds))
    assert found.seed == 17
    assert found.seeds_distance == pytest.approx(0, abs=0.01)


def test_a_large_picture_is_made_small_and_the_same_is_found_again(own_config, pictures):
    generator = _generator(own_config)
    _, seeds = _end(inversion.survey(generator, own_config))
    large = pictures[0].repeat(4, 0).repeat(4, 1)
    found = [_end(inversion.invert(generator, own_config, large, seeds))[1] for _ in range(2)]
    assert found[0].wanted.shape == (32, 32, 3)
    assert found[0].latent == found[1].latent


def test_a_generator_that_redraws_is_refused(redraw_config):
    with pytest.raises(ForgerError, match="no seeds"):
        next(inversion.survey(new_generator(redraw_config), redraw_config))
