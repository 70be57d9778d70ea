import re
from itertools import product

import pytest

from gan.errors import ForgerError
from gan.learning.config import Config
from gan.learning.recipes import PRESETS, RECIPES, preset, recipes_for
from gan.tasks import TASKS

each_recipe = pytest.mark.parametrize("name", RECIPES)


@each_recipe
def test_every_recipe_is_settings_that_work_and_three_sentences_or_four(name):
    recipe = RECIPES[name]
    config = Config(**recipe.settings)
    assert all(getattr(config, setting) == value for setting, value in recipe.settings.items())
    assert recipe.title
    # "et al. 2015" ends no sentence.
    sentences = re.split(r"(?<=[.!?])\s+(?=[A-Z])", recipe.explanation)
    assert len(sentences) in (3, 4)
    assert all(sentence.endswith((".", "!", "?")) and len(sentence) > 20 for sentence in sentences)


def test_classic_is_pure_and_modern_compares_pairs():
    classic, modern = (Config(**RECIPES[name].settings) for name in ("classic", "modern"))
    assert classic == Config()
    assert (classic.generator, classic.discriminator, classic.loss) == ("dcgan", "dcgan", "textbook")
    assert (classic.penalty, classic.augment_probability) == ("none", 0)
    assert (modern.loss, modern.discriminator) == ("relativistic", "plain")
    assert modern.penalty != "none"


def test_redraw_alone_learns_a_task_and_any_other_task_as_well():
    assert (recipes_for("latents"), recipes_for("pictures")) == (["classic", "modern"], ["redraw"])
    for task in TASKS:
        config = Config(**RECIPES["redraw"].settings | {"task": task})
        assert (config.task, config.generator, config.discriminator) == (task, "redraw", "patch")
        assert config.l1_weight > 0


@each_recipe
def test_a_recipe_says_how_and_neither_what_nor_how_often_to_look(name):
    assert not RECIPES[name].settings.keys() & {"data", "seed", "sample_every", "log_every", "checkpoint_every"}


def test_presets():
    assert set(PRESETS) == {"quick-look", "faces", "cats", "large", "redraw", "custom"}
    assert preset("quick-look").config.data.startswith("drawn-")  # works on a fresh machine with no network
    assert preset("faces").config.resolution == preset("cats").config.resolution == 64
    assert preset("large").config.resolution == 128
    assert preset("faces").recipe == preset("cats").recipe == "modern"
    assert preset("redraw").recipe == "redraw" and preset("redraw").config.task == "sketch"
    with pytest.raises(ForgerError, match="quick-look"):
        preset("quick")


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_follows_its_own_recipe_at_first(name):
    chosen = preset(name)
    assert chosen.recipe in RECIPES
    assert chosen.config == chosen.follow(chosen.recipe)
    assert chosen.title and chosen.help.endswith(".")
    assert chosen.kimg > 0


@pytest.mark.parametrize(("name", "recipe"), list(product(PRESETS, RECIPES)))
def test_every_preset_can_follow_every_recipe_and_its_own_settings_win(name, recipe):
    chosen = preset(name)
    config = chosen.follow(recipe).to_dict()
    expected = Config().to_dict() | RECIPES[recipe].settings | chosen.settings
    assert config == expected


def test_following_one_recipe_and_then_the_other_leaves_nothing_behind():
    """Classic names no settings, so what modern changed must go back by itself."""
    faces = preset("faces")
    assert faces.follow("classic") == Config(data="drawn-faces")
    assert faces.follow("modern") == faces.config != faces.follow("classic")
    assert faces.follow("redraw").task and preset("redraw").follow("modern") == preset("cats").config
    assert preset("quick-look").follow("modern").average_half_life == preset("quick-look").config.average_half_life


def test_an_unknown_recipe_is_answered_with_those_there_are():
    with pytest.raises(ForgerError, match=r"no recipe 'secret'; choose one of classic, modern, redraw\."):
        preset("faces").follow("secret")
