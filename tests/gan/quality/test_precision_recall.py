import numpy as np
import pytest

from gan.quality import precision_recall as module
from gan.quality.precision_recall import precision_recall


def cloud(count: int, seed: int, at: float = 0.0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(size=(count, 8)) + at).astype(np.float32)


def test_pictures_like_real_ones_have_what_real_ones_have():
    found = precision_recall(cloud(300, 0), cloud(400, 1), cloud(300, 2))
    assert found.count == 300
    assert 0.5 < found.real_precision < 1 and 0.5 < found.real_recall < 1
    assert found.precision == pytest.approx(found.real_precision, abs=0.1)
    assert found.recall == pytest.approx(found.real_recall, abs=0.1)


def test_a_collapsed_generator_is_precise_and_recalls_nothing():
    found = precision_recall(cloud(1, 2).repeat(200, 0), cloud(200, 1), cloud(200, 2))
    assert (found.precision, found.recall) == (1, 1 / 200)


def test_one_that_draws_half_and_something_else_has_half_of_each():
    cats, dogs, other = cloud(100, 0), cloud(100, 1, at=50), cloud(100, 2, at=-50)
    real = np.concatenate([cats, dogs])
    found = precision_recall(np.concatenate([cats, other]), real, real)
    assert (found.precision, found.recall) == (0.5, 0.5)
    assert (found.real_precision, found.real_recall) == (1, 1)


def test_a_ball_reaches_to_the_third_nearest(monkeypatch):
    monkeypatch.setattr(module, "CHUNK", 2)
    real = np.array([[0], [1], [2], [3], [100]], np.float32)
    assert module._radii(real).tolist() == [3, 2, 2, 3, 99]
    made = np.array([[6.1], [-2.9], [-3.1], [5.9], [0.9]], np.float32)
    found = precision_recall(made, real, real)
    assert found.precision == 4 / 5  # -3.1 alone lies in none: that around 100 reaches to 1
    assert found.count == 5


def test_as_many_are_taken_of_each_and_from_all_over():
    assert module._spread(np.arange(10)[:, None], 4)[:, 0].tolist() == [0, 2, 5, 7]
    assert precision_recall(cloud(30, 0), cloud(90, 1), cloud(40, 2)).count == 30


def test_of_three_pictures_the_ball_reaches_to_the_last():
    assert precision_recall(cloud(3, 0), cloud(3, 0), cloud(3, 0)).precision == 1
