"""How long a training will take here: measured on a few real steps, before it starts."""

import time

import numpy as np
import torch

from gan import device as devices
from gan.recipes import Config
from gan.trainer import Trainer

MEASURE_SECONDS = 1.5


def images_per_second(config: Config, device: torch.device) -> float:
    """The speed of `config`'s training steps on `device`, from about two seconds of them on made-up pictures.

    Sample grids and checkpoints are not in it; with the default intervals they cost a few percent.
    """
    devices.prepare(device)
    shape = (max(64, config.batch_size), config.resolution, config.resolution, 3)
    pictures = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    trainer = Trainer(config, pictures, device)
    trainer.step()  # the first step pays for memory and for choosing algorithms
    _wait(device)
    started, images = time.perf_counter(), trainer.images_seen
    while (elapsed := time.perf_counter() - started) < MEASURE_SECONDS:
        trainer.step()
        _wait(device)
    return (trainer.images_seen - images) / elapsed


def _wait(device: torch.device) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)


def in_words(seconds: float) -> str:
    """A time as people say it: "40 seconds", "12 minutes", "3.5 hours"."""
    if seconds < 90:
        return f"{max(1, round(seconds))} seconds"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    return f"{seconds / 3600:.1f} hours"
