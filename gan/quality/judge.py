"""Judges a training as it goes: how close to real pictures the averaged generator is, and which one was the best."""

import math
from typing import Any

import torch
from torch import nn

from gan.data import Pictures
from gan.generators.folder import CARD
from gan.paths import read_json
from gan.progress import Steps
from gan.quality.exams import new_exam
from gan.runs import changes
from gan.runs.log import append_line
from gan.runs.run import Run


class Judge:
    """Measures a run's generator on pictures that training never sees, and writes the figures to its quality.jsonl."""

    def __init__(self, run: Run, pictures: Pictures, device: torch.device, progress: Steps):
        self.run = run
        self.exam = new_exam(run.config, pictures, run.config.measure_count, device, progress)
        self.figures: dict[str, Any] = {}

    @property
    def looks_at(self) -> int:
        """How many pictures the next judgement looks at; the first looks at real ones, too."""
        exam = self.exam
        parts = (len(part) for part in exam.pictures.split())
        return exam.count + (0 if exam.is_prepared else exam.looks_once(exam.config, *parts))

    def judge(self, generator: nn.Module, images_seen: int) -> bool:
        """Measures `generator` and logs it. Returns whether it is the best so far.

        What does not change is made at the first judgement of a data set, in about a minute; `progress` hears of it.
        Raises ForgerError for a data set that is too small to judge by.
        """
        figures = self.exam.measure(self.exam.made_by(generator)).to_dict()
        best = self._best_score(figures["features"])
        self.figures = {"images": images_seen, "kimg": images_seen / 1000} | figures
        append_line(self.run.quality_path, self.figures)
        return figures[self.exam.score] < best

    def _best_score(self, features: str) -> float:
        """What the best generator so far was kept for; infinite where there is none that was measured alike."""
        card = read_json(self.run.best_folder / CARD)
        if not card or card["quality"]["features"] != features:
            return math.inf
        # Beside other real pictures it would have another score.
        since = changes.since(self.run.folder, changes.PICTURES)
        return math.inf if since and card["images_seen"] <= since else card["quality"][self.exam.score]
