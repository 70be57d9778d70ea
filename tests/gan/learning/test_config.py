import dataclasses
import json
from itertools import combinations

import pytest

from gan.errors import ForgerError
from gan.learning.config import SETTINGS, Config, configure
from gan.learning.losses import LOSSES
from gan.learning.penalties import PENALTIES
from gan.networks import FAMILIES, LATENTS, PICTURES
from gan.tasks import TASKS

REGISTRIES = {
    "task": TASKS,
    "generator": FAMILIES[LATENTS].generators | FAMILIES[PICTURES].generators,
    "discriminator": FAMILIES[LATENTS].discriminators | FAMILIES[PICTURES].discriminators,
    "loss": LOSSES,
    "penalty": PENALTIES,
}
REDRAWING = {"task": "sketch", "generator": "redraw", "discriminator": "patch"}


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("task", "colourise"),
        ("task", None),
        ("skips", 1),
        ("l1_weight", -0.1),
        ("l1_weight", 1001),
        ("resolution", 48),
        ("resolution", "64"),
        ("width_g", 0),
        ("width_g", True),
        ("width_d", 1),
        ("generator", "unet"),
        ("generator", "plain"),
        ("discriminator", "skip"),
        ("discriminator", None),
        ("loss", "wgan"),
        ("penalty", "r2"),
        ("penalty_weight", -0.1),
        ("penalty_every", 0),
        ("augment_probability", 1.5),
        ("average_half_life", -1),
        ("beta2", 1.0),
        ("batch_size", 1),
        ("batch_size", 64.0),
        ("learning_rate_g", 0),
        ("learning_rate_d", -1e-4),
        ("learning_rate_d", float("nan")),
        ("learning_rate_d", float("inf")),
        ("learning_rate_d", 10**400),
        ("real_label", 1.1),
        ("beta1", 1),
        ("latent_distribution", "gaussian"),
        ("latent_distribution", ["normal"]),
        ("flips", 1),
        ("data", None),
        ("seed", -1),
        ("seed", 2**31),
        ("keep_checkpoints", 0),
        ("sample_every", 0),
        ("d_steps", 0),
    ],
)
def test_a_value_that_cannot_work_is_refused_by_name(setting, value):
    with pytest.raises(ForgerError, match=f"The setting {setting} must"):
        Config(**{setting: value})


def test_whole_numbers_pass_for_decimal_ones():
    config = Config(real_label=1, beta1=0)
    assert (config.real_label, config.beta1) == (1.0, 0.0)
    assert type(config.real_label) is float


@pytest.mark.parametrize(
    "config",
    [
        Config(data="pictures äöü", learning_rate_g=1.5e-4, flips=False, latent_distribution="uniform"),
        Config(**REDRAWING, skips=False, l1_weight=3.0, schedule="beta2 to 0.99 over 70", start_from="cats"),
    ],
)
def test_settings_survive_json(config):
    assert Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize("values", [None, [], "settings", 3, {}, {"data": "drawn-cats"}])
def test_what_are_not_settings_is_refused(values):
    with pytest.raises(ForgerError):
        Config.from_dict(values)


@pytest.mark.parametrize(("setting", "name"), [(s, name) for s, registry in REGISTRIES.items() for name in registry])
def test_every_registered_name_is_a_setting(setting, name):
    others = REDRAWING if name in ("redraw", "guided", "poster", "patch", *TASKS) else {}
    assert getattr(Config(**others | {setting: name}), setting) == name


@pytest.mark.parametrize("chosen", [some for count in (1, 2) for some in combinations(REDRAWING, count)])
def test_a_task_and_the_networks_that_redraw_go_only_together(chosen):
    with pytest.raises(
        ForgerError, match=r"redraw and guided and poster, .* patch and a task \(sketch, .*\) go together"
    ):
        Config(**{setting: REDRAWING[setting] for setting in chosen})


def test_what_a_name_must_be_is_said():
    with pytest.raises(ForgerError) as caught:
        Config(loss="wgan")
    assert str(caught.value) == "The setting loss must be one of textbook, hinge, relativistic, not 'wgan'."
    with pytest.raises(ForgerError) as caught:
        Config(task="colours")
    expected = "The setting task must be one of sketch, grey, mosaic, cartoon, pairs, or empty, not 'colours'."
    assert str(caught.value) == expected


def test_unknown_and_missing_settings_are_named():
    values = Config().to_dict() | {"magic": 1}
    del values["width_g"]
    with pytest.raises(ForgerError, match=r"unknown \['magic'\], missing \['width_g'\]"):
        Config.from_dict(values)


def test_settings_from_before_there_was_a_head_start_or_a_task_are_understood():
    values = Config(width_g=8).to_dict()
    assert [values.pop(name) for name in ("start_from", "task", "schedule")] == ["", "", ""]
    del values["skips"], values["l1_weight"]  # nothing but tasks has a use for them
    assert Config.from_dict(values) == Config(width_g=8)


def older(config: Config, settle_after: int) -> dict:
    """The settings as they were written before there were schedules, groups that can be set and chance by image."""
    values = config.to_dict() | {"settle_after": settle_after}
    return {name: value for name, value in values.items() if name not in ("schedule", "deviation_group", "chance")}


@pytest.mark.parametrize(("settle_after", "schedule"), [(0, ""), (50_000, "learning_rate settles after 50000")])
def test_falling_rates_of_older_settings_are_a_schedule_and_their_chance_stays(settle_after, schedule):
    values = older(Config(width_g=8), settle_after)
    expected = Config(width_g=8, schedule=schedule, chance="streams", deviation_group=8)
    assert Config.from_dict(values) == expected
    assert values["settle_after"] == settle_after  # the file's settings are not written to
    assert Config.from_dict(expected.to_dict()) == expected


@pytest.mark.parametrize("images", [-3, 10**10, "soon", "", None, True, 2.5, [1], {}])
def test_falling_rates_that_no_version_wrote_are_refused_in_a_sentence(images):
    with pytest.raises(ForgerError):
        Config.from_dict(older(Config(), images))


def test_differences_name_each_setting_with_both_values():
    assert Config().differences(Config()) == []
    lines = Config(width_g=16, seed=2).differences(Config(width_g=32, seed=1))
    assert lines == ["width_g: 16 here, 32 there", "seed: 2 here, 1 there"]


def test_configure_checks_again_and_leaves_the_base_alone():
    base = Config()
    assert configure(base, width_g=16).width_g == 16
    assert base.width_g == Config().width_g
    with pytest.raises(ForgerError, match="width_g"):
        configure(base, width_g=-1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        base.width_g = 16


def test_every_setting_has_a_sentence_of_help_within_its_own_rules():
    for item in dataclasses.fields(Config):
        assert SETTINGS[item.name].help.endswith(".")
        assert len(SETTINGS[item.name].help) > 20
