import pytest
import torch
from torch import Tensor

from gan.chance import CHANCES, ByImage, Draws
from gan.learning import augment as augmenting
from gan.learning import lessons
from gan.learning.augment import augment, changes, colour, cutout, translation
from gan.learning.config import configure
from gan.learning.kinds import new_trainer
from gan.learning.recipes import RECIPES
from gan.learning.trainer import Trainer

CPU = torch.device("cpu")
each_change = pytest.mark.parametrize("change", [colour, translation, cutout])


def draws(count: int, seed: int = 0, chance: str = "by image") -> Draws:
    return CHANCES[chance](seed).draws("augmentation", range(count))


def befalling(pictures: Tensor, probability: float = 1.0, seed: int = 0) -> Tensor:
    """What befalls the pictures, each change with that probability."""
    return changes(draws(len(pictures), seed), probability, pictures.shape[-1])


def noise(count: int, side: int = 32) -> Tensor:
    return torch.rand(count, 3, side, side, generator=torch.Generator().manual_seed(9)) * 2 - 1


def untouched(before: Tensor, after: Tensor) -> float:
    return (before == after).flatten(1).all(1).float().mean().item()


@pytest.mark.parametrize("chance", CHANCES)
def test_what_befalls_a_picture_is_one_row_and_never_only_now_and_then(chance):
    assert changes(draws(5, 0, chance), 0.3, 64).shape == (5, 9)
    never, always = (changes(draws(500, 0, chance), probability, 16) for probability in (0.0, 1.0))
    assert torch.equal(augment(noise(500, 16), never), noise(500, 16))
    assert not torch.equal(augment(noise(500, 16), always), noise(500, 16))


def test_what_befalls_a_picture_does_not_depend_on_its_batch():
    whole = changes(draws(12), 0.5, 32)
    shares = [changes(ByImage(0).draws("augmentation", range(n, n + 4)), 0.5, 32) for n in (0, 4, 8)]
    assert torch.equal(torch.cat(shares), whole)


def test_the_same_chance_makes_the_same_changes_and_another_does_not():
    pictures = noise(6)
    one, same, other = (augment(pictures, befalling(pictures, 0.5, seed)) for seed in (1, 1, 2))
    assert torch.equal(one, same) and not torch.equal(one, other)
    again = draws(6, 1)
    assert not torch.equal(changes(again, 0.5, 32), changes(again, 0.5, 32))


def test_chance_elsewhere_is_left_alone():
    before = torch.get_rng_state()
    augment(noise(4), befalling(noise(4)))
    assert torch.equal(before, torch.get_rng_state())


@each_change
@pytest.mark.parametrize("side", [32, 64])
def test_each_change_really_changes_and_keeps_the_shape(change, side):
    pictures = noise(100, side)
    kept = pictures.clone()
    changed = change(pictures, befalling(pictures))
    assert torch.equal(pictures, kept)  # the pictures given are not written to
    assert changed.shape == pictures.shape and changed.dtype == pictures.dtype
    assert torch.isfinite(changed).all()
    assert untouched(pictures, changed) < 0.05  # one translation in 81 is by nothing


@each_change
def test_each_change_befalls_its_share_of_the_pictures(change):
    pictures = noise(1000, 16)
    assert untouched(pictures, change(pictures, befalling(pictures, 0.3))) == pytest.approx(0.7, abs=0.05)
    assert untouched(pictures, change(pictures, befalling(pictures, 0.0))) == 1.0


def test_at_03_a_third_is_left_alone_by_all_three():
    pictures = noise(1000, 16)
    assert untouched(pictures, augment(pictures, befalling(pictures, 0.3))) == pytest.approx(0.7**3, abs=0.05)


def test_the_three_befall_pictures_independently_of_each_other():
    pictures = noise(4000, 16)
    table = befalling(pictures, 0.5)
    hit = [(change(pictures, table) != pictures).flatten(1).any(1).float() for change in (colour, translation, cutout)]
    correlations = torch.corrcoef(torch.stack(hit))
    assert (correlations - torch.eye(3)).abs().max() < 0.06


@each_change
def test_what_the_inspector_teaches_passes_through(change):
    pictures = noise(8).requires_grad_()
    changed = change(pictures, befalling(pictures))
    changed.square().sum().backward()
    reached = (pictures.grad != 0).flatten(1).float().mean(1)
    assert torch.isfinite(pictures.grad).all()
    assert (reached > 0.5).all()


def test_a_moved_picture_and_its_gradient_move_alike():
    pictures = noise(8).requires_grad_()
    moved = translation(pictures, befalling(pictures))
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
    moved = translation(pictures, befalling(pictures))
    shifts = [shift_of(before, after, 6) for before, after in zip(pictures, moved, strict=True)]
    assert None not in shifts
    for axis in (0, 1):
        assert {shift[axis] for shift in shifts} == set(range(-4, 5))
    assert len(set(shifts)) > 60  # of 81: both directions by chances of their own


@pytest.mark.parametrize("side", [16, 32, 64])
def test_a_cut_out_is_a_square_of_half_the_side_or_what_of_it_lies_inside(side):
    white = torch.ones(400, 3, side, side)
    holes = cutout(white, befalling(white)) == 0
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
    changed = cutout(pictures, befalling(pictures))
    assert torch.equal(changed[changed != 0], pictures[changed != 0])


def test_brightness_moves_a_grey_picture_by_up_to_a_half_and_leaves_it_grey():
    grey = torch.full((300, 3, 8, 8), 0.25)
    changed = colour(grey, befalling(grey))
    torch.testing.assert_close(changed, changed[:, :1, :1, :1].expand_as(changed))
    moves = changed[:, 0, 0, 0] - 0.25
    assert moves.min().item() == pytest.approx(-0.5, abs=0.02)
    assert moves.max().item() == pytest.approx(0.5, abs=0.02)


def test_contrast_stretches_light_and_dark_from_a_half_to_three_halves():
    stripes = torch.ones(300, 3, 8, 8)
    stripes[:, :, ::2] = -1
    changed = colour(stripes, befalling(stripes))
    ranges = (changed.amax((1, 2, 3)) - changed.amin((1, 2, 3))) / 2
    assert ranges.min().item() == pytest.approx(0.5, abs=0.02)
    assert ranges.max().item() == pytest.approx(1.5, abs=0.02)


def test_saturation_goes_from_grey_to_twice_the_colour_and_keeps_the_hue():
    tint = torch.tensor([0.3, 0.0, -0.3])[None, :, None, None].expand(300, 3, 8, 8)
    changed = colour(tint, befalling(tint))[:, :, 0, 0]
    strength = (changed[:, 0] - changed[:, 2]) / 0.6
    torch.testing.assert_close(changed[:, 1], (changed[:, 0] + changed[:, 2]) / 2)
    assert strength.min() >= 0
    assert strength.min() < 0.1 and 2 < strength.max() <= 3  # the contrast comes on top


def test_real_pictures_and_forgeries_are_changed_alike_in_both_lessons(config, pictures, monkeypatch):
    tables, probabilities = [], []

    def spy(shown: Tensor, table: Tensor) -> Tensor:
        tables.append(table)
        return augmenting.augment(shown, table)

    def spy_on_chance(draws: Draws, probability: float, side: int) -> Tensor:
        probabilities.append((probability, side))
        return augmenting.changes(draws, probability, side)

    monkeypatch.setattr(lessons, "augment", spy)
    monkeypatch.setattr(lessons, "changes", spy_on_chance)
    trainer = Trainer(configure(config, augment_probability=0.4, d_steps=2, g_steps=3), pictures, CPU)
    trainer.step()
    assert probabilities == [(0.4, 32)] * (2 * 2 + 3)
    assert len(tables) == 2 * 2 + 3
    # Each time by another chance, also where the same forgeries are shown again.
    assert len({table.numpy().tobytes() for table in tables}) == len(tables)


@pytest.mark.parametrize("recipe", RECIPES)
def test_without_augmentation_nothing_is_drawn_for_it(config, pictures, recipe, monkeypatch):
    monkeypatch.setattr(lessons, "changes", lambda *_: pytest.fail("drawn"))
    new_trainer(configure(config, **RECIPES[recipe].settings | {"width_g": 4, "width_d": 4}), pictures, CPU).step()


def test_the_forger_learns_through_the_changes(config, pictures):
    trainer = Trainer(configure(config, augment_probability=1.0), pictures, CPU)
    before = [parameter.detach().clone() for parameter in trainer.generator.parameters()]
    measured = trainer.step()
    assert measured["gradient_g"] > 0
    assert all((old != new).any() for old, new in zip(before, trainer.generator.parameters(), strict=True))


def test_neither_picture_of_a_pair_shines_through_the_other():
    flat, lines = torch.full((8, 3, 16, 16), 0.25), torch.ones(8, 3, 16, 16)
    lines[:, :, 5] = -1
    changed = colour(torch.cat([flat, lines], 1), befalling(flat))
    assert changed[:, :3].flatten(1).std(1).max() < 1e-5
    # Each changes as it would by itself.
    alone = colour(flat, befalling(flat))
    torch.testing.assert_close(changed[:, :3], alone)
