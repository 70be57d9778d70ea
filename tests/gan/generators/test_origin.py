import json
import shutil
from dataclasses import replace

import pytest

from gan import generators, runs
from gan.data import known, open_pictures
from gan.generators import TrainedGenerator, origin


@pytest.fixture
def at_home(picture_folder, tmp_path):
    """A data set that can be moved away."""
    return shutil.copytree(picture_folder, tmp_path / "my cats")


def shipped_from(model: TrainedGenerator, source: str, **card) -> TrainedGenerator:
    """`model` with a card that says it learned from `source`."""
    return replace(model, card=model.card | {"config": model.config.to_dict() | {"data": source}} | card)


@pytest.fixture
def moved_run(trained_run, at_home):
    settings = trained_run.config.to_dict() | {"data": str(at_home)}
    (trained_run.folder / "config.json").write_text(json.dumps(settings))
    return trained_run


@pytest.mark.parametrize("name", ["run:demo", "run:demo/best"])
def test_a_run_knows_where_its_pictures_lie(moved_run, at_home, name):
    shutil.copytree(moved_run.folder, moved_run.folder / "best", ignore=shutil.ignore_patterns("config.json"))
    model = generators.find_generator(name)
    assert origin.run_of(model).name == "demo"
    assert origin.source_of(model) == str(at_home)
    shutil.rmtree(at_home)
    assert origin.source_of(model) is None


def test_the_generator_of_a_run_with_unreadable_settings_has_only_its_card(trained_run):
    model = generators.find_generator("run:demo")
    (trained_run.folder / "config.json").write_text("{}")
    assert origin.run_of(model) is None
    assert origin.source_of(model) is None


def test_a_shipped_generator_belongs_to_no_run(shipped, config):
    runs.create("cats", config)
    assert origin.run_of(shipped) is None


def test_where_the_pictures_lay_is_nobodys_business(shipped):
    assert origin.data_name(shipped_from(shipped, "/home/ada/my cats")) == "my cats"


def test_drawn_pictures_are_always_at_hand(shipped):
    assert origin.source_of(shipped_from(shipped, "drawn-cats")) == "drawn-cats"


def test_a_known_set_is_at_hand_once_it_was_fetched(shipped, monkeypatch):
    model = shipped_from(shipped, "celeba")
    assert origin.source_of(model) is None
    monkeypatch.setattr(known, "is_fetched", lambda name: name == "celeba")
    assert origin.source_of(model) == "celeba"


def test_a_shipped_card_finds_the_pictures_of_its_name_once_they_were_opened(shipped, at_home):
    model = shipped_from(shipped, "my cats", data={"pictures": 22})
    assert origin.data_name(model) == "my cats"
    assert origin.source_of(model) is None
    open_pictures(str(at_home), 16)
    assert origin.source_of(model) == str(at_home)
    assert origin.source_of(shipped_from(shipped, "my dogs")) is None
    assert origin.source_of(shipped_from(shipped, "my cats", data={"pictures": 23})) is None  # others of that name
    assert origin.source_of(shipped_from(shipped, "my cats", data="?")) == str(at_home)
    shutil.rmtree(at_home)
    assert origin.source_of(model) is None


@pytest.mark.parametrize(
    ("data", "others"),
    [
        ({"source": "cats", "pictures": 22}, False),
        ({"source": "cats", "pictures": 23}, True),
        ({"source": "dogs", "pictures": 22}, True),
        ({"source": "cats"}, False),  # a card that says less does not say otherwise
        ({}, False),
        (None, False),
        ("cats", False),
    ],
)
def test_a_card_tells_whether_a_generator_learned_from_other_pictures(shipped, data, others):
    assert origin.learned_from_others(shipped_from(shipped, "cats", data=data), "cats", 22) is others


@pytest.mark.parametrize("damage", ["info.json", "pictures.npy"])
def test_a_damaged_cache_is_no_hindrance(shipped, at_home, damage):
    opened = open_pictures(str(at_home), 16)
    (opened.path.parent / damage).write_text("[]")
    assert origin.source_of(shipped_from(shipped, "my cats")) is None
