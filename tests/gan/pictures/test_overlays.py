import numpy as np
import pytest

from gan.pictures.overlays import MAP_SIDE, VERDICT_SIDE, map_sheet, verdict_picture


def maps(count: int, side: int = 4) -> np.ndarray:
    """Feature maps with a rising value in every place, each map on another scale."""
    ramp = np.arange(side * side, dtype=np.float32).reshape(side, side)
    return np.stack([ramp * 10.0**number - 7 for number in range(count)])


def test_every_map_goes_from_black_to_white_whatever_its_scale():
    sheet = map_sheet(maps(3))
    assert (sheet.shape, sheet.dtype) == ((MAP_SIDE, 3 * MAP_SIDE + 4, 3), np.uint8)
    cells = [sheet[:, left : left + MAP_SIDE] for left in (0, MAP_SIDE + 2, 2 * MAP_SIDE + 4)]
    for cell in cells:
        assert (cell[0, 0] == 0).all()
        assert (cell[-1, -1] == 255).all()
        assert (cell == cells[0]).all()


def test_a_maps_numbers_stay_squares_with_sharp_edges():
    side = MAP_SIDE // 4
    sheet = map_sheet(maps(1))
    for row in range(4):
        for column in range(4):
            square = sheet[row * side : (row + 1) * side, column * side : (column + 1) * side]
            assert (square == round(255 * (4 * row + column) / 15)).all()


@pytest.mark.parametrize("value", [0.0, -3.5, 1e9])
def test_a_map_without_any_difference_is_black(value):
    with np.errstate(all="raise"):
        assert (map_sheet(np.full((1, 4, 4), value, np.float32)) == 0).all()


def test_of_many_maps_the_first_are_shown_row_by_row():
    shown = map_sheet(maps(1).repeat(200, 0))
    assert shown.shape == (4 * (MAP_SIDE + 2) - 2, 16 * (MAP_SIDE + 2) - 2, 3)
    few = map_sheet(np.concatenate([maps(2), np.zeros((9, 4, 4), np.float32)]), columns=2, most=2)
    assert (few == map_sheet(maps(2))).all()


@pytest.mark.parametrize("side", [32, 64, 100])
def test_maps_of_any_size_are_shown(side):
    shown = max(side, MAP_SIDE)  # none of their pixels is left out
    assert map_sheet(maps(2, side)[:, :side, :side]).shape == (shown, 2 * shown + 2, 3)


GREY = np.full((32, 32, 3), 128, np.uint8)
PATCH = VERDICT_SIDE // 8


def test_where_the_inspector_can_only_guess_the_picture_keeps_its_colours():
    over = verdict_picture(GREY, np.full((8, 8), 0.5, np.float32))
    assert (over.shape, over.dtype) == ((VERDICT_SIDE, VERDICT_SIDE, 3), np.uint8)
    assert (over == 128).all()


def test_each_patch_is_red_where_it_was_known_and_green_where_it_fooled():
    verdicts = np.full((8, 8), 0.5, np.float32)
    verdicts[1, 2], verdicts[6, 3] = 0.0, 1.0
    over = verdict_picture(GREY, verdicts).astype(int)
    red = over[PATCH : 2 * PATCH, 2 * PATCH : 3 * PATCH]
    green = over[6 * PATCH : 7 * PATCH, 3 * PATCH : 4 * PATCH]
    assert (red[..., 0] > red[..., 1:].max(-1) + 50).all()
    assert (green[..., 1] > np.delete(green, 1, -1).max(-1) + 20).all()
    assert (over != 128).any(-1).sum() == 2 * PATCH**2  # and nowhere else


@pytest.mark.parametrize("way", [-1, 1])
def test_the_surer_the_stronger_but_the_picture_is_always_seen_through(way):
    def distance(sureness: float) -> int:
        over = verdict_picture(GREY, np.full((8, 8), 0.5 + way * sureness / 2, np.float32))
        return int(np.abs(over.astype(int) - 128).max())

    assert 0 < distance(0.05) < distance(0.2) <= distance(1)
    black, white = (
        verdict_picture(np.full((32, 32, 3), shade, np.uint8), np.full((8, 8), 0.5 + way / 2, np.float32))
        for shade in (0, 255)
    )
    assert (white.astype(int) - black > 80).all()


def test_no_verdict_makes_a_colour_that_does_not_exist():
    for shade in (0, 255):
        for verdict in (0.0, 1.0):
            over = verdict_picture(np.full((32, 32, 3), shade, np.uint8), np.full((8, 8), verdict, np.float32))
            assert np.ptp(over.reshape(-1, 3), axis=0).max() == 0  # a number beyond 255 would have begun again at 0
            assert over[0, 0, 0 if verdict < 0.5 else 1] > 80
