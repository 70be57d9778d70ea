"""Judges a training as it goes: how close to real pictures the averaged generator is, and which one was the best."""

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import nn

from gan import history, models
from gan.data import Pictures
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

    def __init__(self, run: Run, pictures: Pictures, device: torch.device, progress: Callable[[int, int], object]):
        self.run, self.pictures, self.device, self.progress = run, pictures, device, progress
        config = run.config
        seeds = range(FIRST_SEED, FIRST_SEED + config.measure_count)
        self.latents = latents(seeds, config.latent_size, config.latent_distribution)
        self.figures: dict[str, Any] = {}

    def judge(self, generator: nn.Module, images_seen: int) -> bool:
        """Measures `generator` and logs it. Returns whether it is the best so far.

        What does not change is made at the first judgement of a data set, in about a minute; `progress` hears of it.
        Raises ForgerError for a data set that is too small to judge by.
        """
        features = choose_features(self.device)
        truth = reference(self.pictures, features, self.progress)
        quality = measure(generate(generator, self.latents), truth, features)
        best = self._best_kid(features.name)
        self.figures = {"images": images_seen, "kimg": images_seen / 1000} | quality.to_dict()
        history.append_line(self.run.quality_path, self.figures)
        return quality.kid < best

    def _best_kid(self, features: str) -> float:
        """What the best generator so far was kept for; infinite where there is none that was measured alike."""
        card = read_json(self.run.best_folder / models.CARD)
        return card["quality"]["kid"] if card and card["quality"]["features"] == features else math.inf
