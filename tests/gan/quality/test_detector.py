import sys

import numpy as np
import pytest

from gan.pictures import cascades
from gan.quality import detector
from gan.quality.detector import Heads, heads


class Sees:
    """A head wherever the middle is brighter than that; it remembers what it was shown."""

    def __init__(self, brightness: int):
        self.brightness, self.shown = brightness, []

    def detectMultiScale(self, grey, *_, minSize):  # noqa: N802, N803
        self.shown.append((grey, minSize))
        middle = len(grey) // 2
        return [(0, 0, 9, 9)] if grey[middle, middle] > self.brightness else []


def greys(*values: int, resolution: int = 16) -> np.ndarray:
    return np.array(values, np.uint8)[:, None, None, None].repeat(resolution, 1).repeat(resolution, 2).repeat(3, 3)


def those(monkeypatch, **detectors):
    monkeypatch.setattr(detector, "cascades", lambda: detectors)


def test_heads_are_those_that_are_seen_in_more_real_pictures(monkeypatch):
    those(monkeypatch, person=Sees(200), cat=Sees(100))
    real = greys(0, 0, 150, 150, 250, 50)
    found = heads(greys(120, 90, 80, 10), real, np.array([2, 3, 4, 5]))
    assert found == Heads("cat", 0.25, 0.75, 4, 4)


def test_pictures_of_something_else_have_no_share(monkeypatch):
    those(monkeypatch, person=Sees(200), cat=Sees(100))
    assert heads(greys(120), greys(150, 50, 50), np.arange(3)) is None


def test_without_a_library_nothing_is_said(monkeypatch):
    cascades._loaded.cache_clear()
    monkeypatch.setitem(sys.modules, "cv2", None)
    assert heads(greys(1), greys(2), np.arange(1)) is None


@pytest.mark.parametrize(("resolution", "enlarged"), [(16, 128), (200, 200)])
def test_pictures_are_enlarged_and_get_a_margin_of_their_own_edge(monkeypatch, resolution, enlarged):
    one = Sees(100)
    those(monkeypatch, person=one)
    heads(greys(250, resolution=resolution), greys(150, resolution=resolution), np.arange(1))
    grey, least = one.shown[0]
    assert grey.shape == (enlarged * 3 // 2,) * 2 and grey.dtype == np.uint8
    assert (grey == 150).all()
    assert least == (round(enlarged / 3),) * 2


def test_of_many_real_pictures_some_from_all_over_are_looked_at(monkeypatch):
    monkeypatch.setattr(detector, "MOST", 3)
    one = Sees(0)
    those(monkeypatch, cat=one)
    assert heads(greys(9), greys(*range(1, 10)), np.arange(9)).real_count == 3
    assert [int(grey[0, 0]) for grey, _ in one.shown] == [1, 4, 7, 9]


def test_opencvs_own_see_no_head_in_noise():
    pytest.importorskip("cv2", reason="OpenCV is not installed")
    cascades._loaded.cache_clear()
    noise = np.random.default_rng(0).integers(0, 256, (4, 32, 32, 3), dtype=np.uint8)
    assert set(cascades.cascades()) == {"person", "cat"}
    assert heads(noise, noise, np.arange(4)) is None
