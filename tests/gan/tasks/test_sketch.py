"""What a sketch shows of a picture: lines where its edges are, and paper elsewhere."""

import pytest
import torch
from torch import Tensor
from torch.nn.functional import interpolate

from gan.chance import ByImage
from gan.tasks.sketch import SHORTEST, _even_contrast, _follow, _hand, _ridges, from_paper, hands, sketch

RADIUS = 0.3
SIZES = pytest.mark.parametrize("size", [32, 64, 128, 256])


def chance(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def by_hands(pictures: Tensor, seed: int = 0) -> Tensor:
    """Each of the pictures (N, 3, R, R) as somebody sketches it."""
    return sketch(pictures, hands(ByImage(seed).draws("pairs", range(len(pictures)))))


def from_the_middle(size: int) -> Tensor:
    """How far each pixel (size, size) is from the middle, where the side is 1."""
    at = (torch.arange(size) + 0.5) / size - 0.5
    return (at[:, None].square() + at.square()).sqrt()


def disc(size: int, dark: float = 0.3, light: float = 0.9) -> Tensor:
    """A dark disc on a light ground (3, size, size)."""
    return torch.where(from_the_middle(size) < RADIUS, dark, light).expand(3, -1, -1)


def drawn(picture: Tensor, count: int = 24, seed: int = 0) -> Tensor:
    """As many drawings (count, size, size) of one picture; how much ink is where, 0 to 1."""
    return 1 - by_hands(picture.expand(count, -1, -1, -1), seed)[:, 0]


def test_a_sketch_is_grey():
    red, green, blue = by_hands(torch.rand(2, 3, 32, 32, generator=chance())).unbind(1)
    assert torch.equal(red, green) and torch.equal(red, blue)


@SIZES
def test_lines_are_where_the_edge_of_a_disc_is_and_the_rest_is_paper(size):
    ink, far = drawn(disc(size)), (from_the_middle(size) - RADIUS).abs()
    near = ink[:, far < 0.05].mean(1)
    elsewhere = ink[:, far > 0.15].mean(1)
    assert near.min() > 0.15
    assert elsewhere.median() < 0.01
    assert ink.mean() < 0.25  # mostly paper


@SIZES
def test_a_disc_is_drawn_all_around(size):
    """In eight directions from the middle, most drawings have a dark line within reach of the edge."""
    at = (torch.arange(size) + 0.5) / size - 0.5
    direction = ((torch.atan2(at[:, None], at[None]) / torch.pi + 1) * 4).long().clamp(max=7)
    on_edge = (from_the_middle(size) - RADIUS).abs() < 0.06
    ink = drawn(disc(size))
    for eighth in range(8):
        darkest = ink[:, on_edge & (direction == eighth)].amax(1)
        assert (darkest > 0.8).float().mean() > 0.9


def test_the_pen_is_as_black_and_about_as_thick_at_128_pixels_as_at_64():
    share = {}
    for size in (64, 128):
        ink = drawn(disc(size), count=48)
        left = ink[:, size // 2 - size // 32 : size // 2 + size // 32, round(0.12 * size) : round(0.28 * size)]
        assert left.amax(2).median() > 0.95
        share[size] = ink.mean().item()
    assert share[128] == pytest.approx(share[64], rel=0.25)


@SIZES
@pytest.mark.parametrize("value", [0.0, 0.37, 1.0])
def test_a_flat_picture_is_an_empty_sheet(size, value):
    assert drawn(torch.full((3, size, size), value), count=4).max() < 0.01


def test_a_pale_picture_gets_lines_as_a_strong_one_does():
    pale, strong = drawn(disc(64, 0.6, 0.7)).mean(), drawn(disc(64, 0.1, 0.9)).mean()
    assert pale > strong / 2


def test_contrast_is_evened_out_so_that_pale_parts_get_their_lines():
    """Stripes, ten times as strong on the right as on the left, differ far less afterwards."""
    strength = torch.where(torch.arange(64) < 32, 0.05, 0.5)
    stripes = (0.5 + strength * (torch.arange(64)[:, None] // 4 % 2 - 0.5))[None, None]
    even = _even_contrast(stripes, 1.0)[0, 0]
    left, right = even[:, 4:20].std(), even[:, 44:60].std()
    assert 1 < right / left < 5


def test_a_pale_face_beside_a_chequered_curtain_gets_lines_too():
    rows, columns = torch.arange(64)[:, None], torch.arange(64)
    face = 0.16 * (rows // 16 % 2 - 0.5)
    curtain = 0.8 * ((rows // 4 + columns // 4) % 2 - 0.5)
    ink = drawn((0.5 + torch.where(columns < 32, face, curtain)).expand(3, -1, -1))
    assert ink[:, 4:60, 4:20].mean() > ink[:, 4:60, 44:60].mean() / 4


def test_a_picture_full_of_lines_has_no_more_of_them_at_128_pixels_than_at_64():
    patches = torch.rand(1, 3, 10, 10, generator=chance(3))
    share = [drawn(interpolate(patches, size=(s, s), mode="bicubic")[0].clamp(0, 1)).mean().item() for s in (64, 128)]
    assert share[1] == pytest.approx(share[0], rel=0.2)


def test_a_line_is_drawn_where_the_edge_is():
    picture = torch.full((3, 64, 64), 0.8)
    picture[:, :, :20] = 0.2  # an edge between the columns 19 and 20, from top to bottom
    ink = drawn(picture, count=48)[:, 8:56, 10:30]
    at = (ink * torch.arange(10.0, 30.0)).sum(2) / ink.sum(2).clamp_min(1e-6)  # in each row
    there = ink.sum(2) > 0.3
    assert there.float().mean() > 0.8
    assert at[there].mean() == pytest.approx(19.5, abs=0.6)


def test_some_hands_are_steady_and_some_are_not():
    lines = torch.zeros(48, 1, 64, 64)
    lines[:, :, :, 30] = 1
    moved = _hand(lines, hands(ByImage(0).draws("pairs", range(48))), 1.0)[:, 0, 8:56]
    at = (moved * torch.arange(64)).sum(2) / moved.sum(2).clamp_min(1e-6)
    there = moved.sum(2) > 0.1
    wavering = torch.stack([row[seen].std() for row, seen in zip(at, there, strict=True)])
    assert wavering.max() > 0.5 and wavering.quantile(0.1) < 0.1
    assert at[there].mean() == pytest.approx(30, abs=0.2)


def test_whether_the_disc_is_the_darker_or_the_lighter_part_does_not_matter():
    at_night, by_day = drawn(disc(64, 0.9, 0.3)), drawn(disc(64))
    assert (at_night - by_day).abs().mean() < 0.02  # by the same hand


def test_no_two_hands_draw_alike():
    ink = drawn(disc(64), count=12)
    apart = (ink[:, None] - ink).abs().mean((2, 3))
    assert apart[~torch.eye(12, dtype=torch.bool)].min() > 0.005
    assert ink.mean((1, 2)).max() > 1.5 * ink.mean((1, 2)).min()  # some press harder, some show more


def test_a_hand_leaves_gaps_now_and_then():
    ink, on_edge = drawn(disc(64), count=64), (from_the_middle(64) - RADIUS).abs() < 0.02
    drawn_share = (ink[:, on_edge] > 0.1).float().mean(1)
    assert drawn_share.max() > drawn_share.min() + 0.15


def test_a_ridge_is_thin_whatever_its_direction():
    size = 48
    at = torch.arange(size).float()
    for across in (at.expand(size, size), at[:, None].expand(size, size), (at + at[:, None]) / 2**0.5):
        slope = torch.sigmoid((across - across.mean()) / 3)[None, None]
        ridges = _ridges(slope)[0, 0, 8:-8, 8:-8]
        assert ridges.max() > 0.05
        along = [(ridges > 0).sum(dim).float() for dim in (0, 1)]
        # In rows or in columns, wherever it crosses them: one pixel, or two where it goes down like stairs.
        assert min(counts[counts > 0].max() for counts in along) <= 2
        assert (ridges > 0).any(0).all() or (ridges > 0).any(1).all()


def test_weak_lines_go_on_from_strong_ones_and_specks_are_no_lines():
    ridges = torch.zeros(1, 1, 64, 64)
    ridges[0, 0, 10, 5:25] = 1.0  # strong
    ridges[0, 0, 10, 25:29] = 0.4  # hangs on to it
    ridges[0, 0, 30, 5:35] = 0.4  # as weak, and alone
    ridges[0, 0, 50, 50 : 50 + SHORTEST - 1] = 1.0  # strong, but a speck
    share = torch.tensor([20 / 64**2])
    lines = _follow(ridges, share, 1.0)[0, 0]
    assert lines[10, 6:28].all()  # where a line ends there are few neighbours, too
    assert lines.sum() == 22


@SIZES
def test_a_drawing_on_shaded_paper_becomes_black_lines_on_white(size):
    shade = torch.linspace(0.9, 0.6, size).expand(3, size, size).clone()
    thick = size // 16
    shade[:, size // 2 : size // 2 + thick, size // 4 : -size // 4] *= 0.4
    clean = from_paper(shade[None])[0]
    assert clean.shape == shade.shape
    assert clean[:, size // 2 : size // 2 + thick, size // 4 : -size // 4].max() < 0.3
    assert clean[:, : size // 4].min() > 0.95 and clean[:, -size // 4 :].min() > 0.95


@pytest.mark.parametrize("value", [0.3, 1.0])
def test_empty_paper_is_an_empty_sheet(value):
    assert from_paper(torch.full((1, 3, 64, 64), value)).min() > 0.99


def test_a_faint_smudge_on_the_paper_does_not_become_ink():
    paper = torch.ones(1, 3, 64, 64)
    paper[:, :, 20:24, 10:54] = 0.85
    assert from_paper(paper).min() > 0.5


def test_a_sketch_is_as_good_as_clean():
    lines = by_hands(disc(64).expand(8, -1, -1, -1))
    assert (from_paper(lines) - lines).abs().mean() < 0.05
