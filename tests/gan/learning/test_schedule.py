"""What a schedule says, and what is no schedule. That a training follows it: `test_trainer`."""

import pytest

from gan.errors import ForgerError
from gan.learning import schedule
from gan.learning.config import SETTINGS, Config, configure
from gan.learning.schedule import GROUPS, LONGEST, MOVABLE, Move


@pytest.mark.parametrize(
    ("text", "moves"),
    [
        ("", ()),
        (" ; ;", ()),
        ("beta2 to 0.99 over 2000000", [Move("beta2", 2_000_000, 0.99)]),
        ("  beta2   to .99\tover 7 ; ", [Move("beta2", 7, 0.99)]),
        ("learning_rate_g settles after 50000", [Move("learning_rate_g", 50_000)]),
        ("learning_rate_d settles after 50,000", [Move("learning_rate_d", 50_000)]),
        ("learning_rate settles after 9", [Move("learning_rate_g", 9), Move("learning_rate_d", 9)]),
        ("learning_rate to 5e-5 over 10", [Move("learning_rate_g", 10, 5e-5), Move("learning_rate_d", 10, 5e-5)]),
        (
            "average_half_life to 500000 over 1000000000;augment_probability to 0.3 over 1",
            [Move("average_half_life", LONGEST, 500_000), Move("augment_probability", 1, 0.3)],
        ),
    ],
)
def test_moves_are_read(text, moves):
    assert schedule.moves(text) == tuple(moves)
    Config(schedule=text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("soon", "“soon” is no schedule: write such as “learning_rate settles after 50000”"),
        ("beta2 to 0.99 over 5; faster!", "“faster!” is no schedule"),
        ("beta2 to -0.5 over 5", "“beta2 to -0.5 over 5” is no schedule"),
        ("beta2 to 0.9 over 5.5", "“beta2 to 0.9 over 5.5” is no schedule"),
        ("beta2 to 0.9 after 5", "“beta2 to 0.9 after 5” is no schedule"),
        ("beta2 settles over 5", "“beta2 settles over 5” is no schedule"),
        ("beta2 to 0.9 over 5, beta1 to 0 over 5", "“beta2 to 0.9 over 5, beta1 to 0 over 5” is no schedule"),
        ("beta2 to nan over 5", "“beta2 to nan over 5” is no schedule"),
        ("beta2 to 1.2.3 over 5", "“1.2.3” is no number"),
        ("beta2 to . over 5", "“.” is no number"),
        ("beta1 to 0 over 5", "'beta1' cannot move; what can: learning_rate, learning_rate_g"),
        ("seed settles after 5", "'seed' cannot move"),
        ("beta2 to 0.9 over 5; beta2 to 0.8 over 9", "The schedule moves beta2 twice."),
        ("learning_rate to 0 over 5; learning_rate_d settles after 5", "The schedule moves learning_rate_d twice."),
        ("beta2 settles after 0", "A schedule takes from 1 to 1,000,000,000 images, not 0."),
        ("beta2 settles after 1000000001", "not 1,000,000,001."),
        ("beta2 settles after ²", "“beta2 settles after ²” is no schedule"),
        ("x" * 500, f"“{'x' * 80}” is no schedule"),
        ("beta2 settles after " + "9" * 900, "is no schedule"),
    ],
)
def test_what_is_no_schedule_is_refused_in_one_sentence_that_quotes_the_part(text, said):
    for read in (schedule.moves, lambda text: Config(schedule=text), lambda text: configure(Config(), schedule=text)):
        with pytest.raises(ForgerError) as caught:
            read(text)
        message = str(caught.value)
        assert said in message
        assert message.endswith(".") and len(message) < 300 and "\n" not in message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("beta2 to 1 over 5", "The setting beta2 must lie between 0.5 and 0.9999, not 1.0."),
        ("learning_rate to 0 over 5", "The setting learning_rate_g must lie between 1e-07 and 0.1, not 0.0."),
        ("learning_rate_d to 1e999 over 5", "The setting learning_rate_d must lie between 1e-07 and 0.1, not inf."),
        ("penalty_weight to 1001 over 5", "The setting penalty_weight must lie between 0 and 1000"),
        ("augment_probability to 1.1 over 5", "The setting augment_probability must lie between 0 and 1"),
        ("average_half_life to 1e9 over 5", "The setting average_half_life must lie between 0 and 1e+07"),
        ("average_half_life to 2.5 over 5", "The setting average_half_life must be a whole number, not 2.5."),
        ("average_half_life to 1e999 over 5", "The setting average_half_life must be a whole number, not inf."),
    ],
)
def test_nothing_moves_beyond_what_the_setting_may_be(text, said):
    with pytest.raises(ForgerError) as caught:
        Config(schedule=text)
    assert str(caught.value).startswith("The schedule goes too far. ")
    assert said in str(caught.value)


def test_only_text_is_a_schedule():
    for value in (None, 3, ["beta2 settles after 5"]):
        with pytest.raises(ForgerError, match="The setting schedule must be a text"):
            Config(schedule=value)


def test_settling_halves_and_a_cosine_ends_where_it_says():
    settling, along = Move("beta2", 100), Move("beta2", 100, 0.5)
    assert [settling.at(0.9, images) for images in (0, 100, 200, 900)] == pytest.approx([0.9, 0.45, 0.3, 0.09])
    assert [along.at(0.9, images) for images in (0, 50, 100, 10**9)] == pytest.approx([0.9, 0.7, 0.5, 0.5])
    # A third of the way in time is a quarter of the way there: (1 - cos(60 degrees)) / 2.
    assert along.at(0.9, 100 / 3) == pytest.approx(0.8)
    up = Move("average_half_life", 100, 500.0)
    assert [up.at(100.0, images) for images in (0, 50, 100)] == pytest.approx([100, 300, 500])
    assert along.at(0.9, 1) > along.at(0.9, 2) > along.at(0.9, 99) > 0.5


def test_of_all_that_may_move_some_moves_and_the_rest_stays():
    config = Config(schedule="learning_rate settles after 10; beta2 to 0.9 over 10", learning_rate_d=4e-4)
    moved = {"learning_rate_g": 1e-4, "learning_rate_d": 2e-4, "beta2": 0.9}
    assert schedule.moving(config, 10) == pytest.approx(moved)
    still = {"penalty_weight": 0.5, "augment_probability": 0.0, "average_half_life": 5000.0}
    now = schedule.values(config, 10)
    assert now == pytest.approx(moved | still)
    assert all(type(value) is float for value in now.values())
    assert schedule.moving(Config(), 10) == {}
    assert tuple(schedule.values(Config(), 0)) == MOVABLE


def test_only_settings_with_bounds_move():
    assert set(MOVABLE) <= set(SETTINGS)
    assert {name for group in GROUPS.values() for name in group} <= set(MOVABLE)
    assert all(SETTINGS[name].low is not None and SETTINGS[name].high is not None for name in MOVABLE)


def test_a_text_without_end_is_refused_in_one_sentence():
    with pytest.raises(ForgerError, match="at most 1000 characters, not 3,000,000"):
        schedule.moves("a b " * 750_000)


def test_a_memory_that_must_not_vanish_does_not_settle():
    with pytest.raises(ForgerError, match="beta2 cannot settle"):
        schedule.moves("beta2 settles after 5")
