"""Pictures known by content: which is which, and on which side of the split, whatever became of their files."""

from pathlib import Path

import numpy as np
import pytest

from gan.data import Pictures
from gan.errors import ForgerError
from gan.runs import contents
from gan.runs.contents import compare


def pictures(marks, twins=None) -> Pictures:
    """Pictures of these marks; `twins` as `gan.data.own.twins` has them."""
    count = len(marks)
    array = np.zeros((count, 16, 16, 3), np.uint8)
    alike = np.arange(count) if twins is None else np.array(twins)
    names = tuple(f"{mark}.png" for mark in marks)
    return Pictures(array, "own", 16, {}, Path("none"), np.array(marks, np.uint64), alike, names)


FIRST = list(range(1, 31))


@pytest.fixture
def known():
    return compare(None, pictures(FIRST)).contents


def sides(found) -> list[list[int]]:
    return [found.pictures.contents[part].tolist() for part in found.learned.split()]


def test_the_first_look_has_the_natural_split(known):
    there = pictures(FIRST)
    found = compare(known, there)
    assert found.is_same and not found.moved and found.in_words() == "" and found.named() == ""
    assert found.learned is there
    assert found.numbers.tolist() == list(range(30))


def test_in_another_order_they_are_the_same_and_in_the_old_order(known):
    there = pictures(FIRST[::-1])
    found = compare(known, there)
    assert found.is_same and found.moved
    assert sides(found) == sides(compare(known, pictures(FIRST)))  # in the same order, too
    assert found.numbers.tolist() == list(range(29, -1, -1))


def test_others_are_counted_and_named(known):
    found = compare(known, pictures([*FIRST[:4], 77, *FIRST[5:], 88]))
    assert found.in_words().endswith("of its 30, 1 is gone, and 2 are new.")
    assert found.named() == "New: “77.png”, “88.png”. Gone: “5.png”."
    again = compare(found.contents, pictures(FIRST))
    assert again.named() == "New: “5.png”. Gone: “77.png”, “88.png”."  # back from before


def test_who_comes_back_is_on_its_old_side(known):
    held_out = sides(compare(known, pictures(FIRST)))[1]
    without = compare(known, pictures([one for one in FIRST if one != held_out[0]])).contents
    assert sides(compare(without, pictures(FIRST))) == sides(compare(known, pictures(FIRST)))


def test_new_ones_go_on_where_the_list_ends_one_of_ten(known):
    studied, held_out = sides(compare(known, pictures(FIRST)))
    there = [*range(100, 120), *FIRST]
    now, then = sides(compare(known, pictures(there)))
    assert set(studied) < set(now) and set(held_out) < set(then)
    assert len(then) - len(held_out) == 2
    everything = compare(None, pictures([*FIRST, *range(100, 120)]))
    assert set(then) == set(sides(everything)[1])


def test_a_twin_of_a_known_one_stands_beside_it(known):
    studied, held_out = sides(compare(known, pictures(FIRST)))
    for one, side in ((studied[3], 0), (held_out[1], 1)):
        twins = list(range(31))
        twins[30] = FIRST.index(one)
        assert 500 in sides(compare(known, pictures([*FIRST, 500], twins)))[side]


def test_equal_ones_are_told_apart_by_their_number_only():
    known = compare(None, pictures([7, 7, 8, 9], [0, 0, 2, 3])).contents
    found = compare(known, pictures([7, 8, 9]))
    assert (len(found.new), len(found.gone)) == (0, 1)
    found = compare(known, pictures([7, 7, 7, 8, 9], [0, 0, 0, 3, 4]))
    assert len(found.new) == 1
    now, _ = compare(known, pictures([7, 7, 8, 9], [0, 0, 2, 3])).learned.split()
    assert {0, 1} <= set(now) or not {0, 1} & set(now)


def test_all_others_are_split_as_a_set_of_their_own(known):
    others = pictures(range(200, 230))
    assert [part.tolist() for part in compare(known, others).learned.split()] == [
        part.tolist() for part in others.split()
    ]


def test_without_anything_to_judge_by_it_is_refused(known):
    studied = sides(compare(known, pictures(FIRST)))[0]
    with pytest.raises(ForgerError, match="held out to judge by, none is left"):
        _ = compare(known, pictures(studied)).learned


def test_it_is_kept_in_the_run(trained_run):
    known = contents.read(trained_run)
    assert len(known.marks) == 22 and known.here.all() and known.held_out.sum() == 2
    assert known.names.tolist() == [f"{number:02d}.png" for number in range(22)]
    (trained_run.folder / contents.FILE).write_bytes(b"PK\x03\x04 torn")
    assert contents.read(trained_run) is None


def test_old_numbers_lead_to_the_same_pictures_or_nowhere(trained_run):
    known = compare(None, pictures(FIRST)).contents
    contents.note(trained_run, known)
    there = pictures([30, 99, 1])
    assert contents.places_now(trained_run, there, np.array([0, 29, 4, 500])).tolist() == [2, 0, -1, -1]
