import pytest

from gan.errors import ForgerError
from gan.latents.seeds import format_seeds, parse_seeds, surprise_seeds


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("7", [7]),
        ("0", [0]),
        ("007", [7]),
        ("1-4", [1, 2, 3, 4]),
        ("3,8,20-24", [3, 8, 20, 21, 22, 23, 24]),
        (" 3 , 8;9\n10\t11 ", [3, 8, 9, 10, 11]),
        ("1 - 3", [1, 2, 3]),
        ("1–3", [1, 2, 3]),  # en dash
        ("1 — 3", [1, 2, 3]),  # em dash
        ("5-3", [5, 4, 3]),
        ("4-4", [4]),
        ("7,7,2-3,7", [7, 7, 2, 3, 7]),
        (",,1,;", [1]),
        (str(2**32 - 1), [2**32 - 1]),
        ("0" * 5000 + "5", [5]),
        ("1-1024", list(range(1, 1025))),
    ],
)
def test_parse_seeds(text, seeds):
    assert parse_seeds(text) == seeds


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", "no seed"),
        (" ,; ", "no seed"),
        ("3,cat,4", "“cat”"),
        ("-5", "“-5”"),
        ("3, -5", "“-5”"),
        ("−5", "“-5”"),  # a minus sign
        ("1.5", "“1.5”"),
        ("1-2-3", "“1-2-3”"),
        ("4-", "“4-”"),
        ("²", "“²”"),
        ("٣", "“٣”"),  # a digit, but not one of ours
        (f"1,{2**32}", f"“{2**32}” is too big"),
        ("9" * 5000, "…” is too big"),
        ("m" * 400, "m…” is not a seed"),
        ("1-1025", "“1-1025” makes more than 1024"),
        ("0-999999999", "more than 1024"),
        ("1-1000,1-25", "“1-25” makes more than 1024"),
    ],
)
def test_parse_seeds_says_what_is_wrong(text, quoted):
    with pytest.raises(ForgerError) as caught:
        parse_seeds(text)
    assert quoted in str(caught.value)
    assert len(str(caught.value)) < 200


def test_parse_seeds_keeps_to_the_callers_limit():
    assert parse_seeds("1-3", limit=3) == [1, 2, 3]
    with pytest.raises(ForgerError, match="more than 3 seeds"):
        parse_seeds("1-3,9", limit=3)


@pytest.mark.parametrize(
    ("seeds", "text"),
    [
        ([], ""),
        ([7], "7"),
        ([1, 2], "1,2"),
        ([*range(1, 17), 20], "1-16,20"),
        ([5, 4, 3, 3, 3, 4, 5], "5-3,3,3-5"),
        ([1, 2, 1, 2, 3], "1,2,1-3"),
        ([1, 3, 4, 5, 7, 8], "1,3-5,7,8"),
    ],
)
def test_format_seeds_is_compact_and_reads_back(seeds, text):
    assert format_seeds(seeds) == text
    if seeds:
        assert parse_seeds(text) == seeds


def test_surprise_seeds():
    seeds = surprise_seeds(50, entropy=3)
    assert seeds == surprise_seeds(50, entropy=3) != surprise_seeds(50, entropy=4)
    assert len(set(seeds)) == 50
    assert all(0 <= seed < 1_000_000 for seed in seeds)
    assert surprise_seeds(20) != surprise_seeds(20)
    for count in (0, 1025):
        with pytest.raises(ForgerError, match=f"not {count}"):
            surprise_seeds(count)


def test_many_surprise_seeds_are_all_different_and_nearly_all_have_six_digits():
    """A class that asks at once is shown pictures that nobody else has."""
    for entropy in range(10):
        seeds = surprise_seeds(1024, entropy)
        assert len(set(seeds)) == 1024
        assert sum(len(str(seed)) == 6 for seed in seeds) > 850
