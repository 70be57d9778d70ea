from gan.learning.config import Config
from gan.learning.recipes import PRESETS
from ui import recipe_choice


def test_a_hint_comes_only_where_nothing_holds_the_inspector_back():
    assert recipe_choice.hint(PRESETS["faces"].config) is None
    assert recipe_choice.hint(Config()) is None  # batch norm holds it
    assert recipe_choice.hint(Config(discriminator="plain"))
    assert recipe_choice.hint(Config(discriminator="plain", loss="relativistic", penalty="none"))
