from gan.learning.config import Config
from gan.learning.recipes import PRESETS
from ui.start import recipe_choice


def test_a_hint_comes_only_where_nothing_holds_the_inspector_back():
    assert recipe_choice.hint(PRESETS["faces"].config) is None
    assert recipe_choice.hint(Config()) is None  # batch norm holds it
    assert recipe_choice.hint(Config(discriminator="plain"))
    assert recipe_choice.hint(Config(discriminator="plain", loss="relativistic", penalty="none"))


def test_a_hint_names_what_a_schedule_moves_in_vain():
    moved = {"schedule": "penalty_weight to 0.1 over 1000; augment_probability to 0.3 over 1000"}
    assert recipe_choice.hint(Config(penalty="r1", **moved)) is None
    assert "moves penalty_weight in vain" in recipe_choice.hint(Config(**moved))
