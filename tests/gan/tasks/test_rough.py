"""How a rough hand draws: eyes where the picture's are, schemes of heads, and traced lines for the others."""

import pytest
import torch
from torch import Tensor

from gan.chance import ByImage
from gan.data.drawn import drawn_picture
from gan.pictures.tensors import to_tensor
from gan.tasks.light import luminance
from gan.tasks.rough import AS_IT_IS, BLANK, DASH, DOT, LOOSE, RING, SHUT, SMALLEST, binding, find_eyes, rough_hands
from gan.tasks.sketch import hands, sketch

SIZES = pytest.mark.parametrize("size", [32, 64, 128, 256])


def chance(count: int, purpose: str = "rough hands", seed: int = 0):
    return ByImage(seed).draws(purpose, range(count))


def head(size: int, eyes: tuple[tuple[float, float], ...] = ((0.36, 0.4), (0.64, 0.4))) -> Tensor:
    """A light disc with two small dark eyes, (1, 3, size, size)."""
    at = (torch.arange(size) + 0.5) / size
    far = lambda x, y: ((at - x).square() + (at[:, None] - y).square()).sqrt()  # noqa: E731
    picture = torch.where(far(0.5, 0.5) < 0.4, 0.8, 0.5)
    for x, y in eyes:
        picture = torch.where(far(x, y) < 0.035, 0.1, picture)
    return picture.expand(1, 3, -1, -1)


def drawn(pictures: Tensor, probability: float = 1.0, **changes: Tensor) -> Tensor:
    """How much ink is where (N, size, size)."""
    numbers = hands(chance(len(pictures), "pairs")) | rough_hands(chance(len(pictures)), probability) | changes
    return 1 - sketch(pictures, numbers)[:, 0]


def still(count: int) -> dict[str, Tensor]:
    """A rough hand that puts everything where it is."""
    none = torch.zeros(count)
    return {
        "askew": torch.zeros(count, 6), "bent": torch.zeros(count, 2, 3, 3), "missing": torch.zeros(count, 1, 4, 4),
        "wobble": torch.zeros(count, 2, 5, 5), "gaps": torch.zeros(count, 1, 8, 8), "scheme": none,
        "small": torch.ones(count),
        "eye_size": torch.full((count,), 3.0), "proportions": torch.zeros(count, 6),
    }  # fmt: skip


@SIZES
@pytest.mark.parametrize("eyes", [((0.36, 0.4), (0.64, 0.4)), ((0.4, 0.55), (0.62, 0.55)), ((0.33, 0.3), (0.63, 0.3))])
def test_two_small_dark_spots_beside_each_other_are_eyes(size, eyes):
    for (x, y), (wanted_x, wanted_y) in zip(find_eyes(luminance(head(size, eyes))), eyes, strict=True):
        assert (x / size - wanted_x).abs() < 0.05 and (y / size - wanted_y).abs() < 0.05


def test_the_eyes_of_drawn_faces_are_found_mostly():
    pictures = torch.cat([to_tensor(drawn_picture("drawn-faces", index, 64)[None]) for index in range(40)]) / 2 + 0.5
    (left, y), (right, _) = find_eyes(luminance(pictures))
    middle = ((left + right) / 2 / 64 - 0.5).abs() < 0.1
    assert (middle & ((y / 64 - 0.5).abs() < 0.15)).float().mean() > 0.8


def test_who_is_not_rough_traces_exactly_as_ever():
    pictures = torch.rand(4, 3, 64, 64, generator=torch.Generator().manual_seed(0))
    traced = 1 - sketch(pictures, hands(chance(4, "pairs")))[:, 0]
    assert torch.allclose(drawn(pictures, 0.0), traced, atol=1e-6)
    some = drawn(pictures, 0.5)
    changed = (some - traced).abs().amax((1, 2)) > 0.1
    assert changed.tolist() == (rough_hands(chance(4), 0.5)["rough"] > 0).tolist()


@SIZES
def test_an_eye_is_drawn_as_was_chosen(size):
    pictures = head(size).expand(4, -1, -1, -1)
    kinds = torch.tensor([DOT, RING, SHUT, DASH])
    dot, ring, shut, dash = drawn(pictures, eyes=kinds, **still(4))
    row, column, reach = round(0.4 * size), round(0.36 * size), round(3 / 64 * size)
    middle = slice(row - size // 64, row + size // 64 + 1), slice(column - size // 64, column + size // 64 + 1)
    assert dot[middle].mean() > 0.7
    above, below = slice(row - reach - size // 32, row), slice(row + size // 64, row + reach + size // 32)
    wide = slice(column - reach, column + reach)
    assert shut[below, wide].sum() > 2 * shut[above, wide].sum()
    if size > 32:  # where there is room for something within a ring
        assert max(eye[middle].mean() for eye in (ring, shut)) < dot[middle].mean()
    assert dash[row - size // 32 : row + size // 32, wide].sum() > 0.7 * dash[above.start : below.stop, wide].sum()


@SIZES
def test_a_scheme_is_a_closed_head_around_the_eyes_whatever_the_photograph_shows(size):
    parts = torch.ones(1, 9)  # a bare head
    changes = still(1) | {"scheme": torch.ones(1), "parts": parts, "eyes": torch.tensor([AS_IT_IS])}
    ink = drawn(head(size), **changes)[0]
    # From between the eyes, in all directions but along the nose, one meets a line.
    for turn in torch.arange(0, 6.28, 0.2):
        reach = torch.arange(0.15 * size, 0.75 * size)
        x, y = (0.5 * size + reach * turn.cos()).long(), (0.5 * size + reach * turn.sin()).long()
        inside = (x >= 0) & (x < size) & (y >= 0) & (y < size)
        assert ink[y[inside], x[inside]].max() > 0.5
    assert ink.mean() < 0.25


def test_what_is_rough_depends_on_the_number_of_the_picture_alone():
    whole, part = (
        rough_hands(ByImage(3).draws("rough hands", range(8)), 0.5),
        rough_hands(ByImage(3).draws("rough hands", range(4, 8)), 0.5),
    )
    assert all(torch.equal(whole[name][4:], part[name]) for name in whole)


@SIZES
def test_what_is_far_from_all_lines_counts_little_and_the_less_the_rougher_the_hand(size):
    paper = torch.ones(3, 3, size, size)
    pen = max(1, size // 64)
    paper[1:, :, size // 2 : size // 2 + pen, :] = -1  # a line across
    bound = binding(paper, {LOOSE: torch.tensor([0.0, 0.0, 0.5])})
    assert torch.allclose(bound[0], torch.tensor(BLANK)) and torch.allclose(bound[1, 0, 0], torch.tensor(BLANK))
    assert bound[1, 0, size // 2].min() > 0.4
    torch.testing.assert_close(bound[2], bound[1] / 2)


def test_a_drawing_may_be_smaller_than_what_it_is_of_and_its_pixels_then_hardly_count():
    numbers = rough_hands(chance(400), 1.0)
    small, loose = numbers["small"], numbers[LOOSE]
    assert SMALLEST <= small.min() < 0.55 and 0.4 < (small == 1).float().mean() < 0.6
    assert (loose[small < 0.75] > 0.8).all() and (loose[(small == 1) & (numbers["scheme"] == 0)] == 0.5).all()
    pictures = head(64)
    columns = {}
    for factor in (1.0, 0.5):
        ink = drawn(pictures, **still(1) | {"small": torch.tensor([factor])})
        columns[factor] = (ink[0].amax(0) > 0.3).nonzero().flatten()
    width = {factor: int(found.max() - found.min()) for factor, found in columns.items()}
    assert width[0.5] == pytest.approx(width[1.0] / 2, abs=4)
