import numpy as np
import pytest

from gan.data.split import held_out_mask, split
from gan.errors import ForgerError


def test_the_held_out_pictures_are_these_for_ever():
    # Trained generators rely on it: another choice would judge them by pictures they have seen.
    assert np.flatnonzero(held_out_mask(100)).tolist() == [0, 16, 22, 38, 44, 50, 67, 73, 89, 95]


@pytest.mark.parametrize("count", [2, 3, 9, 10, 11, 16, 19, 20, 105, 4409, 202_599])
def test_about_a_tenth_is_held_out_and_nothing_is_lost(count):
    training, held_out = split(count)
    assert sorted([*training, *held_out]) == list(range(count))
    assert abs(len(held_out) - count / 10) <= 1
    assert len(held_out) >= 1
    assert len(training) >= 1


def test_which_of_ten_it_is_has_no_period():
    places = np.flatnonzero(held_out_mask(10_000)) % 10
    assert np.bincount(places, minlength=10).tolist() == pytest.approx([100] * 10, abs=3)
    assert len(set(places[::10])) == 10


def test_more_pictures_leave_the_choice_among_the_first_as_it_was():
    assert np.array_equal(held_out_mask(5000)[:130], held_out_mask(130))


def test_one_picture_cannot_be_split():
    with pytest.raises(ForgerError, match="two pictures"):
        split(1)


def test_twins_stand_on_one_side():
    twins = np.arange(40)
    twins[30:] = np.arange(10)  # the last ten are the first ten once more
    training, held_out = split(40, twins)
    assert sorted([*training, *held_out]) == list(range(40))
    assert not set(twins[training]) & set(twins[held_out])
    assert np.array_equal(split(30)[1], held_out[held_out < 30])


def test_without_twins_content_changes_nothing():
    assert all(np.array_equal(*parts) for parts in zip(split(57), split(57, np.arange(57)), strict=True))
