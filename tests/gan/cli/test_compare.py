"""Two trainings side by side on the command line."""

import shutil

import pytest
from PIL import Image

from gan import paths
from gan.cli import main
from gan.learning.config import configure
from gan.paths import write_json


@pytest.fixture
def other(trained_run):
    """The run `other`: as `demo`, but for a learning rate."""
    folder = paths.runs_root() / "other"
    shutil.copytree(trained_run.folder, folder)
    write_json(folder / "config.json", configure(trained_run.config, learning_rate_d=1e-3).to_dict())
    return folder


def test_two_runs_are_compared_in_words_in_figures_and_in_a_picture(other, tmp_path, capsys):
    out = tmp_path / "both.png"
    assert main(["compare", "demo", "other", "--out", str(out), "--kimg", "0.016"]) == 0
    said = capsys.readouterr().out
    assert "demo has learning rate d 0.0002, other 0.001" in said
    assert "demo after 16 images and other after 16 images: " in said
    header, *lines = [line.split() for line in said.split("\n\n")[1].splitlines()]
    assert header[:2] == ["kimg", "run"] and "KID" not in said  # which was not measured
    assert [line[1] for line in lines] == ["demo", "other"] and lines[0][2:] == lines[1][2:]
    with Image.open(out) as picture:
        assert picture.format == "PNG"


def test_a_finished_pair_is_compared_as_late_as_both_go(other, tmp_path, capsys):
    assert main(["compare", "demo", "other", "--out", str(tmp_path / "both.png")]) == 0
    assert "demo after 40 images" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("compare demo demo", "the same run"),
        ("compare demo nobody", "no run 'nobody'"),
        ("compare demo ../demo", "cannot be a name"),
        ("compare demo other --out both.jpg", "not a .png"),
        ("compare demo other --out both.png --kimg nan", "from 0 to"),
        ("compare demo other --out /nowhere/at/all.png", "could not be written"),
    ],
)
def test_what_cannot_be_compared_is_said(other, tmp_path, monkeypatch, capsys, command, why):
    monkeypatch.chdir(tmp_path)
    assert main(command.split()) == 2
    assert why in capsys.readouterr().err
    assert not list(tmp_path.glob("both*"))
