"""What the lessons of a step are about: pictures, latents, and all that chance decides, gathered before it begins.

So everything goes to a card at once, and a step itself asks for nothing more.
"""

from collections.abc import Mapping

import numpy as np
import torch
from torch import Tensor

from gan import device as devices
from gan.chance import Chance, Draws
from gan.latents.distributions import draw_latents
from gan.learning.augment import augment, changes
from gan.learning.config import Config
from gan.learning.order import batch_indices
from gan.learning.team import Team

# What one lesson is about, by name, each (batch, ...).
Given = dict[str, Tensor]


class Lessons:
    """Those of a training from latents. `training` are the places in `pictures` (uint8, (N, R, R, 3)) to learn from."""

    def __init__(
        self,
        config: Config,
        pictures: np.ndarray,
        training: np.ndarray,
        chance: Chance,
        team: Team,
        device: torch.device,
    ):
        self.config, self.pictures, self.training = config, pictures, training
        self.chance, self.team, self.device = chance, team, device

    def of_step(self, images_seen: int, now: Mapping[str, float], inspectors: int, forgers: int) -> list[Given]:
        """So many lessons of the step after so many images, the inspector's (at least one) first, with this process's
        share of each batch: on the device, by one transfer. `now` are the settings as they are by now
        (`gan.learning.knobs.settings_now`)."""
        config = self.config
        end = images_seen + config.batch_size * inspectors
        batches = [range(start, start + config.batch_size) for start in range(images_seen, end, config.batch_size)]
        probability = now["augment_probability"]
        lessons = [self.inspectors(batch, probability) for batch in batches]
        lessons += [self.forgers(batches[-1], number, probability) for number in range(forgers)]
        there = iter(devices.send_together([tensor for lesson in lessons for tensor in lesson.values()], self.device))
        return [{name: next(there) for name in lesson} for lesson in lessons]

    def inspectors(self, batch: range, probability: float) -> Given:
        """A lesson about these images, augmented with so much probability."""
        config, mine = self.config, self.team.share(batch)
        chosen = batch_indices(config.seed, len(self.training), mine.start, len(mine))
        given = {"pictures": torch.from_numpy(self.pictures[self.training[chosen]])}
        if config.flips:
            given["mirrored"] = self.draws("flips", batch).uniform(1, 1, 1) < 0.5
        given |= self.to_forge(batch) | self._changes(batch, probability, "real")
        return given | self._changes(batch, probability, "fake")

    def forgers(self, batch: range, number: int, probability: float) -> Given:
        """The first is about the forgeries that the inspector has just seen; every other has its own."""
        again = f" for lesson {number}" if number else ""
        given = self.to_forge(batch, again) if number else {}
        return given | self._changes(batch, probability, "fake", again or " once more")

    def to_forge(self, batch: range, again: str = "") -> Given:
        """What the forger needs to make its share of a batch; `again` names the occasion."""
        config = self.config
        draws = self.draws("latents" + again, batch)
        return {"latents": draw_latents(draws, config.latent_size, config.latent_distribution)}

    def draws(self, purpose: str, batch: range) -> Draws:
        """Chance for this process's share of a batch."""
        return self.chance.draws(purpose, self.team.share(batch), batch)

    def _changes(self, batch: range, probability: float, which: str, again: str = "") -> Given:
        """The augmentation of real or fake pictures."""
        if probability <= 0:
            return {}
        draws = self.draws(f"augmentation of {which}{again}", batch)
        return {f"changes of {which}": changes(draws, probability, self.config.resolution)}


def augmented(pictures: Tensor, lesson: Given, which: str) -> Tensor:
    """Real or fake pictures as the inspector sees them in this lesson."""
    key = f"changes of {which}"
    return augment(pictures, lesson[key]) if key in lesson else pictures
