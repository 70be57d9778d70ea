"""How pictures of any shape lie in what goes into a network."""

import numpy as np
import pytest

from gan.generators.canvas import canvas_for


def picture(height: int, width: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize(
    "shape, inner, outer",
    [
        ((500, 500), (64, 64), (64, 64)),
        ((300, 400), (64, 85), (64, 96)),
        ((400, 300), (85, 64), (96, 64)),
        ((90, 160), (64, 114), (64, 128)),
        ((100, 1000), (26, 256), (32, 256)),  # a panorama becomes smaller
        ((1024, 4), (256, 1), (256, 16)),
    ],
)
def test_the_shorter_side_is_as_long_as_a_squares(shape, inner, outer):
    canvas = canvas_for(picture(*shape), 64)
    assert (canvas.picture, canvas.all) == (inner, outer)
    laid = canvas.lay(picture(*shape))
    assert laid.shape == (*outer, 3) and laid.dtype == np.uint8
    np.testing.assert_array_equal(canvas.cut(laid), canvas.fit(picture(*shape)))


def test_a_square_of_that_size_stays_as_it_is():
    square = picture(32, 32)
    np.testing.assert_array_equal(canvas_for(square, 32).lay(square), square)


def test_it_is_mirrored_at_its_edges():
    wide = picture(32, 36)
    laid = canvas_for(wide, 32).lay(wide)  # 2 on either side
    np.testing.assert_array_equal(laid[:, :2], wide[:, 1::-1])
    np.testing.assert_array_equal(laid[:, -2:], wide[:, :-3:-1])
