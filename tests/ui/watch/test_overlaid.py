"""The charts of two runs, one over the other."""

import json

import numpy as np

from ui.live_chart import LiveFigure, Series
from ui.watch.overlaid import overlaid


def figure(title="Losses", *curves: str, until=4, **settings) -> LiveFigure:
    x = np.arange(1.0, until + 1)
    return LiveFigure(title, "kimg", "loss", [Series(name, x, x, "blue") for name in curves], **settings)


def test_each_curve_of_the_one_has_that_of_the_other_dashed_beside_it():
    (both,) = overlaid([figure("Losses", "G", "D", "D real")], [figure("Losses", "D real", "D", "G")], "b")
    sent = json.loads(both.payload)["series"]
    assert [(one["name"], one.get("beside")) for one in sent] == [
        ("G", None),
        ("D", None),
        ("G, b", "G"),
        ("D, b", "D"),
    ]
    assert "G, b 4" in both.words


def test_what_only_one_of_them_has_is_left_out():
    band = LiveFigure("KID", "kimg", "", [Series("error", np.ones(1), np.ones(1), spoken=False)])
    mine = [figure("Losses", "G", "pairs"), figure("Belief", "pairs"), figure("L1", "G"), band]
    theirs = [figure("Losses", "G", "D"), figure("Belief", "D"), band]
    (both,) = overlaid(mine, theirs, "b")
    assert (both.title, [curve.name for curve in both.series]) == ("Losses", ["G", "G, b"])
    assert overlaid(mine, [], "b") == []


def test_each_goes_as_far_as_its_run():
    mine = [figure("Losses", "G", until=40), figure("KID", "KID", until=2)]
    theirs = [figure("Losses", "G", until=3), figure("KID", "KID", until=1)]
    losses, kid = overlaid(mine, theirs, "b")
    assert [len(curve.x) for curve in losses.series] == [40, 3]
    assert [len(curve.x) for curve in kid.series] == [2, 1]


def test_lines_that_mean_the_same_in_both_stay():
    mine = figure("Belief", "G", lines=[(0.5, "half"), (0.45, "guess")], y_range=(0, 1))
    theirs = figure("Belief", "G", lines=[(0.5, "half"), (0.5, "guess")], y_range=(0, 2))
    (both,) = overlaid([mine], [theirs], "b")
    assert (both.lines, both.y_range) == ([(0.5, "half")], (0, 2))
