"""A GAN that redraws, for the tests of whatever it passes through."""

import shutil
from pathlib import Path

import pytest

from gan import paths, runs
from gan.learning.config import Config, configure
from gan.learning.recipes import RECIPES
from gan.runs.run import Run
from gan.training import worker


@pytest.fixture(scope="session")
def redraw_config(config) -> Config:
    """Settings of the recipe redraw that train within a second or two."""
    tiny = {"width_g": 4, "width_d": 4, "batch_size": 4, "average_half_life": 40, "sample_count": 2}
    return configure(config, **RECIPES["redraw"].settings | tiny)


@pytest.fixture(scope="session")
def _redraw_folder(redraw_config, tmp_path_factory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("redraw")
        patch.setenv("FORGER_RUNS", str(home))
        patch.setenv("FORGER_DATA", str(home / "data"))
        often = {"sample_every": 1000, "checkpoint_every": 1000, "log_every": 500}
        run = runs.create("redraw", configure(redraw_config, batch_size=100, **often))
        worker.train(run, 2200, "cpu")
        return run.folder


@pytest.fixture
def redraw_run(_redraw_folder, own_folders) -> Run:
    """The run `redraw`, which made pictures of sketches for 2200 images; it was kept after 1000 and after 2000."""
    shutil.copytree(_redraw_folder, paths.runs_root() / "redraw")
    return runs.find_run("redraw")
