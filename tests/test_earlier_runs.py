"""Runs of an earlier version open, resume and draw as they did.

`tests/earlier` holds a run of each recipe, made on 2026-11-26: 20 images of `pictures.zip` on the CPU in single
precision, with augmentation. Beside what a run's folder holds lie the pictures shown in the four steps after that
(`order.json`), the weights and the state of all chance after them (`after.safetensors`), and what the generator drew.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from gan import generators, paths, runs
from gan.data import open_pictures
from gan.data.drawn import drawn_picture
from gan.generators import sampling
from gan.generators.redraw import Redrawer
from gan.learning.config import configure
from gan.learning.kinds import new_trainer
from gan.runs.checkpoint import read_checkpoint
from gan.training import worker

EARLIER = Path(__file__).parent / "earlier"
CPU = torch.device("cpu")
# Order of summation differs between processors. Four steps at a rate of 5e-4 move a weight by up to 2e-3.
TOLERANCE = 1e-4
# Added to the verdicts on both pictures of a pair, these cancel: their gradients are rounding, which Adam makes whole
# steps of.
CANCEL = ("discriminator.verdict.bias", "discriminator.patch.bias", "discriminator.whole.2.bias")
NAMES = ("classic", "modern", "redraw")


@pytest.fixture(params=NAMES)
def run(request, own_folders):
    folder = paths.runs_root() / request.param
    shutil.copytree(EARLIER / request.param, folder)
    settings = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(settings | {"data": str(EARLIER / "pictures.zip")}))
    return runs.find_run(request.param)


def _trainer(run):
    pictures = open_pictures(run.config.data, run.config.resolution)
    trainer = new_trainer(run.config, pictures.array, CPU)
    trainer.load_state_dict(read_checkpoint(run.checkpoints()[-1], CPU)["trainer"])
    return trainer


def test_four_more_steps_show_the_same_pictures_by_the_same_chance_and_come_to_the_same_weights(run, single_precision):
    trainer = _trainer(run)
    shown = []

    class Watched(np.ndarray):
        def __getitem__(self, chosen):
            shown.append(np.asarray(chosen).tolist())
            return np.asarray(self)[chosen]

    trainer.lessons.pictures = trainer.lessons.pictures.view(Watched)
    for _ in range(4):
        trainer.step()
    assert shown == json.loads((run.folder / "order.json").read_text())
    after = load_file(run.folder / "after.safetensors")
    for name, value in after.items():
        part, _, key = name.partition(".")
        if part == "chance":
            assert torch.equal(trainer.chance.random[key].get_state(), value), name
        elif name not in CANCEL:
            ours = getattr(trainer, part).state_dict()[key]
            torch.testing.assert_close(
                ours, value, rtol=0, atol=TOLERANCE, msg=lambda text, name=name: f"{name}: {text}"
            )
    # The tolerance is no more than a part of what four steps change.
    before = read_checkpoint(run.checkpoints()[-1], CPU)["trainer"]["generator"]
    moved = max((after[f"generator.{key}"] - value).abs().max() for key, value in before.items() if value.dim() > 1)
    assert moved > 5 * TOLERANCE


def test_it_trains_on_where_it_was(run):
    status = worker.train(run, 32, "cpu")
    assert (status.state, status.images_seen) == ("finished", 32)
    assert run.grids() == [0, 16, 20, 32]


@pytest.mark.parametrize("run", ("classic", "modern"), indirect=True)
def test_its_generator_draws_the_pictures_that_it_drew(run):
    model = generators.find_generator(f"run:{run.name}")
    made = sampling.sample(generators.load_generator(model), model.config, [1, 2, 3, 4])
    before = np.asarray(Image.open(run.folder / "seeds-1-4.png"), float)
    assert np.abs(np.concatenate(list(made), 1) - before).max() <= 3


@pytest.mark.parametrize("run", ("redraw",), indirect=True)
def test_its_generator_redraws_as_it_did(run):
    redrawer = Redrawer(generators.find_generator(f"run:{run.name}"))
    source = redrawer.source(drawn_picture("drawn-cats", 3, 32), finished=True)
    before = np.asarray(Image.open(run.folder / "redrawn.png"), float)
    assert np.abs(np.concatenate([source, redrawer.redraw(source).result], 1) - before).max() <= 3


def test_what_it_did_not_say_is_what_it_was_trained_with(run):
    """Settings that came later are left out of its settings, as they were in runs before them."""
    path = run.folder / "config.json"
    settings = json.loads(path.read_text())
    later = ("start_from", "settle_after", *(() if run.config.task else ("task", "skips", "l1_weight")))
    path.write_text(json.dumps({name: value for name, value in settings.items() if name not in later}))
    assert runs.find_run(run.name).config == configure(run.config, schedule="")
    assert (run.config.chance, run.config.deviation_group) == ("streams", 8)
    assert run.config.schedule == ("" if run.name == "classic" else "learning_rate settles after 50000")
