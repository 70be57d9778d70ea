import numpy as np
import pytest

from gan.pictures.crop import crop, middle


def picture(height: int, width: int) -> np.ndarray:
    """Every pixel says where it is: (row, column, 0)."""
    rows, columns = np.mgrid[:height, :width]
    return np.stack([rows, columns, np.zeros_like(rows)], -1).astype(np.uint8)


@pytest.mark.parametrize(
    ("shape", "box", "first", "pixels"),
    [
        ((100, 200), (0.25, 0, 1), (0, 50), 100),  # the largest centred square of a wide picture
        ((200, 100), (0, 0.25, 1), (50, 0), 100),  # and of a high one
        ((100, 200), (0.5, 0.2, 0.3), (20, 100), 30),
        ((64, 64), (0, 0, 1), (0, 0), 64),
        ((100, 200), (0.9, 0.9, 0.5), (50, 150), 50),  # moved inside
        ((100, 200), (-1, -1, 0.5), (0, 0), 50),
        ((100, 200), (0, 0, 7), (0, 0), 100),  # shrunk
        ((200, 100), (0, 0, 7), (0, 0), 100),
        ((100, 200), (0.5, 0.5, 0), (50, 100), 1),
        ((100, 200), (1, 1, -3), (99, 199), 1),
        ((1, 1), (0.4, 0.4, 0.1), (0, 0), 1),
        ((1, 50), (1, 0, 1), (0, 49), 1),
    ],
)
def test_the_square_lies_where_it_should(shape, box, first, pixels):
    cut = crop(picture(*shape), *box)
    assert (cut.shape, cut.dtype) == ((pixels, pixels, 3), np.uint8)
    assert tuple(cut[0, 0, :2]) == first
    assert (cut == picture(*shape)[first[0] : first[0] + pixels, first[1] : first[1] + pixels]).all()


def test_the_square_is_an_array_of_its_own():
    whole = picture(20, 30)
    crop(whole, 0, 0, 1)[:] = 9
    assert (whole == picture(20, 30)).all()


@pytest.mark.parametrize(
    ("shape", "first", "pixels"),
    [
        ((100, 200), (0, 50), 100),
        ((200, 100), (50, 0), 100),
        ((64, 64), (0, 0), 64),
        ((1, 1), (0, 0), 1),
        ((1, 9), (0, 4), 1),
        ((48, 255), (0, 104), 48),  # of the two middles, the even one
    ],
)
def test_the_middle_is_the_largest_square_around_the_centre(shape, first, pixels):
    cut = middle(picture(*shape))
    assert cut.shape == (pixels, pixels, 3)
    assert tuple(cut[0, 0, :2]) == first


@pytest.mark.parametrize("shape", [(height, width) for height in range(1, 9) for width in range(1, 9)])
def test_the_middle_leaves_out_as_much_on_one_side_as_on_the_other(shape):
    cut = middle(picture(*shape))
    for axis, length in enumerate(shape):
        before, after = cut[0, 0, axis], length - 1 - cut[-1, -1, axis]
        assert abs(int(before) - int(after)) <= 1
        assert len(cut) == min(shape)
