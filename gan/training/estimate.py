"""How long a training will take here: measured on a few real steps and one sample grid, before it starts."""

import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import torch

from gan import device as devices
from gan.errors import ForgerError
from gan.learning.config import SETTINGS, Config, configure
from gan.learning.kinds import new_trainer
from gan.learning.setting import Cost
from gan.learning.trainer import Trainer
from gan.paths import PROJECT
from gan.pictures.files import jpeg_bytes
from gan.training.sheets import new_sheet

MEASURE_SECONDS = 1.0
PATIENCE_SECONDS = 60
TOO_LARGE = 3  # the exit status for too little memory


@dataclass(frozen=True)
class Pace:
    """What a training costs on one machine: seconds for each image seen, and for each sample grid."""

    image: float
    grid: float

    def images_per_second(self, config: Config) -> float:
        """The speed of a training that draws its grids as often as `config` says."""
        between_grids = max(config.sample_every, config.batch_size * config.d_steps)
        return 1 / (self.image + self.grid / between_grids)


def what_counts(config: Config) -> Config:
    """`config` with all that cannot change its pace set to the default: the same result, the same pace."""
    changes: dict[str, Any] = {}
    for name, setting in SETTINGS.items():
        if setting.cost == Cost.NOTHING or not setting.has_a_say(config):
            changes[name] = setting.default
        elif setting.cost == Cost.SWITCH:
            changes[name] = setting.high
    return configure(config, **changes)


def measure_pace(config: Config, device: str) -> Pace:
    """The pace of `config`'s training on `device`, from a few steps on made-up pictures and one sample grid.

    Measured in a process of its own, which gives way to others as the trainer does and takes its memory with it
    when it ends. Checkpoints are not in it; with the default interval they cost about one percent.

    Raises ForgerError where a few steps take too long, where there is too little memory for one, and where the steps
    fail otherwise, with the reason that was given.
    """
    command = [sys.executable, "-m", "gan.training.estimate", json.dumps(config.to_dict()), device]
    process = subprocess.Popen(
        command, cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        answer, complaint = process.communicate(timeout=PATIENCE_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ForgerError(
            f"A few steps took over {PATIENCE_SECONDS} seconds here, so this would take days: choose fewer pixels, a "
            "smaller width or a smaller batch."
        ) from error
    finally:
        process.kill()  # also when the visitor has gone on meanwhile
        process.wait()
    if process.returncode in (TOO_LARGE, -9):  # the latter: SIGKILL, from a system that ran out of memory
        raise ForgerError("One step did not fit here: choose fewer pixels, a smaller width or batch.")
    if process.returncode != 0:
        reason = (complaint.strip().splitlines() or [f"its process ended with the status {process.returncode}"])[-1]
        raise ForgerError(f"How long this takes could not be measured: {reason}")
    return Pace(**json.loads(answer))


def measure(config: Config, device: torch.device) -> Pace:
    """What `measure_pace` does in its process."""
    devices.prepare(device)
    shape = (max(64, config.batch_size), config.resolution, config.resolution, 3)
    pictures = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
    trainer = new_trainer(configure(config, penalty="none"), pictures, device)
    image = _seconds_per_image(trainer)
    drawing = _seconds_per_grid(trainer)
    if config.penalty != "none":
        # Lessons with the penalty and without it, in their shares: waiting for whole cycles would take too long.
        dear = _seconds_per_image(new_trainer(configure(config, penalty_every=1), pictures, device))
        image += (dear - image) / config.penalty_every
    return Pace(image, drawing)


def _seconds_per_image(trainer: Trainer) -> float:
    trainer.step()  # the first step pays for memory and for choosing algorithms
    _wait(trainer.device)
    started, images = time.perf_counter(), trainer.images_seen
    while (elapsed := time.perf_counter() - started) < MEASURE_SECONDS:
        trainer.step()
        _wait(trainer.device)
    return elapsed / (trainer.images_seen - images)


def _seconds_per_grid(trainer: Trainer) -> float:
    """The second of two, as the trainer draws them."""
    sheet = new_sheet(trainer.config, trainer.pictures)
    for _ in range(2):
        started = time.perf_counter()
        jpeg_bytes(sheet.by(trainer.average))
    return time.perf_counter() - started


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


def main(settings: str, device: str) -> int:
    """What the process does that `measure_pace` starts: prints the pace, or says on standard error what went wrong."""
    devices.give_way()
    try:
        pace = measure(Config.from_dict(json.loads(settings)), devices.choose(device))
    except ForgerError as error:
        print(error, file=sys.stderr)
        return 2
    except Exception as error:
        if devices.is_out_of_memory(error):
            return TOO_LARGE
        raise
    print(json.dumps(asdict(pace)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
