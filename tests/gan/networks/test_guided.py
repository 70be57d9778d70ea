import pytest
import torch

from gan.networks.guided import GuidedGenerator
from gan.networks.poster import PosterGenerator
from gan.networks.skip import SkipGenerator

RESOLUTIONS = pytest.mark.parametrize("resolution", [32, 64, 128, 256])
SKIPS = pytest.mark.parametrize("skips", [True, False])


@RESOLUTIONS
@SKIPS
def test_shapes_and_ranges(resolution, skips):
    generator = GuidedGenerator(resolution, width=4, skips=skips).eval()
    sources = torch.rand(2, 3, resolution, resolution) * 2 - 1
    with torch.no_grad():
        pictures = generator(1000 * sources)
    assert pictures.shape == sources.shape
    assert -1 <= pictures.min() < pictures.max() <= 1
    sides = [stage.shape[-1] for stage in generator.encode(sources)]
    assert sides == [resolution // 2 ** (number + 1) for number in range(len(sides))]
    assert sides[-1] == 4


@pytest.mark.parametrize("network", [GuidedGenerator, PosterGenerator])
@pytest.mark.parametrize("shape", [(64, 128), (96, 64)])
def test_a_rectangle_goes_through_whole(network, shape):
    sources = torch.randn(1, 3, *shape)
    with torch.no_grad():
        assert network(64, 4, skips=True).eval()(sources).shape == sources.shape


@RESOLUTIONS
def test_its_decoder_is_that_of_the_generator_that_draws_from_latents(resolution):
    guided, free = (make(resolution, 4, 8).state_dict() for make in (GuidedGenerator, SkipGenerator))
    assert {name: guided[name].shape for name in free if name != "first.weight"} == {
        name: value.shape for name, value in free.items() if name != "first.weight"
    }


def test_with_its_weights_it_draws_what_that_draws_of_the_same_plan(monkeypatch):
    free, guided = SkipGenerator(64, 4, 8).eval(), GuidedGenerator(64, 4, skips=True).eval()
    guided.load_state_dict(free.state_dict(), strict=False)
    sources = torch.randn(2, 3, 64, 64)
    with torch.no_grad():
        plan = guided.plan(guided.encode(sources)[-1])
        monkeypatch.setattr(free.first, "forward", lambda latents: plan)
        torch.testing.assert_close(guided(sources), free(torch.zeros(2, 8)))


def test_what_the_encoder_hands_over_counts_as_soon_as_it_was_learned():
    generator, (one, other) = GuidedGenerator(32, 4, skips=True).eval(), torch.randn(2, 2, 3, 32, 32)
    features, others = generator.encode(one), generator.encode(other)
    drawn = generator.decode(one, features)
    assert torch.equal(generator.decode(other, [*others[:-1], features[-1]]), drawn)  # it begins at nothing
    for weights in generator.hands.parameters():
        torch.nn.init.normal_(weights)
    drawn = generator.decode(one, features)
    assert not torch.equal(generator.decode(other, features), drawn)
    for stage in range(len(features)):
        exchanged = [*features[:stage], others[stage], *features[stage + 1 :]]
        assert not torch.equal(generator.decode(one, exchanged), drawn)


def test_without_skips_the_source_is_seen_only_through_the_bottleneck():
    generator, (one, other) = GuidedGenerator(32, 4, skips=False).eval(), torch.randn(2, 2, 3, 32, 32)
    features, others = generator.encode(one), generator.encode(other)
    assert not generator.hands
    assert torch.equal(generator.decode(other, [*others[:-1], features[-1]]), generator.decode(one, features))
