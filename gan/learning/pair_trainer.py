"""One training step of a redrawing GAN: the same lessons, about pairs of source and picture."""

import numpy as np
import torch
from torch import Tensor

from gan import device as devices
from gan.learning.config import Config
from gan.learning.lessons import Given, Lessons
from gan.learning.perception import Perception
from gan.learning.team import Team
from gan.learning.trainer import Trainer
from gan.tasks import TASKS
from gan.tasks.framing import framings, reframe
from gan.tasks.rough import LOOSE, binding

# What chance decides about the sources, among all that a lesson is given.
SOURCE = "source: "


class PairLessons(Lessons):
    """What chance decides about the sources, too."""

    def inspectors(self, batch: range, probability: float) -> Given:
        given, task = super().inspectors(batch, probability), TASKS[self.config.task]
        draws = self.draws("pairs", batch)
        if task.any_framing:
            given["framings"] = framings(draws)
        numbers = task.numbers(draws)
        if task.roughen and self.config.roughness > 0:
            numbers |= task.roughen(self.draws("rough hands", batch), self.config.roughness)
        return given | {SOURCE + name: value for name, value in numbers.items()}

    def to_forge(self, batch: range, again: str = "") -> Given:
        return {}  # the sources of the inspector's lesson


class PairTrainer(Trainer):
    """A `Trainer` whose forger is given a source instead of a latent (Isola et al. 2017, arXiv 1611.07004).

    Both sides deal in pairs: pictures with six channels, the picture's own and its source's. So the inspector sees
    what the forger was given, and all else (penalties, augmentation, one pass for real and forged) is as ever.
    The forger also wants each pixel to be near the target's, which is what `loss_l1` says: the mean difference in
    values that reach from -1 to 1. Where `perceptual_weight` says so, it wants the same of what a network sees that
    knows photographs (`Perception`), `loss_perceptual`; raises ForgerError where that is not installed.
    """

    new_lessons = PairLessons

    def __init__(
        self,
        config: Config,
        pictures: np.ndarray,
        device: torch.device,
        team: Team | None = None,
        training: np.ndarray | None = None,
    ):
        super().__init__(config, pictures, device, team, training)
        self.perception = Perception(config, device) if config.perceptual_weight > 0 else None

    def _show(self, lesson: Given) -> Tensor:
        task = TASKS[self.config.task]
        pictures = super()._show(lesson)
        if "framings" in lesson:
            pictures = reframe(pictures, lesson["framings"])
        numbers = {name.removeprefix(SOURCE): value for name, value in lesson.items() if name.startswith(SOURCE)}
        self.sources = _compact(task.sources(pictures, numbers))
        self.targets = _compact(task.targets(pictures))
        # A source that leaves much open does not ask for just these pixels, or the forger would paint their mean.
        self.bound = binding(self.sources, numbers) if LOOSE in numbers else None
        return torch.cat([self.targets, self.sources], 1)

    def exhibits(self, pictures: Tensor, given: Tensor) -> Tensor:
        return torch.cat([pictures, given], 1)

    def _given(self, lesson: Given) -> Tensor:
        return self.sources  # of the pictures that were shown last

    def _forge(self, lesson: Given) -> Tensor:
        with devices.autocast(self.device):
            pictures = self.generator(self.sources).float()
        return torch.cat([pictures, self.sources], 1)

    def _also_wanted(self, fake: Tensor, loss: Tensor, measured: Given) -> Tensor:
        differences = (fake[:, :3] - self.targets).abs()
        measured["loss_l1"] = differences.detach().mean()
        if self.bound is not None:
            differences = differences * self.bound
        loss = loss + self.config.l1_weight * differences.mean()
        if self.perception is not None:
            seen = self.perception.distance(fake[:, :3], self.targets, self.bound)
            measured["loss_perceptual"] = seen.detach()
            loss = loss + self.config.perceptual_weight * seen
        return loss


def _compact(pictures: Tensor) -> Tensor:
    return pictures.contiguous(memory_format=devices.MEMORY_FORMAT)
