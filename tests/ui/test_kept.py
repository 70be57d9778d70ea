import numpy as np

from ui.kept import AROUND, Kept, size_of


def test_what_nobody_asked_for_longest_goes_first():
    kept = Kept(3 * (100 + AROUND))
    for key in "abc":
        kept.put(key, bytes(100))
    assert kept.get("a") == bytes(100)
    kept.put("d", bytes(100))
    assert kept.get("b") is None
    assert all(kept.get(key) is not None for key in "acd")
    assert kept.taken == 3 * (100 + AROUND)


def test_one_huge_thing_does_not_drive_out_all_others():
    kept = Kept(10_000)
    kept.put("small", "text")
    kept.put("huge", bytes(9_000))
    assert kept.get("huge") is None
    assert kept.get("small") == "text"


def test_a_thing_put_again_is_counted_once():
    kept = Kept(10_000)
    kept.put("a", bytes(1000))
    kept.put("a", bytes(10))
    assert kept.taken == 10 + AROUND


def test_sizes():
    assert size_of(np.zeros((2, 3), np.float32)) == AROUND + 24
    assert size_of(["ab", "c"]) == 3 * AROUND + 3
