"""Forger in Python, as docs/python.md says; and installed."""

import os
import re
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

import gan
import gan.data
from gan import paths, runs
from gan.errors import ForgerError
from gan.learning.config import configure
from gan.paths import PROJECT

DOCUMENT = (PROJECT / "docs" / "python.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", DOCUMENT, re.DOTALL)
PACKAGING = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))


def test_what_the_document_says_works(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("FORGER_CHECKPOINTS", str(PROJECT / "checkpoints"))
    monkeypatch.setattr(gan.data, "DRAWN_COUNT", 32)
    text = "\n".join(BLOCKS)
    program = text.replace("kimg=4,", "kimg=0.064,")  # it is read as it stands, and trained for a moment
    assert program != text
    exec(compile(program, "docs/python.md", "exec"), {})
    said = capsys.readouterr().out
    assert "Cats" in said.splitlines()[0] and "There is no generator 'dogs'" in said
    assert {path.name for path in tmp_path.iterdir()} == {"cat.png", "mine.png", "redrawn.png"}
    assert runs.find_run("mine").status().images_seen == 64


def test_importing_loads_nothing_slow_and_asks_no_card():
    look = "import sys, gan; assert 'train' in gan.__all__; print([m for m in ('torch', 'numpy') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", look], cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=True)
    assert done.stdout == "[]\n"
    with pytest.raises(AttributeError, match="no attribute 'paint'"):
        gan.paint  # noqa: B018


def test_a_training_is_the_one_of_the_command_line(config, tmp_path):
    heard = []
    settings = {name: value for name, value in config.to_dict().items() if name != "data"}
    before = signal.getsignal(signal.SIGINT)
    model = gan.train("own", data=Path(config.data), settings=settings, kimg=0.008, device="cpu", hear=heard.append)
    assert signal.getsignal(signal.SIGINT) == before
    assert model.config == configure(config, data=Path(config.data).name)
    assert runs.find_run("own").config == config and heard[-1].images_seen == 8
    drawn = gan.draw(model, "3,4")
    assert drawn.shape == (2, 32, 32, 3) and np.array_equal(drawn[1], gan.draw(model, [np.int64(4)])[0])
    with pytest.raises(ForgerError, match="cannot redraw"):
        gan.redraw(model, drawn[0])


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"preset": "none"}, "no preset"),
        ({"data": "nowhere"}, "neither a folder"),
        ({"settings": {"widht_g": 3}}, "no setting widht_g"),
        ({"kimg": 0}, "kimg must be"),
        ({"kimg": 1, "data": "celeba"}, "not on this computer"),
    ],
)
def test_a_wrong_request_leaves_nothing(asked, words):
    with pytest.raises(ForgerError, match=words):
        gan.train("wrong", **asked)
    assert runs.list_runs() == []


@pytest.mark.parametrize("seeds", [-1, [1, 2.5], "x", []])
def test_seeds_that_are_none(shipped, seeds):
    with pytest.raises(ForgerError):
        gan.draw(gan.load("cats"), seeds)


def test_a_picture_is_redrawn_whole_or_by_its_middle(redrawing, pictures):
    model, wide = gan.load("sketches"), np.concatenate([pictures[0]] * 3, axis=1)
    assert np.array_equal(gan.redraw(model, wide, square=True), gan.redraw(model, pictures[0]))
    height, width, _ = gan.redraw(model, wide).shape
    assert width == 3 * height
    with pytest.raises(ForgerError, match="must be"):
        gan.redraw(model, pictures[0].astype(float))


def test_an_installed_package_keeps_things_in_the_users_folder(tmp_path, monkeypatch):
    for name in ("RUNS", "DATA", "CHECKPOINTS"):
        monkeypatch.delenv(f"FORGER_{name}")
    assert paths.is_checkout()
    monkeypatch.setattr(paths, "PROJECT", tmp_path / "site-packages")
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "me")
    assert paths.runs_root() == tmp_path / "me" / "forger" / "runs"
    assert paths.cache_root() == tmp_path / "me" / "forger" / "data"
    assert paths.checkpoints_root() == Path(paths.__file__).parent / "checkpoints"

    def homeless():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", homeless)
    with pytest.raises(ForgerError, match="FORGER_RUNS and FORGER_DATA"):
        paths.runs_root()


def test_every_room_is_packed():
    rooms = {".".join(path.relative_to(PROJECT).parts[:-1]) for path in (PROJECT / "gan").rglob("__init__.py")}
    assert set(PACKAGING["tool"]["setuptools"]["packages"]) == rooms | {"gan.checkpoints"}
    assert PACKAGING["tool"]["setuptools"]["package-dir"] == {"gan.checkpoints": "checkpoints"}


def test_the_command_is_the_command_line(tmp_path):
    module, function = PACKAGING["project"]["scripts"]["forger"].split(":")
    script = f"import sys; from {module} import {function}; sys.argv = ['forger', 'runs']; sys.exit({function}())"
    environment = os.environ | {"PYTHONPATH": str(PROJECT)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True, check=True
    )
    assert "There are no runs yet" in done.stdout
