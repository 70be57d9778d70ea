"""The inspector's desk on the Train page: folded, then the most convincing first, and the class's own kept back."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from gan import runs
from gan.data import open_pictures
from gan.learning.config import configure
from gan.runs.verdicts import Verdicts
from gan.training import worker
from ui.watch import desk, real_pictures


@pytest.fixture
def run(config):
    run = runs.create("a", configure(config, data="drawn-cats"))
    worker.train(run, 32, "cpu")
    return run


def test_each_grid_has_its_verdicts_after_a_stop_and_a_resume_too(run):
    again = runs.find_run("a")
    worker.train(again, 64, "cpu")
    lines = [json.loads(line)["images"] for line in run.verdicts_path.read_text().splitlines()]
    assert lines == again.grids() == [0, 16, 32, 48, 64]


def test_pictures_stand_by_their_scores(run):
    seen = Verdicts(
        32,
        forged=np.array([-1.0, 2.0, 0.5, -3.0]),
        real=np.array([4.0, 1.0]),
        held_out=np.array([2.5]),
        real_places=np.array([0, 5]),
        held_out_places=np.array([3]),
    )
    open_pictures("drawn-cats", 32)
    sheet = desk._sheet.__wrapped__("a", 32, True, b"", run, seen)
    order = [float(part.split("</figcaption>")[0]) for part in sheet.split("<figcaption>")[1:]]
    assert order == [2.0, 0.5, -1.0, -3.0, -3.0, -1.0, 0.5, 2.0, 4.0, 2.5, 1.0, 1.0, 2.5, 4.0]
    kept_back = desk._sheet.__wrapped__("a", 32, False, b"", run, seen)
    assert kept_back.count("<figure>") == 8
    assert "owner's to show" in kept_back


def test_the_histogram_has_shares_of_each_side():
    seen = Verdicts(5, np.array([-1.0, -1.0, 1.0]), np.array([2.0]), np.array([]), np.array([]), np.array([]))
    figure = desk._histogram(seen, desk._span([seen]))
    forged, real = figure.series
    assert forged.y.max() == pytest.approx(2 / 3)
    assert forged.y[::2].sum() == pytest.approx(1)
    assert real.y.max() == 1
    assert "Medians: forgeries -1, real pictures 2." in figure.words


def test_an_old_verdict_stands_beside_its_own_picture_or_none(config, picture_folder, tmp_path):
    """Files renamed and one gone: places in the folder say nothing any more."""
    folder = Path(shutil.copytree(picture_folder, tmp_path / "own"))
    run = runs.create("a", configure(config, data=str(folder)))
    worker.train(run, 8, "cpu")
    before = open_pictures(str(folder), 32).array.copy()
    for path in sorted(folder.iterdir()):
        path.rename(folder / f"z{99 - int(path.stem)}.png")
    (folder / "z92.png").unlink()  # number 7
    open_pictures(str(folder), 32)
    found, there = real_pictures.known(run, np.array([3, 7, 21]))
    assert there.tolist() == [True, False, True]
    assert np.array_equal(found, before[[3, 21]])
    seen = Verdicts(8, np.array([1.0]), np.array([2.0, 1.0]), np.array([3.0]), np.array([3, 7]), np.array([21]))
    sheet = desk._sheet.__wrapped__("a", 8, True, b"", run, seen)
    assert sheet.count("Not there any more: 1.") == 2
