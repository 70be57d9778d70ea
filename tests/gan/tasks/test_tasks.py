"""The simple tasks, what all tasks have in common, and the framing of what goes into them."""

import pytest
import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, interpolate

from gan.chance import CHANCES, Draws
from gan.tasks import TASKS
from gan.tasks.blur import blur
from gan.tasks.framing import framings, reframe
from gan.tasks.light import luminance
from gan.tasks.reduced import BLOCKS

each_task = pytest.mark.parametrize("name", [name for name, task in TASKS.items() if not task.collected])
each_chance = pytest.mark.parametrize("chance", CHANCES)


def draws(count: int, seed: int = 0, chance: str = "by image") -> Draws:
    return CHANCES[chance](seed).draws("pairs", range(count))


def soft(count: int, size: int, seed: int = 0) -> Tensor:
    """Pictures (count, 3, size, size) in [-1, 1] of soft patches of colour, with some fully black and fully white."""
    patches = torch.rand(count, 3, 8, 8, generator=torch.Generator().manual_seed(seed)) * 2.6 - 1.3
    return interpolate(patches, size=(size, size), mode="bicubic").clamp(-1, 1)


def both(name: str, pictures: Tensor, chance: Draws | None = None) -> Tensor:
    """Sources and targets of the task, one above the other."""
    task = TASKS[name]
    numbers = task.numbers(chance or draws(len(pictures)))
    return torch.cat([task.sources(pictures, numbers), task.targets(pictures)])


def seen(pictures: Tensor, chance: Draws | None = None) -> Tensor:
    """The pictures from nearer, farther or beside."""
    return reframe(pictures, framings(chance or draws(len(pictures))))


@each_task
def test_tasks_have_words_for_people_and_change_exactly_one_side(name):
    task, pictures = TASKS[name], soft(2, 32)
    assert task.title and task.help.endswith(".")
    sources, targets = both(name, pictures).chunk(2)
    assert [torch.equal(side, pictures) for side in (sources, targets)] in ([True, False], [False, True])
    assert torch.equal(pictures, soft(2, 32))  # nothing is changed in place


@each_task
@pytest.mark.parametrize("size", [32, 64, 128, 256])
def test_pairs_keep_the_shape_and_the_range(name, size):
    pairs = both(name, soft(3, size))
    assert pairs.shape == (6, 3, size, size)
    assert pairs.dtype == torch.float32
    assert -1 <= pairs.min() < pairs.max() <= 1


@each_task
@pytest.mark.parametrize("value", [-1.0, 1.0])
def test_a_picture_of_one_colour_has_a_pair_of_numbers_too(name, value):
    assert torch.isfinite(both(name, torch.full((2, 3, 32, 32), value))).all()


@each_task
@each_chance
def test_the_same_chance_makes_the_same_pair(name, chance):
    pictures, elsewhere = soft(4, 32), torch.get_rng_state()
    one, other = (both(name, pictures, draws(4, 1, chance)) for _ in range(2))
    assert torch.equal(one, other)
    assert torch.equal(torch.get_rng_state(), elsewhere)


@each_task
def test_only_a_sketch_is_never_twice_the_same(name):
    pictures, chance = soft(4, 32), draws(4)
    first, second = both(name, pictures, chance), both(name, pictures, chance)
    changed = (first[:4] != second[:4]).flatten(1).any(1)
    assert changed.all() if name == "sketch" else not changed.any()
    assert bool(TASKS[name].numbers(chance)) == (name == "sketch")


@each_task
def test_a_batch_at_once_is_what_its_pictures_are_one_by_one(name):
    pictures, chance = soft(5, 64), CHANCES["by image"](0)
    at_once = both(name, pictures)
    one_by_one = [both(name, pictures[n : n + 1], chance.draws("pairs", range(n, n + 1)))[:, None] for n in range(5)]
    # A sketch is lines or none: where a ridge is just as steep as its neighbour, the last digit decides.
    different = (at_once - torch.cat(one_by_one, 1).flatten(0, 1)).abs() > 1e-4
    assert different.float().mean() <= (0.002 if name == "sketch" else 0)


def test_only_what_a_person_can_draw_is_drawable():
    assert [name for name, task in TASKS.items() if task.drawable] == ["sketch"]


def test_colours_and_a_cartoon_do_not_depend_on_what_is_where_so_they_are_learned_everywhere():
    assert [name for name, task in TASKS.items() if task.any_framing] == ["grey", "cartoon"]


@each_task
def test_a_clean_drawing_is_what_was_drawn_and_any_other_source_goes_in_as_it_is(name):
    task = TASKS[name]
    paper = torch.full((1, 3, 32, 32), -0.2)
    paper[:, :, 15:17, 4:28] = -0.9  # one line with a pen, in bad light
    clean = task.clean(paper)
    if task.drawable:
        assert clean[:, :, 15:17, 8:24].max() < -0.8 and clean[:, :, :8].min() > 0.9
    else:
        assert torch.equal(clean, paper)


def test_grey_is_how_bright_the_picture_looks():
    pictures = soft(2, 32)
    sources = TASKS["grey"].sources(pictures, {})
    red, green, blue = pictures.unbind(1)
    for channel in sources.unbind(1):
        torch.testing.assert_close(channel, 0.299 * red + 0.587 * green + 0.114 * blue)
    assert torch.equal(TASKS["grey"].targets(pictures), pictures)


def test_luminance_tells_green_from_blue_and_leaves_white_white():
    colours = torch.tensor([[0.0, 1, 0], [0, 0, 1], [1, 1, 1]])[:, :, None, None]
    torch.testing.assert_close(luminance(colours).flatten(), torch.tensor([0.587, 0.114, 1.0]))


@pytest.mark.parametrize("size", [32, 64, 128, 256])
def test_a_mosaic_is_blocks_of_the_mean_colour(size):
    pictures, side = soft(2, size), size // BLOCKS
    sources = TASKS["mosaic"].sources(pictures, {})
    means = avg_pool2d(pictures, side)
    assert means.shape == (2, 3, 8, 8)
    torch.testing.assert_close(sources, means.repeat_interleave(side, 2).repeat_interleave(side, 3))
    assert torch.equal(TASKS["mosaic"].targets(pictures), pictures)


def test_a_blur_spreads_a_dot_as_wide_as_it_says_for_each_picture():
    dots = torch.zeros(2, 3, 33, 33)
    dots[:, :, 16, 16] = 1
    sigmas = torch.tensor([1.0, 3.0])
    spread = blur(dots, sigmas, 3.0)
    torch.testing.assert_close(spread.sum((2, 3)), torch.ones(2, 3))
    at = torch.arange(33.0) - 16
    variances = (spread.sum(2) * at**2).sum(2)
    torch.testing.assert_close(variances, (sigmas**2)[:, None].expand(2, 3), rtol=0.05, atol=0)
    torch.testing.assert_close(blur(dots[:1], 1.0), spread[:1], atol=1e-4, rtol=0)
    torch.testing.assert_close(blur(torch.full((1, 3, 9, 9), 0.7), 2.0), torch.full((1, 3, 9, 9), 0.7))


def test_nothing_comes_in_from_beyond_the_edge():
    grey = torch.full((50, 3, 16, 16), 0.7)
    torch.testing.assert_close(seen(grey), grey)


def test_reframing_leaves_about_half_of_the_pictures_alone():
    pictures = soft(4, 16).repeat(100, 1, 1, 1)
    framed = seen(pictures)
    far = (framed - pictures).abs().amax((1, 2, 3))
    assert ((far < 1e-4) | (far > 0.05)).all()
    assert 0.42 < (far < 1e-4).float().mean() < 0.58
    assert framed.shape == pictures.shape
    assert framed.min() > -1 - 1e-5 and framed.max() < 1 + 1e-5


@each_chance
def test_the_same_chance_frames_alike_and_another_does_not(chance):
    pictures = soft(16, 16)
    assert torch.equal(seen(pictures, draws(16, 1, chance)), seen(pictures, draws(16, 1, chance)))
    random = draws(16, 1, chance)
    assert not torch.equal(seen(pictures, random), seen(pictures, random))


def test_a_reframed_picture_is_seen_from_nearer_or_farther_and_off_the_middle():
    """Places painted as colours say where each pixel came from."""
    at = (torch.arange(32) + 0.5) / 16 - 1
    places = torch.stack([at.expand(32, 32), at[:, None].expand(32, 32), torch.zeros(32, 32)])
    moved = [framed for framed in seen(places.expand(60, -1, -1, -1)) if not torch.allclose(framed, places)]
    zooms, shifts = [], []
    for framed in moved:
        middle = framed[:2, 12:20, 12:20]  # away from where it is mirrored
        across = middle[0].diff(dim=1).mean() * 16
        down = middle[1].diff(dim=0).mean() * 16
        torch.testing.assert_close(across, down, atol=0.02, rtol=0)  # not stretched
        zooms.append(across.item())
        shifts.append(middle.mean((1, 2)).abs().max().item())
    assert 0.48 < min(zooms) < 0.7 and 1.1 < max(zooms) < 1.32
    assert 0.2 < max(shifts) < 0.32


def test_of_pairs_that_were_brought_the_first_half_goes_in_and_the_second_should_come_out():
    task, pictures = TASKS["pairs"], torch.cat([soft(2, 32), soft(2, 32, seed=1)], 1)
    torch.testing.assert_close(task.sources(pictures, {}), soft(2, 32), atol=1e-6, rtol=0)
    torch.testing.assert_close(task.targets(pictures), soft(2, 32, seed=1), atol=1e-6, rtol=0)
    assert [name for name, task in TASKS.items() if task.collected] == ["pairs"]
    assert not task.drawable and not task.any_framing and task.help.endswith(".")
