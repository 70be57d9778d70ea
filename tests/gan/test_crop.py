import numpy as np
import pytest

from gan.crop import crop


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
