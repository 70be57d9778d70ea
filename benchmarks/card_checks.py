"""What should hold on a card, whatever its speed: it computes what the CPU does, resumes, and is never waited for."""

import contextlib
import copy
import io
import warnings
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from torch import Tensor

from benchmarks.checking import NEEDS_A_CARD, NO, YES, Deadline, Row
from gan import device as devices
from gan.learning.config import Config
from gan.learning.kinds import new_trainer
from gan.learning.recipes import RECIPES
from gan.learning.trainer import Trainer

CPU = torch.device("cpu")
# The CPU against itself, with convolutions by oneDNN and without, differs by up to 0.2 % in the losses and 0.25 % in
# the inspector's gradient after one step (penalty and augmentation included), and by 0.6 % in the losses after four:
# Adam without a memory of directions makes a whole step of any sign, so small differences grow.
AFTER_ONE, AFTER_SOME = 0.01, 0.05
SOME = 4


@dataclass(frozen=True)
class Size:
    """How large the checked trainings are."""

    resolution: int = 64
    width: int = 16
    batch: int = 16

    def config(self, recipe: str) -> Config:
        """A training by `recipe` in which every step has all parts: a penalty, where it has one, and augmentation."""
        sizes = {"resolution": self.resolution, "width_g": self.width, "width_d": self.width, "batch_size": self.batch}
        return Config(**RECIPES[recipe].settings | sizes | {"penalty_every": 1, "augment_probability": 0.3})

    def trainer(self, recipe: str, device: torch.device) -> Trainer:
        return on_noise(self.config(recipe), device)


def on_noise(config: Config, device: torch.device) -> Trainer:
    """A trainer on made-up pictures, the same every time."""
    shape = (max(128, 2 * config.batch_size), config.resolution, config.resolution, 3)
    return new_trainer(config, np.random.default_rng(0).integers(0, 256, shape, np.uint8), device)


def agreement(size: Size, device: torch.device, deadline: Deadline) -> Iterator[Row]:
    """The same training on the CPU and on `device`, both in float32 without TF32: after one step and after some."""
    with devices.full_precision(), patch.object(devices, "precision", lambda device: "float32"):
        for recipe in RECIPES:
            here, there = size.trainer(recipe, CPU), size.trainer(recipe, device)
            for step in range(1, SOME + 1):
                losses = difference(here.step(), there.step())
                if step == 1:
                    gradient = relative(gradients(there), gradients(here))
                    yield Row(
                        f"{recipe}: a step on the card against the CPU",
                        f"losses, gradient of D within {AFTER_ONE:.0%}",
                        f"losses {losses:.1e} apart, gradient {gradient:.1e}",
                        verdict(max(losses, gradient) <= AFTER_ONE, device),
                    )
            yield Row(
                f"{recipe}: {SOME} steps on the card against the CPU",
                f"losses within {AFTER_SOME:.0%}",
                f"losses {losses:.1e} apart",
                verdict(losses <= AFTER_SOME, device),
            )


def resume(size: Size, device: torch.device, deadline: Deadline) -> Iterator[Row]:
    """A training that was stopped and resumed beside one that was not, and beside a second one that was not.

    First as trainings run, in the precision that the card takes by itself; then by deterministic algorithms.
    """
    for recipe in RECIPES:
        resumed, again = after_a_stop(size, recipe, device)
        seen = f"weights {resumed:.1e} of their way apart; two without a stop {again:.1e}"
        # A card adds up in an order of its own: two trainings are the same only as far as that goes.
        yield Row(
            f"{recipe}: stopped and resumed",
            "no further apart than two runs",
            "bit for bit" if resumed == again == 0 else seen,
            verdict(resumed <= 2 * again, device),
        )
    for recipe in RECIPES:
        with deterministic() as unable:
            resumed, _ = after_a_stop(size, recipe, device)
        without = f"; no deterministic algorithm: {', '.join(sorted(unable))}" if unable else ""
        yield Row(
            f"{recipe}: the same, deterministic algorithms",
            "bit for bit",
            ("bit for bit" if resumed == 0 else f"weights {resumed:.1e} of their way apart") + without,
            verdict(resumed == 0, device),
        )


def after_a_stop(size: Size, recipe: str, device: torch.device) -> tuple[float, float]:
    """How far apart weights are, by the length of the way that they went: resumed against not, two that were not."""
    trainers = [size.trainer(recipe, device) for _ in range(3)]
    begun = weights(trainers[0])
    for trainer in trainers:
        for _ in range(SOME):
            trainer.step()
        if trainer is trainers[0]:
            state = through_a_file(trainer.state_dict(), device)
    resumed = size.trainer(recipe, device)
    resumed.load_state_dict(state)
    trainers[0] = resumed
    for trainer in trainers:
        for _ in range(SOME):
            trainer.step()
    ended = [weights(trainer) for trainer in trainers]
    way = (ended[1] - begun).norm()
    return float((ended[0] - ended[1]).norm() / way), float((ended[2] - ended[1]).norm() / way)


def syncs(size: Size, device: torch.device, steps: int, deadline: Deadline) -> Iterator[Row]:
    """How often the host waits for the card in `steps` steps, and where: with augmentation, each with a penalty."""
    for recipe in RECIPES:
        trainer = size.trainer(recipe, device)
        for _ in range(min(steps, 8)):  # the first ones choose algorithms and make the optimisers' memory
            trainer.step()
        with counted_syncs(device) as places:
            done = 0
            while done < steps and deadline.left > 0:
                trainer.step()
                done += 1
        found = ", ".join(f"{place} ({times})" for place, times in places.most_common(4)) or "none"
        yield Row(f"{recipe}: host waits in {done} steps", "none", found, verdict(not places, device))


@contextlib.contextmanager
def counted_syncs(device: torch.device) -> Iterator[Counter[str]]:
    """Where in the code PyTorch says that it waited for a card, and how often; filled when it is left."""
    places: Counter[str] = Counter()
    if device.type != "cuda":
        yield places
        return
    torch.cuda.synchronize(device)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.cuda.set_sync_debug_mode("warn")
        try:
            yield places
        finally:
            torch.cuda.set_sync_debug_mode("default")
    for warning in caught:
        if "called a synchronizing" in str(warning.message):  # there is one about the debug mode itself, too
            places[f"{Path(warning.filename).name}:{warning.lineno}"] += 1


@contextlib.contextmanager
def deterministic() -> Iterator[set[str]]:
    """Only algorithms that add up in the same order each time; operations that have none, filled when it is left."""
    unable: set[str] = set()
    benchmark = torch.backends.cudnn.benchmark
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        torch.use_deterministic_algorithms(True, warn_only=True)
        torch.backends.cudnn.benchmark = False
        try:
            yield unable
        finally:
            torch.use_deterministic_algorithms(False)
            torch.backends.cudnn.benchmark = benchmark
    for message in (str(warning.message) for warning in caught):
        if "CuBLAS" in message:  # whose message begins otherwise
            unable.add("matrix products")
        elif "deterministic" in message:
            unable.add(message.split()[0])


def verdict(holds: bool, device: torch.device) -> str:
    """What the last column says; the CPU against itself proves nothing."""
    return NEEDS_A_CARD if device.type != "cuda" else YES if holds else NO


def difference(one: dict[str, Tensor], other: dict[str, Tensor]) -> float:
    """The largest among the differences of metrics, relative to those that are not small."""
    return max(abs(float(one[name]) - float(other[name])) / max(abs(float(one[name])), 0.1) for name in one)


def relative(one: Tensor, other: Tensor) -> float:
    return float((one - other).norm() / other.norm())


def gradients(trainer: Trainer) -> Tensor:
    """The whole gradient of the inspector's last lesson, flat, on the CPU."""
    return flat(p.grad for p in trainer.discriminator.parameters() if p.grad is not None)


def weights(trainer: Trainer) -> Tensor:
    """All weights of both networks, flat, on the CPU."""
    return flat([*trainer.generator.parameters(), *trainer.discriminator.parameters()])


def flat(tensors: Iterable[Tensor]) -> Tensor:
    return torch.cat([tensor.detach().float().cpu().flatten() for tensor in tensors])


def through_a_file(state: dict[str, Any], device: torch.device) -> dict[str, Any]:
    """The state as a checkpoint brings it back."""
    file = io.BytesIO()
    torch.save(copy.deepcopy(state), file)
    file.seek(0)
    return torch.load(file, map_location=device, weights_only=True)
