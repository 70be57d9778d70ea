"""Judges a training as it goes: how close to real pictures the averaged generator is, and which one was the best."""

import math
from collections.abc import Callable
from functools import cached_property
from typing import Any

import torch
from torch import Tensor, nn

from gan import history, models
from gan.data import Pictures
from gan.pair_judge import PairExam
from gan.paths import read_json
from gan.quality.features import choose_features
from gan.quality.measure import measure
from gan.quality.reference import reference
from gan.run import Run
from gan.sampling import generate, latents

# Far from the seeds that people look at, so that nobody picks a generator for the pictures it is judged by.
FIRST_SEED = 1_000_000


class Judge:
    """Compares a run's generator with the held-out pictures, and writes the figures to the run's quality.jsonl."""

    score = "kid"  # the figure that is smaller, the better the generator

    def __init__(self, run: Run, pictures: Pictures, device: torch.device, progress: Callable[[int, int], object]):
        self.run, self.pictures, self.device, self.progress = run, pictures, device, progress
        self.figures: dict[str, Any] = {}

    def judge(self, generator: nn.Module, images_seen: int) -> bool:
        """Measures `generator` and logs it. Returns whether it is the best so far.

        What does not change is made at the first judgement of a data set, in about a minute; `progress` hears of it.
        Raises ForgerError for a data set that is too small to judge by.
        """
        figures = self._measure(generator)
        best = self._best_score(figures["features"])
        self.figures = {"images": images_seen, "kimg": images_seen / 1000} | figures
        history.append_line(self.run.quality_path, self.figures)
        return figures[self.score] < best

    def _measure(self, generator: nn.Module) -> dict[str, Any]:
        features = choose_features(self.device)
        truth = reference(self.pictures, features, self.progress)
        return measure(generate(generator, self._latents), truth, features).to_dict()

    @cached_property
    def _latents(self) -> Tensor:
        config = self.run.config
        seeds = range(FIRST_SEED, FIRST_SEED + config.measure_count)
        return latents(seeds, config.latent_size, config.latent_distribution)

    def _best_score(self, features: str) -> float:
        """What the best generator so far was kept for; infinite where there is none that was measured alike."""
        card = read_json(self.run.best_folder / models.CARD)
        return card["quality"][self.score] if card and card["quality"]["features"] == features else math.inf


class PairJudge(Judge):
    """Compares what a run's generator makes of held-out sources with their targets."""

    score = "perceptual"

    def _measure(self, generator: nn.Module) -> dict[str, Any]:
        return self._exam.take(generator).to_dict()

    @cached_property
    def _exam(self) -> PairExam:
        config = self.run.config
        return PairExam(config, self.pictures.array, config.measure_count, self.device, self.progress)


def new_judge(run: Run, pictures: Pictures, device: torch.device, progress: Callable[[int, int], object]) -> Judge:
    """The judge for the kind of GAN that `run` trains."""
    return (PairJudge if run.config.task else Judge)(run, pictures, device, progress)
