"""A run that learns from pairs that somebody collected: what it leaves, how it goes on, and what is made with it."""

import json

import numpy as np
import pytest
import torch
from PIL import Image

from gan import generators, runs
from gan.cli import main
from gan.data.drawn import drawn_picture
from gan.errors import ForgerError
from gan.generators.redraw import Redrawer
from gan.learning.config import Config, configure
from gan.pictures.sheet import cell
from gan.quality import exams
from gan.quality.simple_features import SimpleFeatures
from gan.runs.run import Run, State
from gan.training import estimate, worker
from gan.training.sheets import new_preview


@pytest.fixture
def own(redraw_config, pictures, tmp_path) -> Config:
    """Settings for 22 pictures and their negatives."""
    for number, picture in enumerate(pictures):
        for folder, one in (("A", picture), ("B", 255 - picture)):
            (tmp_path / "own" / folder).mkdir(parents=True, exist_ok=True)
            Image.fromarray(one).save(tmp_path / "own" / folder / f"{number:02d}.png")
    often = {"sample_every": 8, "checkpoint_every": 8, "log_every": 4, "measure_every": 0}
    return configure(redraw_config, data=str(tmp_path / "own"), task="pairs", **often)


def trained(name: str, config: Config, *targets: int) -> Run:
    run = runs.create(name, config)
    for target in targets:
        worker.train(run, target, "cpu")
    return run


def test_it_leaves_what_its_viewers_need_goes_on_exactly_and_redraws(own, pictures, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(exams, "choose_features", SimpleFeatures)
    straight, resumed = trained("straight", own, 16), trained("resumed", own, 8, 16)
    assert straight.status().state == State.FINISHED
    states = [torch.load(run.checkpoints()[-1], weights_only=True)["trainer"] for run in (straight, resumed)]
    for part in ("generator", "average", "discriminator"):
        assert all(torch.equal(value, states[1][part][name]) for name, value in states[0][part].items())

    # The grid has the held-out sources above, their negatives below.
    grid = np.asarray(Image.open(straight.grids_folder / "0000000016.jpg")).astype(int)
    above, below = (cell(grid, row, 0, 32) for row in (0, 2))
    assert np.abs(above + below - 255).mean() < 6
    # The preview has cartoons alone, and goes where the generator goes.
    preview = np.asarray(Image.open(straight.folder / generators.PREVIEW))
    assert np.array_equal(cell(preview, 0, 0, 32), drawn_picture("drawn-cats", 0, 32))
    assert np.array_equal(new_preview(own).above[0][1], drawn_picture("drawn-cats", 1, 32))

    model = generators.find_generator("run:straight")
    redrawer = Redrawer(model)
    assert np.array_equal(redrawer.source(pictures[0]), pictures[0])
    assert redrawer.target(pictures[0]) is None
    source, out = tmp_path / "own" / "A" / "00.png", tmp_path / "out.png"
    assert main(["redraw", str(source), str(out), "--model", "run:straight"]) == 0
    assert np.array_equal(np.asarray(Image.open(out)), redrawer.redraw(pictures[0]).result)

    capsys.readouterr()
    assert main(["evaluate", "run:straight", "--count", "50", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    # Handed back unchanged, a source would be as far from its target as a picture is from its negative.
    held_out = pictures[worker.open_pictures(own.data, 32, preparation=own.preparation).split()[1]].astype(float)
    assert figures["l1_source"] == pytest.approx(np.abs(2 * held_out - 255).mean() / 255, abs=1e-3)


def test_the_command_line_trains_from_them_and_says_where_there_are_none(own, capsys):
    train = [
        "train",
        "--preset",
        "redraw",
        "--task",
        "pairs",
        "--resolution",
        "32",
        "--device",
        "cpu",
        "--width-g",
        "4",
    ]
    train += ["--width-d", "4", "--batch-size", "4", "--kimg", "0.004", "--measure-every", "0", "--sample-count", "2"]
    assert main([*train, "--run", "mine", "--backwards", "--data", own.data]) == 0
    config = runs.find_run("mine").config
    assert (config.task, config.backwards) == ("pairs", True)
    capsys.readouterr()
    assert main([*train, "--run", "none", "--data", "drawn-cats"]) == 2
    assert "The task pairs needs pictures of your own" in capsys.readouterr().err
    assert [run.name for run in runs.list_runs()] == ["mine"]
    assert main(["data", own.data, "--pairs", "--resolution", "32"]) == 0
    said = capsys.readouterr().out
    assert said.startswith("22 pairs of 32 x 32 pixels") and "“A” goes in, “B” should come out" in said


def test_how_long_it_takes_is_measured_on_made_up_pairs(own, monkeypatch):
    monkeypatch.setattr(estimate, "MEASURE_SECONDS", 0.001)
    monkeypatch.setattr(estimate, "PIECE_SECONDS", 0.001)
    monkeypatch.setattr(estimate, "choose_features", SimpleFeatures)
    assert estimate.measure(own, torch.device("cpu")).image > 0
    with pytest.raises(ForgerError, match="needs pictures of your own"):
        estimate.seconds(estimate.Pace(0, 1, 1, 1, 1), configure(own, data="drawn-cats"), 100)
