"""Which generator a page opens with."""

import pytest

from gan import generators, paths
from gan.learning.config import configure
from gan.networks import new_generator
from ui.seeds.generators import looks_best, some


def ship(config, name: str, **card) -> None:
    card |= {"title": name, "config": config.to_dict(), "images_seen": 1000}
    generators.save_generator(paths.checkpoints_root() / name, new_generator(config), card)


def test_a_page_opens_with_the_shipped_one_that_looks_best_at_its_size(config, trained_run):
    ship(config, "cats", quality={"pixels": 16.0})
    ship(config, "faces", quality={"pixels": 20.0})
    ship(configure(config, resolution=64), "large", quality={"pixels": 30.0})
    card = paths.read_json(trained_run.folder / generators.CARD)
    paths.write_json(trained_run.folder / generators.CARD, card | {"quality": {"pixels": 31.0}})
    assert list(some()) == ["cats", "faces", "large", "run:demo"]
    assert looks_best(some()) == "faces"


@pytest.mark.parametrize("quality", [None, 7, {}, {"pixels": "many"}])
def test_cards_that_say_nothing_leave_the_first(config, quality):
    for name in ("cats", "faces"):
        ship(config, name, quality=quality)
    assert looks_best(some()) == "cats"
