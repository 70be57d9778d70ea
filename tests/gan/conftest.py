"""For the tests of whatever they pass through: a GAN that redraws, and weights of chance for pretrained networks."""

import shutil
from pathlib import Path

import pytest
import torch

from gan import paths, runs
from gan.learning import eyes
from gan.learning.config import Config, configure
from gan.learning.recipes import RECIPES
from gan.networks.efficientnet import LITE0, LITE1, EfficientNetLite
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


@pytest.fixture(scope="session")
def weights_of_chance(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "some.pth"
    torch.manual_seed(0)
    torch.save({f"other.{key}": value for key, value in EfficientNetLite().state_dict().items()}, path)
    return path


@pytest.fixture(scope="session")
def second_weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "second.pth"
    torch.manual_seed(1)
    torch.save(EfficientNetLite(LITE1).state_dict(), path)
    return path


@pytest.fixture
def installed(monkeypatch, weights_of_chance, second_weights):
    """As if the optional packages were there with whose eyes trainings see, with weights of chance."""
    monkeypatch.setattr(eyes, "find_weights", {LITE0: weights_of_chance, LITE1: second_weights}.get)
