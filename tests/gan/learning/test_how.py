"""How a training was set up, in a line."""

import pytest

from gan.learning.config import configure
from gan.learning.how import differences, how
from gan.learning.recipes import PRESETS, RECIPES


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_as_it_is_needs_no_more_words(recipe):
    config = PRESETS["redraw" if recipe == "redraw" else "custom"].follow(recipe)
    assert how(config) == recipe
    assert how(configure(config, seed=5, sample_every=9, resolution=32)) == recipe  # none of this is how it learns


def test_what_is_otherwise_is_named_with_what_the_recipe_has():
    config = configure(PRESETS["quick-look"].config, learning_rate_g=2e-3, flips=False)
    assert how(config) == (
        "classic, but batch size 32 (64); learning rate g 0.002 (0.0002); learning rate d 0.001 (0.0002); "
        "flips off (on); average half life 1000 (5000)"
    )


def test_the_nearest_recipe_is_named():
    assert how(configure(PRESETS["faces"].config, penalty="none")) == "modern, but penalty none (r1+r2)"


def test_what_has_no_say_is_no_difference():
    config = PRESETS["custom"].follow("modern")
    assert how(configure(config, real_label=0.7)) == "modern"


def test_two_trainings_differ_in_what_has_a_say_in_either():
    one = PRESETS["quick-look"].config
    assert differences(one, one) == []
    assert differences(one, configure(one, sample_every=9, keep_checkpoints=7, penalty_weight=3.0)) == []
    other = configure(one, learning_rate_d=2e-3, penalty="r1", penalty_weight=2.0, flips=False, seed=7)
    assert differences(one, other) == [
        ("learning rate d", "0.001", "0.002"), ("penalty", "none", "r1"), ("penalty weight", "none", "2"),
        ("flips", "on", "off"), ("seed", "1", "7"),
    ]  # fmt: skip
    assert ("seed", "1", "7") not in differences(one, other, apart_from=("seed",))
