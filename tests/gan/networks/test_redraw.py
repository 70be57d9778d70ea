import pytest
import torch
from torch import nn

from gan.learning.config import configure
from gan.networks import new_discriminator, new_generator
from gan.networks.redraw import PatchDiscriminator, RedrawGenerator

RESOLUTIONS = pytest.mark.parametrize("resolution", [32, 64, 128, 256])
SKIPS = pytest.mark.parametrize("skips", [True, False])


def bottleneck_channels(generator: RedrawGenerator) -> list[int]:
    return [stage.convolution.out_channels for stage in generator.encoder]


@RESOLUTIONS
@SKIPS
@pytest.mark.parametrize("count", [1, 3])
def test_shapes_and_ranges(resolution, skips, count):
    generator = RedrawGenerator(resolution, width=4, skips=skips).eval()
    sources = torch.rand(count, 3, resolution, resolution) * 2 - 1
    with torch.no_grad():
        pictures = generator(sources)
        extreme = generator(1000 * sources)
    assert pictures.shape == sources.shape
    assert -1 <= extreme.min() < extreme.max() <= 1


@RESOLUTIONS
def test_the_encoder_halves_down_to_a_bottleneck_of_4x4(resolution):
    generator = RedrawGenerator(resolution, width=4, skips=True)
    stages = generator.encode(torch.randn(2, 3, resolution, resolution))
    sides = [stage.shape[-1] for stage in stages]
    assert sides == [resolution // 2 ** (number + 1) for number in range(len(stages))]
    assert sides[-1] == 4
    assert bottleneck_channels(generator) == [4, 8, 16, 16, 16, 16][: len(stages)]  # no more than four times the width


@SKIPS
def test_drawing_is_encoding_and_then_decoding(skips):
    generator, sources = RedrawGenerator(32, 4, skips).eval(), torch.randn(2, 3, 32, 32)
    assert torch.equal(generator(sources), generator.decode(sources, generator.encode(sources)))


def test_without_skips_the_source_is_seen_only_through_the_bottleneck():
    generator, (one, other) = RedrawGenerator(32, 4, skips=False).eval(), torch.randn(2, 2, 3, 32, 32)
    features, others = generator.encode(one), generator.encode(other)
    drawn = generator.decode(one, features)
    assert torch.equal(generator.decode(other, [*others[:-1], features[-1]]), drawn)
    assert not torch.equal(generator.decode(one, [*features[:-1], others[-1]]), drawn)


def test_with_skips_every_stage_and_the_source_itself_count():
    generator, (one, other) = RedrawGenerator(32, 4, skips=True).eval(), torch.randn(2, 2, 3, 32, 32)
    features, others = generator.encode(one), generator.encode(other)
    drawn = generator.decode(one, features)
    assert not torch.equal(generator.decode(other, features), drawn)
    for stage in range(len(features)):
        exchanged = [*features[:stage], others[stage], *features[stage + 1 :]]
        assert not torch.equal(generator.decode(one, exchanged), drawn)


@SKIPS
def test_a_decoding_leaves_what_was_encoded_as_it_was(skips):
    generator, sources = RedrawGenerator(32, 4, skips).eval(), torch.randn(2, 3, 32, 32)
    features = generator.encode(sources)
    before = [stage.clone() for stage in features]
    generator.decode(sources, features)
    assert all(torch.equal(one, other) for one, other in zip(features, before, strict=True))


@SKIPS
def test_every_weight_of_the_generator_learns(skips):
    generator = RedrawGenerator(32, 4, skips)
    generator(torch.randn(3, 3, 32, 32)).square().mean().backward()
    for name, parameter in generator.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_the_decoder_enlarges_smoothly_so_that_blank_paper_shows_no_weave():
    generator = RedrawGenerator(32, width=4, skips=True).eval()
    enlarged = []
    generator.decoder[0].convolution.register_forward_pre_hook(lambda module, inputs: enlarged.append(inputs[0]))
    features = generator.encode(torch.zeros(1, 3, 32, 32))
    features[-1] = torch.arange(4.0).expand_as(features[-1])  # brighter from left to right
    generator.decode(torch.zeros(1, 3, 32, 32), features)
    between = enlarged[0].diff(dim=3)[..., 1:-1]
    torch.testing.assert_close(between, torch.full_like(between, 0.5))


def test_what_the_encoder_sees_passes_on_its_way_in_also_where_it_is_below_zero():
    generator = RedrawGenerator(64, width=4, skips=True)
    for stage in generator.encode(torch.randn(4, 3, 64, 64)):
        assert 0 < -stage.min() < stage.max()


def test_the_generator_begins_as_the_dcgan_does():
    generator = RedrawGenerator(64, width=16, skips=True)
    for convolution in (module for module in generator.modules() if isinstance(module, nn.Conv2d)):
        assert convolution.weight.std().item() == pytest.approx(0.02, rel=0.2)


def test_signals_keep_their_size_on_the_inspectors_way_down():
    discriminator = PatchDiscriminator(64, 32)
    sizes = []
    for layer in discriminator.stages:
        layer.register_forward_hook(lambda module, inputs, output: sizes.append(output.square().mean().sqrt().item()))
    with torch.no_grad():
        discriminator(torch.randn(4, 6, 64, 64))
    assert len(sizes) >= 3 and all(0.5 < size < 2 for size in sizes)


def test_a_generator_redraws_each_picture_by_itself_once_it_has_learned():
    generator, sources = RedrawGenerator(32, 4, skips=True).eval(), torch.randn(3, 3, 32, 32)
    torch.testing.assert_close(generator(sources)[1:2], generator(sources[1:2]), atol=1e-5, rtol=1e-4)


@RESOLUTIONS
@pytest.mark.parametrize("count", [1, 3])
def test_each_picture_has_as_many_verdicts_first_those_on_its_patches(resolution, count):
    discriminator, pairs = PatchDiscriminator(resolution, 4), torch.randn(count, 6, resolution, resolution)
    patches, logits = discriminator.patches(pairs), discriminator(pairs)
    assert patches.shape == (count, 8, 8)
    assert logits.ndim == 1 and len(logits) == count * len(discriminator(pairs[:1]))
    assert torch.equal(logits.view(count, -1)[:, :64], patches.flatten(1))


@RESOLUTIONS
def test_no_verdict_depends_on_other_pictures(resolution):
    discriminator, pairs = PatchDiscriminator(resolution, 4), torch.randn(3, 6, resolution, resolution)
    assert discriminator.group == 1
    together = discriminator(pairs).chunk(3)
    for number, logits in enumerate(together):
        torch.testing.assert_close(discriminator(pairs[number : number + 1]), logits)
    exchanged = torch.cat([pairs[:1], torch.randn(2, 6, resolution, resolution)])
    torch.testing.assert_close(discriminator(exchanged).chunk(3)[0], together[0])


@RESOLUTIONS
def test_a_verdict_is_about_its_own_patch_and_its_neighbours(resolution):
    discriminator, pairs = PatchDiscriminator(resolution, 4), torch.randn(1, 6, resolution, resolution)
    side = resolution // 8
    for channel in (0, 5):  # of the picture, of its source
        changed = pairs.clone()
        changed[:, channel, :side, :side] += 3  # the patch in the top left corner
        differs = (discriminator.patches(changed) - discriminator.patches(pairs)).abs()[0] > 1e-6
        assert differs[0, 0]
        assert not differs[5:].any() and not differs[:, 5:].any()


def test_rows_of_verdicts_are_rows_of_the_picture():
    discriminator, pairs = PatchDiscriminator(64, 4), torch.randn(1, 6, 64, 64)
    changed = pairs.clone()
    changed[:, :, 56:, :8] += 3  # bottom left
    differs = (discriminator.patches(changed) - discriminator.patches(pairs)).abs()[0] > 1e-6
    assert differs[7, 0] and not differs[0, 7]


def whole(discriminator: PatchDiscriminator, pairs: torch.Tensor) -> torch.Tensor:
    """All that is said of each picture (N, n) beside the verdicts on its patches."""
    return discriminator(pairs).view(len(pairs), -1)[:, 64:]


@RESOLUTIONS
def test_the_verdict_on_the_whole_counts_as_much_as_a_row_of_patches(resolution):
    discriminator = PatchDiscriminator(resolution, 4)
    verdicts = whole(discriminator, torch.randn(3, 6, resolution, resolution))
    assert verdicts.shape == (3, 8)
    assert (verdicts == verdicts[:, :1]).all() and len(verdicts[:, 0].unique()) == 3


def test_the_verdict_on_the_whole_depends_on_every_corner():
    discriminator, pairs = PatchDiscriminator(64, 4), torch.randn(1, 6, 64, 64)
    for rows in (slice(0, 8), slice(56, 64)):
        for columns in (slice(0, 8), slice(56, 64)):
            changed = pairs.clone()
            changed[:, :, rows, columns] += 3
            assert (whole(discriminator, changed) - whole(discriminator, pairs)).abs().min() > 0


def test_every_weight_of_the_inspector_learns_and_so_does_what_it_looks_at():
    discriminator, pairs = PatchDiscriminator(64, 4), torch.randn(2, 6, 64, 64, requires_grad=True)
    (slopes,) = torch.autograd.grad(discriminator(pairs).sum(), pairs, create_graph=True)
    assert slopes.abs().amax((0, 2, 3)).min() > 0
    (discriminator(pairs).mean() + slopes.square().mean()).backward()
    for name, parameter in discriminator.named_parameters():
        assert parameter.grad is not None and parameter.grad.abs().max() > 0, name


def test_the_inspector_keeps_no_statistics_of_pictures():
    kinds = {type(layer).__name__ for layer in PatchDiscriminator(64, 4).modules() if not list(layer.children())}
    assert kinds == {"Convolution", "LeakyReLU"}


@pytest.mark.parametrize("skips", [True, False])
def test_settings_choose_widths_and_skips(redraw_config, skips):
    config = configure(redraw_config, width_g=4, width_d=8, skips=skips)
    generator, discriminator = new_generator(config), new_discriminator(config)
    assert isinstance(generator, RedrawGenerator) and generator.skips == skips
    first = next(layer for layer in discriminator.modules() if isinstance(layer, nn.Conv2d))
    assert (generator.encoder[0].convolution.out_channels, first.out_channels) == (4, 8)
