import dataclasses
import json

import pytest

from gan.errors import ForgerError
from gan.recipes import PRESETS, Config, configure, preset


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("resolution", 48),
        ("resolution", "64"),
        ("width", 0),
        ("width", True),
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


def test_settings_survive_json():
    config = Config(data="pictures äöü", learning_rate_g=1.5e-4, flips=False, latent_distribution="uniform")
    assert Config.from_dict(json.loads(json.dumps(config.to_dict()))) == config


@pytest.mark.parametrize("values", [None, [], "settings", 3, {}, {"data": "drawn-cats"}])
def test_what_are_not_settings_is_refused(values):
    with pytest.raises(ForgerError):
        Config.from_dict(values)


def test_unknown_and_missing_settings_are_named():
    values = Config().to_dict() | {"magic": 1}
    del values["width"]
    with pytest.raises(ForgerError, match=r"unknown \['magic'\], missing \['width'\]"):
        Config.from_dict(values)


def test_differences_name_each_setting_with_both_values():
    assert Config().differences(Config()) == []
    lines = Config(width=16, seed=2).differences(Config(width=32, seed=1))
    assert lines == ["width: 16 here, 32 there", "seed: 2 here, 1 there"]


def test_configure_checks_again_and_leaves_the_base_alone():
    base = Config()
    assert configure(base, width=16).width == 16
    assert base.width == Config().width
    with pytest.raises(ForgerError, match="width"):
        configure(base, width=-1)
    with pytest.raises(dataclasses.FrozenInstanceError):
        base.width = 16


def test_every_setting_has_a_sentence_of_help_within_its_own_rules():
    for item in dataclasses.fields(Config):
        assert item.metadata["help"].endswith(".")
        assert len(item.metadata["help"]) > 20


def test_presets():
    assert set(PRESETS) == {"quick-look", "faces", "cats", "custom"}
    assert preset("quick-look").config.data.startswith("drawn-")  # works on a fresh machine with no network
    assert preset("faces").config.resolution == preset("cats").config.resolution == 64
    with pytest.raises(ForgerError, match="quick-look"):
        preset("quick")
