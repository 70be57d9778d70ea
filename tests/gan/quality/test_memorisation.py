import json

import numpy as np
import pytest

from gan.quality import memorisation as module
from gan.quality.memorisation import memorisation, nearest
from gan.quality.words import in_words


def cloud(count: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(count, 6)).astype(np.float32)


def test_the_nearest_is_found_whatever_the_chunks(monkeypatch):
    queries, bank = cloud(25, 0), cloud(40, 1)
    table = np.linalg.norm(queries[:, None] - bank[None], axis=2)
    monkeypatch.setattr(module, "CHUNK", 7)
    found, places = nearest(queries, bank)
    assert places.tolist() == table.argmin(1).tolist()
    assert found == pytest.approx(table.min(1), rel=1e-3)


def test_new_pictures_are_no_copies():
    found = memorisation(cloud(2000, 0), cloud(1000, 1), cloud(1000, 2))
    assert found.ratio == pytest.approx(1, abs=0.05)
    assert found.copies == pytest.approx(0.01, abs=0.01)
    assert found.searched == 1000


def test_a_share_of_copies_is_counted():
    training = cloud(1000, 1)
    half = np.concatenate([cloud(300, 0), training[:300] + 0.001])
    found = memorisation(half, training, cloud(1000, 2))
    assert found.copies == pytest.approx(0.5, abs=0.02)
    assert memorisation(training[:300], training, cloud(1000, 2)).ratio < 0.05


def test_far_pictures_have_a_ratio_above_one():
    found = memorisation(cloud(300, 0) + 5, cloud(1000, 1), cloud(1000, 2))
    assert found.ratio > 2
    assert found.copies == 0


def test_a_few_broken_pictures_do_not_hide_that_most_are_copies():
    training = cloud(1000, 1)
    found = memorisation(np.concatenate([training[:300] + 0.001, cloud(20, 0) + 500]), training, cloud(1000, 2))
    assert found.ratio < 0.05


def test_a_near_double_that_was_held_out_does_not_hide_copies():
    training = cloud(1000, 1)
    held_out = np.concatenate([training[:1], cloud(999, 2)])
    assert memorisation(training[:300] + 0.001, training, held_out).copies > 0.95


def test_twins_across_the_split_do_not_hide_copies():
    """Fifty of a thousand pictures are there twice; a third of the forgeries are copies."""
    training, held_out = cloud(900, 1), cloud(100, 2)
    held_out[:50] = training[:50] + 1e-4
    made = np.concatenate([training[:300] + 0.001, cloud(600, 3)])
    found = memorisation(made, training, held_out)
    assert found.copies == pytest.approx(1 / 3, abs=0.02)


def test_a_data_set_of_nothing_but_doubles_has_no_figure():
    found = memorisation(cloud(100, 0), cloud(100, 1), cloud(100, 1))
    assert (found.ratio, found.copies, found.held_out) == (None, None, None)
    quality = measured() | {"memorisation": found.__dict__}
    assert "cannot be said" in in_words(quality)["Does it copy?"]
    json.dumps(quality, allow_nan=False)


def measured() -> dict:
    """What a card says besides."""
    return {"sentence": "as good as real", "kid": 0.1, "kid_error": 0.0, "diversity": 1.0, "count": 50, "features": "x"}


def test_a_copy_that_was_shifted_and_dimmed_is_found(simple, draw):
    training = draw(200, seed=0)
    copies = (np.roll(training[:40], 1, axis=2) * 0.95).astype(np.uint8)
    _, places = nearest(simple.extract(copies), simple.extract(training))
    assert np.mean(places == np.arange(40)) > 0.9
