"""How a generator is judged, composed once for each kind of GAN: during its training, and by `evaluate`."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from functools import cached_property
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor, nn

from gan.data import Pictures
from gan.generators.sampling import generate, seed_latents
from gan.learning.config import Config
from gan.networks import LATENTS, PICTURES
from gan.pictures.tensors import to_tensor
from gan.progress import Progress, Steps
from gan.quality.feature_choice import choose_features
from gan.quality.fidelity import Fidelity, Yardstick
from gan.quality.measure import Evaluation, Quality, evaluate, measure
from gan.quality.reference import is_kept, pictures_to_describe, reference, training_features
from gan.tasks.held_out import held_out_pairs, pairs_of, spread

# Far from the seeds that people look at, so that nobody picks a generator for the pictures it is judged by.
FIRST_SEED = 1_000_000
PART = 64  # pictures that are made at once
# Training pictures whose mean target is one of the trivial answers.
MEAN_OF = 500


class Exam(ABC):
    """The same questions for every generator that was trained by `config`, about `count` of its pictures.

    `pictures` are real ones to compare with. `progress` hears what is being done: what does not change is made by the
    first generator that comes, in up to minutes, and some of it is kept beside the pictures.
    """

    score: ClassVar[str]  # the figure that is smaller, the better the generator
    draws_freely: ClassVar[bool] = True  # so that its pictures can be compared with any (for the Inception FID)

    def __init__(self, config: Config, pictures: Pictures, count: int, device: torch.device, progress: Steps):
        self.config, self.pictures, self.count, self.device, self.progress = config, pictures, count, device, progress

    @classmethod
    @abstractmethod
    def looks_once(cls, config: Config, training: int, held_out: int) -> int:
        """How many pictures are looked at before the first generator can be marked, of a data set of so many."""

    @property
    @abstractmethod
    def is_prepared(self) -> bool:
        """Whether they were: the next generator is marked without."""

    @abstractmethod
    def made_by(self, generator: nn.Module) -> np.ndarray:
        """The answers of `generator` to be marked: pictures (count, R, R, 3) uint8."""

    @abstractmethod
    def measure(self, made: np.ndarray) -> Quality | Fidelity:
        """The figures of those pictures that cost little. Raises ForgerError for real pictures that are too few."""

    def examine(self, made: np.ndarray) -> Quality | Fidelity:
        """All figures. Raises as `measure` does."""
        return self.measure(made)

    def _by_parts(self, generator: nn.Module, parts: Iterable[Tensor], total: int, what: str) -> np.ndarray:
        """What `generator` makes of inputs that come in parts, of which there are few in memory at a time."""
        made, done = [], 0
        for part in parts:
            made.append(generate(generator, part))
            self.progress(what, done := done + len(part), total)
        return np.concatenate(made)


class LatentExam(Exam):
    """Pictures from seeds that nobody looks at, against real ones that training never saw."""

    score = "kid"

    @classmethod
    def looks_once(cls, config: Config, training: int, held_out: int) -> int:
        return pictures_to_describe(training, held_out, config.resolution)

    @property
    def is_prepared(self) -> bool:
        return is_kept(self.pictures, choose_features(self.device))

    def made_by(self, generator: nn.Module) -> np.ndarray:
        return self._by_parts(generator, self._latents.split(PART), self.count, "drawing pictures")

    def measure(self, made: np.ndarray) -> Quality:
        features = choose_features(self.device)
        return measure(made, reference(self.pictures, features, self._describing("held-out")), features)

    def examine(self, made: np.ndarray) -> Evaluation:
        features = choose_features(self.device)
        truth = reference(self.pictures, features, self._describing("held-out"))
        training = training_features(self.pictures, features, self._describing("training"))
        self.progress("describing generated pictures", 0, None)
        return evaluate(made, truth, training, features)

    def _describing(self, which: str) -> Progress:
        return lambda done, total: self.progress(f"describing {which} pictures", done, total)

    @cached_property
    def _latents(self) -> Tensor:
        return seed_latents(self.config, range(FIRST_SEED, FIRST_SEED + self.count))


class PairExam(Exam):
    """Pictures redrawn from held-out sources, against their targets."""

    score = "perceptual"
    draws_freely = False

    @classmethod
    def looks_once(cls, config: Config, training: int, held_out: int) -> int:
        # Targets, sources and the mean target are described, and pairs are made for the mean.
        return 3 * min(held_out, config.measure_count) + min(training, MEAN_OF)

    @property
    def is_prepared(self) -> bool:
        return "_yardstick" in vars(self)  # it is not kept on disk

    def made_by(self, generator: nn.Module) -> np.ndarray:
        sources, _ = self.pairs
        parts = (to_tensor(sources[start : start + PART]) for start in range(0, len(sources), PART))
        return self._by_parts(generator, parts, len(sources), "redrawing held-out pictures")

    def measure(self, made: np.ndarray) -> Fidelity:
        return self._yardstick.measure(made)

    @cached_property
    def pairs(self) -> tuple[np.ndarray, np.ndarray]:
        """Sources and targets, each (count, R, R, 3) uint8, in the order of what is made of them."""
        array, (_, held_out) = self.pictures.array, self.pictures.split()
        return held_out_pairs(self.config.task, array, held_out, self.count, self._pairing, self.config.chance)

    @cached_property
    def _yardstick(self) -> Yardstick:
        mean = mean_target(self.config, self.pictures.array, self.pictures.split()[0], self._pairing)
        return Yardstick(*self.pairs, mean, choose_features(self.device))

    def _pairing(self, done: int, total: int | None) -> None:
        self.progress("making pairs", done, total)


def mean_target(config: Config, pictures: np.ndarray, training: np.ndarray, progress: Progress) -> np.ndarray:
    """The mean (R, R, 3) uint8 of what the task asks for of some of the pictures (N, R, R, 3) uint8 at `training`."""
    _, targets = pairs_of(config.task, pictures[spread(training, MEAN_OF)], progress, config.chance)
    return targets.mean(0).round().astype(np.uint8)


# By what goes into the generator, see `gan.learning.kinds`.
EXAMS: dict[str, type[Exam]] = {LATENTS: LatentExam, PICTURES: PairExam}


def new_exam(config: Config, pictures: Pictures, count: int, device: torch.device, progress: Steps) -> Exam:
    """The exam for the kind of GAN that `config` describes."""
    return EXAMS[config.kind](config, pictures, count, device, progress)
