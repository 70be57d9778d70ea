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
    assert (modern.loss, modern.discriminator) == ("relativistic", "slim")
    assert modern.penalty != "none"


def test_redraw_alone_learns_a_task_and_any_other_task_as_well():
    assert (recipes_for("latents"), recipes_for("pictures")) == (["classic", "modern", "projected"], ["redraw"])
    for task in TASKS:
        config = Config(**RECIPES["redraw"].settings | {"task": task})
        assert (config.task, config.generator, config.discriminator) == (task, "redraw", "patch")
        assert config.l1_weight > 0


@each_recipe
def test_a_recipe_says_how_and_neither_what_nor_how_often_to_look(name):
    assert not RECIPES[name].settings.keys() & {"data", "seed", "sample_every", "log_every", "checkpoint_every"}


def test_presets():
    assert set(PRESETS) == {"quick-look", "faces", "cats", "large", "256", "redraw", "custom"}
    assert preset("quick-look").config.data.startswith("drawn-")  # works on a fresh machine with no network
    assert preset("faces").config.resolution == preset("cats").config.resolution == 64
    assert preset("large").config.resolution == 128
    assert preset("256").config.resolution == 256
    assert preset("faces").recipe == preset("cats").recipe == "modern"
    assert preset("redraw").recipe == "redraw" and preset("redraw").config.task == "sketch"
    with pytest.raises(ForgerError, match="quick-look"):
        preset("quick")


@pytest.mark.parametrize("name", PRESETS)
def test_what_a_preset_is_sized_for_changes_nothing_on_a_processor_nor_where_there_is_nothing_for_a_card(name):
    chosen = preset(name)
    assert chosen.sized_for("cpu") is chosen
    assert (chosen.sized_for("cuda") is chosen) == (name in ("quick-look", "redraw", "custom"))


@pytest.mark.parametrize(("name", "recipe"), list(product(("faces", "cats", "large", "256"), recipes_for("latents"))))
def test_on_a_card_presets_are_wide_and_their_batches_large_and_all_else_is_as_it_was(name, recipe):
    small, card = preset(name), preset(name).sized_for("cuda")
    one, other = small.follow(recipe), card.follow(recipe)
    assert card.kimg > small.kimg
    assert other.width_g * other.resolution == 32 * 64 and other.width_d == 2 * other.width_g
    assert other.batch_size >= 32
    assert other.batch_size % 8 == 0  # so that real and forged pictures share one pass
    for setting in ("data", "resolution", "generator", "discriminator", "loss", "penalty", "latent_size", "seed"):
        assert getattr(one, setting) == getattr(other, setting)
    for often in ("log_every", "sample_every", "checkpoint_every", "measure_every"):
        assert getattr(other, often) >= 10 * getattr(one, often)


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
    with pytest.raises(ForgerError, match=r"no recipe 'secret'; choose one of classic, modern, projected, redraw\."):
        preset("faces").follow("secret")
