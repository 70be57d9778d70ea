import warnings

import numpy as np
import pytest

from gan.errors import ForgerError
from ui.curves import thin


def test_short_curve_is_left_alone_but_for_infinities():
    x, y = thin([0, 1, 2], [1.0, np.inf, 3.0])
    np.testing.assert_array_equal(x, [0, 1, 2])
    np.testing.assert_array_equal(y, [1, np.nan, 3])


def test_neighbours_become_their_mean_and_the_ends_of_x_stay():
    x, y = thin(np.arange(8), [0, 2, 4, 6, 8, 10, 12, 14], limit=4)
    np.testing.assert_array_equal(x, [0, 2.5, 4.5, 7])
    np.testing.assert_array_equal(y, [1, 5, 9, 13])


def test_the_end_is_the_mean_of_a_whole_bucket():
    _, y = thin(np.arange(9), [0, 0, 0, 0, 0, 0, 0, 0, 8], limit=5)
    assert y[-1] == 4


@pytest.mark.parametrize("n", [400, 401, 799, 800, 801, 1601, 123_457])
def test_never_more_than_the_limit_nor_wastefully_few(n):
    x, y = thin(np.arange(n), np.ones(n))
    assert 200 <= len(x) == len(y) <= 400
    assert (x[0], x[-1]) == (0, n - 1)
    assert np.all(np.diff(x) > 0)
    np.testing.assert_array_equal(y, 1)


def test_older_points_do_not_move_as_the_curve_grows():
    rng = np.random.default_rng(0)
    values = rng.normal(size=1000)
    before = thin(np.arange(900), values[:900])
    after = thin(np.arange(1000), values)
    np.testing.assert_array_equal(before[0][:-1], after[0][: len(before[0]) - 1])
    np.testing.assert_array_equal(before[1][:-1], after[1][: len(before[1]) - 1])


def test_values_that_are_not_finite_are_left_out_without_a_warning():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        _, y = thin(np.arange(6), [np.nan, np.inf, 1, np.nan, 2, 4], limit=3)
    np.testing.assert_array_equal(y, [np.nan, 1, 3])


def test_nothing_yet():
    x, y = thin([], [])
    assert len(x) == len(y) == 0


def test_wrong_shapes_and_limits_are_refused():
    with pytest.raises(ForgerError, match="one y for each x"):
        thin([1, 2], [1])
    with pytest.raises(ForgerError, match="at least 2"):
        thin([1, 2], [1, 2], limit=1)
