"""Which charts and curves a training has: what does not apply to its settings is left out."""

import json

import numpy as np
import pytest

from gan.learning.config import Config
from gan.runs.log import COLUMNS
from gan.runs.run import Status
from gan.runs.snapshot import Snapshot
from ui import live

KIMG = np.array([1.0, 2.0, 3.0])
BOTH = {"loss_d": 0.7, "loss_g": 0.8, "d_real": 0.6, "d_fake": 0.4, "d_fake_after": 0.3, "accuracy_real": 0.9,
        "accuracy_fake": 0.8, "gradient_d": 1.0, "gradient_g": 2.0}  # fmt: skip
HALVES = BOTH | {"loss_d_real": 0.3, "loss_d_fake": 0.4}
PAIRS = BOTH | {"loss_d_pairs": np.log(2), "penalty": 0.1}


def charts(metrics, config=None, quality=None):
    """By title; each as the page is sent it."""
    columns = {name: np.full(3, metrics.get(name, np.nan)) for name in COLUMNS} | {"kimg": KIMG} if metrics else {}
    snapshot = Snapshot(Status(), columns, [], None, "", quality or {})
    figures = [json.loads(figure.payload) for figure in live.charts(snapshot, config or Config())]
    return {figure["title"]: figure for figure in figures}


def names(figure):
    return [series["name"] for series in figure["series"]]


def test_nothing_measured_nothing_drawn():
    assert charts({}) == {}


def test_an_inspector_of_single_pictures_shows_both_its_halves_and_its_belief():
    drawn = charts(HALVES)
    assert list(drawn) == [
        "Losses: who is struggling?", "What the inspector believes", "How often the inspector is right",
        "How hard each is pushed",
    ]  # fmt: skip
    assert names(drawn["Losses: who is struggling?"]) == [
        "forger (G)", "inspector (D)", "D on real pictures", "D on forgeries"
    ]  # fmt: skip
    assert len(names(drawn["What the inspector believes"])) == 3


@pytest.mark.parametrize(
    ("settings", "guess"),
    [({"loss": "textbook", "real_label": 0.9}, 0.45), ({"loss": "textbook", "real_label": 1.0}, 0.5),
     ({"loss": "hinge", "real_label": 0.9}, 0.5)],
)  # fmt: skip
def test_where_the_forger_has_won(settings, guess):
    (line,) = charts(HALVES, Config(**settings))["What the inspector believes"]["lines"]
    assert line == [guess, f"{guess * 100:.0f} %: the inspector can only guess"]


def test_an_inspector_of_pairs_shows_its_penalty_and_how_sure_it_is_of_a_pair():
    drawn = charts(PAIRS, Config(loss="relativistic", penalty="r1+r2"))
    assert names(drawn["Losses: who is struggling?"]) == ["forger (G)", "inspector (D)", "penalty"]
    belief = drawn["What the inspector believes"]
    assert names(belief) == ["of a pair, the real one is real"]
    assert belief["series"][0]["y"] == [0.5, 0.5, 0.5]  # a loss of log 2 is that of a coin
    assert belief["lines"][0][0] == 0.5


def test_quality_has_charts_once_it_was_measured():
    values = {
        "kid": [0.3, 0.2, 0.1], "kid_error": [0.01, 0.02, 0.03], "pixels": [8, 12, 16], "diversity": [0.4, 0.5, 1.5]
    }  # fmt: skip
    quality = {"kimg": KIMG} | {name: np.array(column) for name, column in values.items()}
    drawn = charts(HALVES, quality=quality)
    assert len(drawn) == 6
    close, varied = list(drawn.values())[4:]
    assert close["title"] == "How close to real pictures"
    assert [series["y"] for series in close["series"]] == [
        [0.3, 0.2, 0.1],
        [0.29, 0.18, 0.07, None, 0.31, 0.22, 0.13],  # the bounds, with a gap between
    ]
    assert close["xs"][1] == [1, 2, 3, 3, 1, 2, 3]
    assert varied["series"][0]["y"] == [0.4, 0.5, 1.5]
    assert varied["lines"] == [[1, "1: as varied as real pictures"]]
    assert varied["range"][0] == 0
    assert varied["range"][1] > 1.5


def test_what_redraws_has_charts_of_its_own_with_what_needs_no_learning_as_lines():
    metrics = HALVES | {"loss_l1": np.array([0.4, 0.3, 0.2])}
    values = {"perceptual": [1.2, 1.0, 0.8], "perceptual_source": [1.4] * 3, "perceptual_mean": [1.3] * 3}
    quality = {"kimg": KIMG} | {name: np.array(column) for name, column in values.items()}
    pixels, features = list(charts(metrics, quality=quality).values())[4:]
    assert pixels["title"] == "How far each pixel is from the target"
    assert pixels["series"][0]["y"] == [0.4, 0.3, 0.2]
    assert features["series"][0]["y"] == [1.2, 1.0, 0.8]
    assert features["lines"] == [[1.4, "the source, unchanged"], [1.3, "the mean target"]]


@pytest.mark.parametrize("count", [199, 200, 201, 500, 3001])
def test_the_bounds_of_a_long_training_do_not_run_into_each_other(count):
    quality = {"kimg": np.arange(count, dtype=float), "kid": np.full(count, 0.5), "kid_error": np.full(count, 0.25)}
    band = charts(HALVES, quality=quality)["How close to real pictures"]["series"][1]["y"]
    half = len(band) // 2
    assert 50 <= half <= 199
    assert band == [0.25] * half + [None] + [0.75] * half
