from itertools import product

import pytest
import torch
from torch import nn

from gan.learning.config import configure
from gan.networks import FAMILIES, LATENTS, PICTURES, new_discriminator, new_generator

each_kind = pytest.mark.parametrize("kind", [LATENTS, PICTURES])


@pytest.fixture
def settings(config, redraw_config):
    return {LATENTS: config, PICTURES: redraw_config}


def weights(network: nn.Module) -> torch.Tensor:
    return torch.cat([parameter.detach().flatten() for parameter in network.parameters()])


@each_kind
@pytest.mark.parametrize("new", [new_generator, new_discriminator])
def test_a_seed_is_always_the_same_network_and_another_seed_another(settings, kind, new):
    torch.manual_seed(3)  # chance elsewhere in the process must not matter, and must not be disturbed
    before = torch.get_rng_state()
    one = weights(new(configure(settings[kind], seed=7)))
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(4)
    assert torch.equal(one, weights(new(configure(settings[kind], seed=7))))
    assert not torch.equal(one, weights(new(configure(settings[kind], seed=8))))


@each_kind
def test_each_network_has_the_width_of_its_own_side(settings, kind):
    family = FAMILIES[kind]
    for generator, discriminator in product(family.generators, family.discriminators):
        base = configure(settings[kind], generator=generator, discriminator=discriminator)
        for width_g, width_d in ((8, 4), (4, 8)):
            config = configure(base, width_g=width_g, width_d=width_d)
            assert (len(weights(new_generator(config))) > len(weights(new_generator(base)))) == (width_g == 8)
            assert (len(weights(new_discriminator(config))) > len(weights(new_discriminator(base)))) == (width_d == 8)


@each_kind
def test_a_network_that_lacks_what_training_or_the_pages_need_is_refused_by_name(settings, kind, monkeypatch):
    config, family = settings[kind], FAMILIES[kind]
    monkeypatch.setitem(family.discriminators, config.discriminator, lambda settings: nn.Conv2d(3, 1, 1))
    with pytest.raises(TypeError, match=f"'{config.discriminator}' is no Judge: it lacks group"):
        new_discriminator(config)


def test_a_network_that_cannot_be_looked_into_is_none_for_redrawing(redraw_config, monkeypatch):
    def bare(settings):
        judge = nn.Conv2d(6, 1, 1)
        judge.group = 1
        return judge

    family = FAMILIES[PICTURES]
    monkeypatch.setitem(family.discriminators, redraw_config.discriminator, bare)
    with pytest.raises(TypeError, match="'patch' is no PatchJudge: it lacks patches"):
        new_discriminator(redraw_config)
    monkeypatch.setitem(family.generators, redraw_config.generator, bare)
    with pytest.raises(TypeError, match="'redraw' is no EncoderDecoder: it lacks encode, decode"):
        new_generator(redraw_config)
