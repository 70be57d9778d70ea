"""How long a training will take here: measured on a few real steps, before it starts."""

import json
import subprocess
import sys
import time

import numpy as np
import torch

from gan import device as devices
from gan.errors import ForgerError
from gan.paths import PROJECT
from gan.recipes import Config
from gan.trainer import Trainer

MEASURE_SECONDS = 1.5
PATIENCE_SECONDS = 30


def images_per_second(config: Config, device: str) -> float:
    """The speed of `config`'s training steps on `device`, from a few of them on made-up pictures.

    Measured in a process of its own, which gives way to others as the trainer does and takes its memory with it
    when it ends. Sample grids and checkpoints are not in it; with the default intervals they cost a few percent.

    Raises ForgerError where two steps take too long, or there is too little memory for one.
    """
    command = [sys.executable, "-m", "gan.estimate", json.dumps(config.to_dict()), device]
    process = subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    try:
        answer, _ = process.communicate(timeout=PATIENCE_SECONDS)
        return float(answer)
    except subprocess.TimeoutExpired as error:
        raise ForgerError(
            f"Two steps took over {PATIENCE_SECONDS} seconds here, so this would take days: choose fewer pixels, a "
            "smaller width or a smaller batch."
        ) from error
    except ValueError as error:
        raise ForgerError("One step did not fit here: choose fewer pixels, a smaller width or batch.") from error
    finally:
        process.kill()  # also when the visitor has gone on meanwhile
        process.wait()


def measure(config: Config, device: torch.device) -> float:
    """What `images_per_second` does in its process."""
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
    if seconds < 1.5:
        return "1 second"
    if seconds < 90:
        return f"{round(seconds)} seconds"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} minutes"
    return f"{seconds / 3600:.1f} hours"


if __name__ == "__main__":
    devices.give_way()
    print(measure(Config.from_dict(json.loads(sys.argv[1])), devices.choose(sys.argv[2])))
