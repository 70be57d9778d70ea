"""What most tests share: folders of their own, tiny settings, a few pictures, a trained run, a shipped generator."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan import device as devices
from gan import generators, paths, runs
from gan.generators import TrainedGenerator
from gan.learning.config import Config, configure
from gan.learning.recipes import RECIPES
from gan.networks import new_discriminator, new_generator
from gan.runs.run import Run
from gan.training import worker
from tests.server import serve

__all__ = ["serve"]


@pytest.fixture(scope="session", autouse=True)
def one_thread():
    """Tiny networks lose more by sharing their work than they win."""
    torch.set_num_threads(1)


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory, monkeypatch) -> Path:
    """Runs, generators and data of this test alone; where they lie."""
    home = tmp_path_factory.mktemp("forger")
    for name in ("runs", "checkpoints", "data"):
        monkeypatch.setenv(f"FORGER_{name.upper()}", str(home / name))
    return home


@pytest.fixture(autouse=True)
def own_signals():
    """A training in this process takes over Ctrl-C and SIGTERM; here they go back."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def single_precision(monkeypatch) -> None:
    """Training without bfloat16, whose numbers have three digits: for figures worked out by hand."""
    monkeypatch.setattr(devices, "autocast", lambda device: contextlib.nullcontext())


@pytest.fixture(scope="session")
def pictures() -> np.ndarray:
    """22 pictures (22, 32, 32, 3) uint8, all different and none its own mirror image; batches of 4 cross their end."""
    ramp = np.linspace(0, 150, 32)[None, None, :, None]
    shade = np.random.default_rng(0).uniform(0, 80, (22, 1, 1, 3))
    noise = np.random.default_rng(1).uniform(0, 25, (22, 32, 32, 3))
    return (ramp + shade + noise).astype(np.uint8)


@pytest.fixture(scope="session")
def picture_folder(pictures, tmp_path_factory) -> Path:
    """The pictures as PNG files, as a person brings them."""
    folder = tmp_path_factory.mktemp("pictures")
    for number, picture in enumerate(pictures):
        Image.fromarray(picture).save(folder / f"{number:02d}.png")
    return folder


@pytest.fixture
def many(pictures, tmp_path) -> str:
    """A folder of 320 pictures, 32 of them held out: enough to measure by."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(320):
        Image.fromarray(np.roll(pictures[number % 22], number // 22 * 5, axis=1)).save(folder / f"{number:03d}.png")
    return str(folder)


@pytest.fixture(scope="session")
def config(picture_folder) -> Config:
    """Settings that train within a second."""
    return Config(
        data=str(picture_folder),
        resolution=32,
        width_g=4,
        width_d=4,
        latent_size=8,
        batch_size=4,
        average_half_life=40,
        sample_count=4,
        sample_every=16,
        checkpoint_every=16,
        log_every=8,
        measure_every=0,
    )


@pytest.fixture(scope="session")
def _trained_folder(config, tmp_path_factory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("trained")
        patch.setenv("FORGER_RUNS", str(home))
        patch.setenv("FORGER_DATA", str(home / "data"))
        run = runs.create("demo", config)
        worker.train(run, 40, "cpu")
        return run.folder


@pytest.fixture
def trained_run(_trained_folder, own_folders) -> Run:
    """The run `demo`, finished after 40 images: checkpoints at 32 and 40, grids at 0, 16, 32 and 40."""
    shutil.copytree(_trained_folder, paths.runs_root() / "demo")
    return runs.find_run("demo")


@pytest.fixture
def shipped(config, own_folders) -> TrainedGenerator:
    """The generator `cats` in the folder of shipped ones; it has learned nothing."""
    folder = paths.checkpoints_root() / "cats"
    card = {"title": "Cats", "config": config.to_dict(), "images_seen": 300_000}
    generators.save_generator(folder, new_generator(config), card)
    Image.new("RGB", (64, 64), "grey").save(folder / generators.PREVIEW)
    return generators.find_generator("cats")


@pytest.fixture
def lively(shipped) -> TrainedGenerator:
    """The shipped generator `cats` with big weights: every latent makes another pattern."""
    generator = generators.load_generator(shipped)
    for weights in generator.parameters():
        if weights.dim() > 1:
            weights.mul_(20)
    generators.save_generator(shipped.folder, generator, shipped.card)
    return shipped


@pytest.fixture(scope="session")
def write_redrawing(config) -> Callable[..., None]:
    """Writes a generator that redraws, with its inspector and what it was after 1 of 2 kimg, into a folder.

    None of them has learned anything, but their weights are big: another picture going in is another coming out.
    """

    def write(folder: Path, **settings) -> None:
        own = configure(config, **RECIPES["redraw"].settings | {"width_g": 4, "width_d": 4} | settings)
        early = new_generator(configure(own, seed=2))
        generator, discriminator = new_generator(own), new_discriminator(own)
        for network in (early, generator, discriminator):
            for weights in network.parameters():
                if weights.dim() > 1:
                    weights.data.mul_(5)
        card = {"title": folder.name.title(), "config": own.to_dict(), "images_seen": 2000}
        generators.save_generator(folder, generator, card)
        generators.save_weights(folder / generators.DISCRIMINATOR, discriminator)
        moment = generators.moment_path(folder, 1000)
        moment.parent.mkdir()
        generators.save_weights(moment, early)
        Image.new("RGB", (64, 64), "grey").save(folder / generators.PREVIEW)

    return write


@pytest.fixture
def redrawing(write_redrawing, own_folders) -> TrainedGenerator:
    """The generator `sketches` in the folder of shipped ones: it makes pictures of line drawings."""
    write_redrawing(paths.checkpoints_root() / "sketches")
    return generators.find_generator("sketches")


@pytest.fixture
def forked() -> Callable[[str, list[str]], dict[str, int]]:
    """Runs `gan/forked_trainers.py`; which runs' trainers ended with which exit status."""

    def start(act: str, names: list[str]) -> dict[str, int]:
        command = [sys.executable, Path(__file__).parent / "gan" / "forked_trainers.py", act, *names]
        environment = os.environ | {"PYTHONPATH": str(paths.PROJECT)}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        return {name: int(status) for name, status in (line.split() for line in done.stdout.splitlines())}

    return start
