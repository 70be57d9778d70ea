import pytest
import torch
from torch import Tensor

from gan.learning import augment as augmenting
from gan.learning import trainer as trainers
from gan.learning.augment import augment, colour, cutout, translation
from gan.learning.config import configure
from gan.learning.trainer import Trainer

CPU = torch.device("cpu")
each_change = pytest.mark.parametrize("change", [colour, translation, cutout])


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def noise(count: int, side: int = 32) -> Tensor:
    return torch.rand(count, 3, side, side, generator=chance(9)) * 2 - 1


def untouched(before: Tensor, after: Tensor) -> float:
    return (before == after).flatten(1).all(1).float().mean().item()


def test_probability_0_returns_the_same_pictures_and_draws_nothing():
    pictures, random = noise(3), chance()
    assert augment(pictures, 0.0, random) is pictures
    assert torch.equal(random.get_state(), chance().get_state())


def test_the_same_chance_makes_the_same_changes_and_another_does_not():
    pictures = noise(6)
    assert torch.equal(augment(pictures, 0.5, chance(1)), augment(pictures, 0.5, chance(1)))
    assert not torch.equal(augment(pictures, 0.5, chance(1)), augment(pictures, 0.5, chance(2)))
    random = chance(1)
    assert not torch.equal(augment(pictures, 0.5, random), augment(pictures, 0.5, random))


def test_chance_elsewhere_is_left_alone():
    before = torch.get_rng_state()
    augment(noise(4), 1.0, chance())
    assert torch.equal(before, torch.get_rng_state())


@each_change
@pytest.mark.parametrize("side", [32, 64])
def test_each_change_really_changes_and_keeps_the_shape(change, side):
    pictures = noise(100, side)
    kept = pictures.clone()
    changed = change(pictures, 1.0, chance())
    assert torch.equal(pictures, kept)  # the pictures given are not written to
    assert changed.shape == pictures.shape and changed.dtype == pictures.dtype
    assert torch.isfinite(changed).all()
    assert untouched(pictures, changed) < 0.05  # one translation in 81 is by nothing


@each_change
def test_each_change_befalls_its_share_of_the_pictures(change):
    pictures = noise(1000, 16)
    assert untouched(pictures, change(pictures, 0.3, chance())) == pytest.approx(0.7, abs=0.05)
    assert untouched(pictures, change(pictures, 0.0, chance())) == 1.0


def test_at_03_a_third_is_left_alone_by_all_three():
    pictures = noise(1000, 16)
    assert untouched(pictures, augment(pictures, 0.3, chance())) == pytest.approx(0.7**3, abs=0.05)


def test_the_three_befall_pictures_independently_of_each_other():
    pictures = noise(4000, 16)
    random = chance()
    hit = []
    for change in (colour, translation, cutout):
        hit.append((change(pictures, 0.5, random) != pictures).flatten(1).any(1).float())
    correlations = torch.corrcoef(torch.stack(hit))
    assert (correlations - torch.eye(3)).abs().max() < 0.06


@each_change
def test_what_the_inspector_teaches_passes_through(change):
    pictures = noise(8).requires_grad_()
    changed = change(pictures, 1.0, chance())
    changed.square().sum().backward()
    reached = (pictures.grad != 0).flatten(1).float().mean(1)
    assert torch.isfinite(pictures.grad).all()
    assert (reached > 0.5).all()


def test_a_moved_picture_and_its_gradient_move_alike():
    pictures = noise(8).requires_grad_()
    moved = translation(pictures, 1.0, chance())
    moved.sum().backward()
    assert set(pictures.grad.unique().tolist()) == {0.0, 1.0}  # each pixel is shown once, or is outside
    torch.testing.assert_close((pictures * pictures.grad).sum(), moved.sum())


def shift_of(before: Tensor, after: Tensor, reach: int) -> tuple[int, int] | None:
    """By how many (rows, columns) picture (3, s, s) was moved, what comes in being 0; None for no whole pixels."""
    side = before.shape[1]
    padded = torch.nn.functional.pad(before, [reach] * 4)
    for down in range(2 * reach + 1):
        for right in range(2 * reach + 1):
            if torch.equal(padded[:, down : down + side, right : right + side], after):
                return down - reach, right - reach
    return None


def test_translation_is_by_whole_pixels_up_to_an_eighth_to_all_sides():
    pictures = noise(150)
    moved = translation(pictures, 1.0, chance())
    shifts = [shift_of(before, after, 6) for before, after in zip(pictures, moved, strict=True)]
    assert None not in shifts
    for axis in (0, 1):
        assert {shift[axis] for shift in shifts} == set(range(-4, 5))
    assert len(set(shifts)) > 60  # of 81: both directions by chances of their own


@pytest.mark.parametrize("side", [16, 32, 64])
def test_a_cut_out_is_a_square_of_half_the_side_or_what_of_it_lies_inside(side):
    holes = cutout(torch.ones(400, 3, side, side), 1.0, chance()) == 0
    assert torch.equal(holes[:, 0], holes[:, 1]) and torch.equal(holes[:, 0], holes[:, 2])
    tall, wide = holes[:, 0].any(2).sum(1), holes[:, 0].any(1).sum(1)
    assert torch.equal(holes[:, 0].sum((1, 2)), tall * wide)  # one rectangle, without gaps
    for extent in (tall, wide):
        assert (extent.min(), extent.max()) == (side // 4, side // 2)
    assert (tall == side // 2).float().mean().item() == pytest.approx(0.5, abs=0.1)  # else part of it is outside
    coverage = holes[:, 0].float().mean(0)
    for axis in (0, 1):  # all four edges are reached alike
        torch.testing.assert_close(coverage, coverage.flip(axis), atol=0.12, rtol=0)


def test_what_is_outside_a_cut_out_stays():
    pictures = noise(20)
    changed = cutout(pictures, 1.0, chance())
    assert torch.equal(changed[changed != 0], pictures[changed != 0])


def test_brightness_moves_a_grey_picture_by_up_to_a_half_and_leaves_it_grey():
    grey = torch.full((300, 3, 8, 8), 0.25)
    changed = colour(grey, 1.0, chance())
    torch.testing.assert_close(changed, changed[:, :1, :1, :1].expand_as(changed))
    moves = changed[:, 0, 0, 0] - 0.25
    assert moves.min().item() == pytest.approx(-0.5, abs=0.02)
    assert moves.max().item() == pytest.approx(0.5, abs=0.02)


def test_contrast_stretches_light_and_dark_from_a_half_to_three_halves():
    stripes = torch.ones(300, 3, 8, 8)
    stripes[:, :, ::2] = -1
    changed = colour(stripes, 1.0, chance())
    ranges = (changed.amax((1, 2, 3)) - changed.amin((1, 2, 3))) / 2
    assert ranges.min().item() == pytest.approx(0.5, abs=0.02)
    assert ranges.max().item() == pytest.approx(1.5, abs=0.02)


def test_saturation_goes_from_grey_to_twice_the_colour_and_keeps_the_hue():
    tint = torch.tensor([0.3, 0.0, -0.3])
    changed = colour(tint[None, :, None, None].expand(300, 3, 8, 8), 1.0, chance())[:, :, 0, 0]
    strength = (changed[:, 0] - changed[:, 2]) / 0.6
    torch.testing.assert_close(changed[:, 1], (changed[:, 0] + changed[:, 2]) / 2)
    assert strength.min() >= 0
    assert strength.min() < 0.1 and 2 < strength.max() <= 3  # the contrast comes on top


def test_real_pictures_and_forgeries_are_changed_alike_in_both_lessons(config, pictures, monkeypatch):
    calls = []

    def spy(shown: Tensor, probability: float, random: torch.Generator) -> Tensor:
        calls.append((probability, random))
        return augmenting.augment(shown, probability, random)

    monkeypatch.setattr(trainers, "augment", spy)
    trainer = Trainer(configure(config, augment_probability=0.4, d_steps=2, g_steps=3), pictures, CPU)
    trainer.step()
    assert calls == [(0.4, trainer.augment_random)] * (2 * 2 + 3)


def test_the_forger_learns_through_the_changes(config, pictures):
    trainer = Trainer(configure(config, augment_probability=1.0), pictures, CPU)
    before = [parameter.detach().clone() for parameter in trainer.generator.parameters()]
    measured = trainer.step()
    assert measured["gradient_g"] > 0
    assert all((old != new).any() for old, new in zip(before, trainer.generator.parameters(), strict=True))


def test_neither_picture_of_a_pair_shines_through_the_other():
    flat, lines = torch.full((8, 3, 16, 16), 0.25), torch.ones(8, 3, 16, 16)
    lines[:, :, 5] = -1
    changed = colour(torch.cat([flat, lines], 1), 1.0, torch.Generator().manual_seed(0))
    assert changed[:, :3].flatten(1).std(1).max() < 1e-5
    # Each changes as it would by itself.
    alone = colour(flat, 1.0, torch.Generator().manual_seed(0))
    torch.testing.assert_close(changed[:, :3], alone)
