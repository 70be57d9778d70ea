import numpy as np
import pytest

from gan.errors import ForgerError
from gan.quality import distances
from gan.quality.distances import frechet, kid, mean_distance


def cloud(count: int, seed: int, size: int = 8, shift: float = 0.0, spread: float = 1.0) -> np.ndarray:
    return (np.random.default_rng(seed).normal(shift, spread, (count, size))).astype(np.float32)


def slow_kid(x: np.ndarray, y: np.ndarray) -> float:
    def k(a, b):
        return (a @ b / len(a) + 1) ** 3

    n, m = len(x), len(y)
    within_x = sum(k(x[i], x[j]) for i in range(n) for j in range(n) if i != j) / (n * (n - 1))
    within_y = sum(k(y[i], y[j]) for i in range(m) for j in range(m) if i != j) / (m * (m - 1))
    return within_x + within_y - 2 * sum(k(a, b) for a in x for b in y) / (n * m)


def test_kid_is_the_formula_of_the_paper():
    x, y = cloud(7, 0), cloud(5, 1, shift=0.5)
    assert kid(x, y).value == pytest.approx(slow_kid(x, y), rel=1e-5)


def test_the_error_of_kid_is_the_jackknifes():
    x, y = cloud(7, 0), cloud(5, 1, shift=0.5)
    without_x = np.array([slow_kid(np.delete(x, i, 0), y) for i in range(7)])
    without_y = np.array([slow_kid(x, np.delete(y, i, 0)) for i in range(5)])
    assert kid(x, y).error == pytest.approx(np.sqrt(6 * without_x.var() + 4 * without_y.var()), rel=1e-4)


def test_kid_is_unbiased_and_its_error_is_how_much_it_varies():
    found = [kid(cloud(60, 2 * seed), cloud(40, 2 * seed + 1, shift=0.3)) for seed in range(100)]
    values = np.array([one.value for one in found])
    many = kid(cloud(4000, 1000), cloud(4000, 1001, shift=0.3)).value
    assert values.mean() == pytest.approx(many, abs=3 * values.std() / np.sqrt(100))
    assert np.mean([one.error for one in found]) == pytest.approx(values.std(), rel=0.25)


def test_kid_does_not_depend_on_the_chunks(monkeypatch):
    x, y = cloud(30, 0), cloud(20, 1)
    whole = kid(x, y)
    monkeypatch.setattr(distances, "CHUNK", 7)
    assert kid(x, y) == pytest.approx(whole, rel=1e-5)


def test_frechet_of_normal_clouds_is_known():
    # Along each of two axes: the difference of the means, and of the standard deviations, squared.
    real, fake = cloud(50_000, 0, size=2), cloud(50_000, 1, size=2, shift=1.0, spread=3.0)
    assert frechet(real, fake) == pytest.approx(2 * (1 + 4), rel=0.02)


@pytest.mark.parametrize("count", [6, 40])  # fewer and more than there are features
def test_frechet_is_nothing_to_itself_and_the_same_both_ways(count):
    x, y = cloud(count, 0, size=16), cloud(count + 3, 1, size=16, shift=0.5)
    assert frechet(x, x) == pytest.approx(0, abs=1e-4)
    assert frechet(x, y) == pytest.approx(frechet(y, x))
    assert frechet(x, x + 2) == pytest.approx(16 * 4, rel=1e-4)


def test_frechet_by_the_matrix_square_root():
    x, y = cloud(100, 0, size=4), cloud(90, 1, size=4) @ np.diag([1, 2, 3, 4]).astype(np.float32)
    c, d = np.cov(x.T), np.cov(y.T)
    values, vectors = np.linalg.eigh(c)
    root = vectors * np.sqrt(values) @ vectors.T
    trace = np.sqrt(np.linalg.eigvalsh(root @ d @ root)).sum()
    expected = np.square(x.mean(0) - y.mean(0)).sum() + np.trace(c) + np.trace(d) - 2 * trace
    assert frechet(x, y) == pytest.approx(expected, rel=1e-4)


def test_mean_distance_counts_each_pair_of_different_pictures():
    corners = np.array([[0, 0], [3, 0], [0, 4]], np.float32)
    assert mean_distance(corners) == pytest.approx((3 + 4 + 5) / 3)


def test_mean_distance_does_not_depend_on_the_chunks(monkeypatch):
    at_once = mean_distance(cloud(50, 0))
    monkeypatch.setattr(distances, "CHUNK", 7)
    assert mean_distance(cloud(50, 0)) == pytest.approx(at_once)


def test_the_mean_distance_of_one_picture_is_refused_in_words():
    with pytest.raises(ForgerError, match="at least"):
        mean_distance(cloud(1, 0))


@pytest.mark.parametrize(("act", "count"), [(kid, 2), (frechet, 1)])
def test_too_few_pictures_are_said_in_words(act, count):
    with pytest.raises(ForgerError, match="at least"):
        act(cloud(10, 0), cloud(count, 1))
