"""The inspector's desk: its verdicts on the forgeries of a grid, and on real pictures beside them."""

import numpy as np
import torch
from torch import Tensor

from gan import device as devices
from gan.learning.trainer import Trainer
from gan.networks import new_discriminator
from gan.pictures.tensors import to_tensor
from gan.quality.distances import distances, mean_distance
from gan.quality.memorisation import nearest
from gan.quality.simple_features import SimpleFeatures
from gan.runs.verdicts import MOST, Verdicts
from gan.tasks.held_out import spread
from gan.training.sheets import PairSheet, Sheet

# Of larger data sets a forger learns none by heart in an afternoon, and looking through them would take its time.
LOOKED_THROUGH = 1_024
ALIKE = 0.01  # between features of pictures that are the same; of two photographs it is 2 to 5


class Desk:
    """Judges what `sheet` shows, and as many real pictures (N, R, R, 3) uint8, as the inspector of `trainer` does.

    `held_out` are the places of those that it never sees; `numbers` (N,) what each is called in its verdicts, where
    that is not its place."""

    def __init__(
        self,
        sheet: Sheet,
        pictures: np.ndarray,
        held_out: np.ndarray,
        trainer: Trainer,
        numbers: np.ndarray | None = None,
    ):
        self.sheet, self.trainer = sheet, trainer
        training = trainer.lessons.training
        count = min(MOST, trainer.config.sample_count)
        if isinstance(sheet, PairSheet):  # its own sources and targets are the true pairs
            self.real_places = self.held_out_places = np.empty(0, int)
            self.held_out = sheet.below[0]
            self.real = self.held_out[:0]
        else:
            studied, unseen = spread(training, count), spread(held_out, count)
            self.real, self.held_out = pictures[studied], pictures[unseen]
            called = np.arange(len(pictures)) if numbers is None else numbers
            self.real_places, self.held_out_places = called[studied], called[unseen]
        # A copy of the inspector, without the team's parts: what it sees here must teach the real one nothing.
        self.inspector = devices.send(new_discriminator(trainer.config), trainer.device).requires_grad_(False)
        self.features = SimpleFeatures(torch.device("cpu"))
        real = self.features.extract(np.concatenate([self.real, self.held_out]))
        self.real_features, self.usual_distance = real, mean_distance(real) if len(real) > 1 else 0.0
        self.known = np.empty((0, real.shape[1]), np.float32)
        if len(training) <= LOOKED_THROUGH and not isinstance(sheet, PairSheet):
            self._learn_by_heart(pictures, training)

    def _learn_by_heart(self, pictures: np.ndarray, training: np.ndarray) -> None:
        """What every picture to learn from is like, mirrored, too, where it is shown so; and how near each has one."""
        ways = [lambda part: part, lambda part: part[:, :, ::-1]][: 1 + self.trainer.config.flips]
        known = [self.features.extract_chosen(pictures, training, way) for way in ways]
        among = np.stack([distances(known[0], one) for one in known])
        among[:, np.arange(len(training)), np.arange(len(training))] = np.inf  # neither itself nor its mirror image
        among[among < ALIKE] = np.inf  # nor the same picture once more
        self.known, self.usual_nearest = np.concatenate(known), float(np.median(among.min((0, 2))))

    def judge(self, pictures: np.ndarray) -> Verdicts:
        """The desk for the sheet's pictures (N, R, R, 3) uint8 as the generator draws them now."""
        self.inspector.load_state_dict(self.trainer.discriminator.state_dict())
        self.inspector.train()  # as in its lessons, where batch norm goes by the batch
        described = self.features.extract(pictures)
        diversity = nearness = distance = np.nan
        if len(self.known) and ALIKE < self.usual_nearest < np.inf:
            nearness = float(np.median(nearest(described, self.known)[0])) / self.usual_nearest
        if len(described) > 1 and self.usual_distance > ALIKE:
            diversity = mean_distance(described) / self.usual_distance
            # The energy distance (Szekely and Rizzo 2013): twice the way across, less the ways within.
            across = float(distances(described, self.real_features).mean()) / self.usual_distance
            distance = max(0.0, 2 * across - diversity - 1)
        return Verdicts(
            self.trainer.images_seen,
            forged=self._logits(pictures),
            real=self._logits(self.real),
            held_out=self._logits(self.held_out),
            real_places=self.real_places,
            held_out_places=self.held_out_places,
            diversity=diversity,
            nearness=nearness,
            distance=distance,
        )

    def _logits(self, pictures: np.ndarray) -> np.ndarray:
        """One verdict for each of the pictures (N, R, R, 3) uint8: the mean, where it judges patches."""
        if not len(pictures):
            return np.empty(0)
        shown: Tensor = self.sheet.exhibits(to_tensor(pictures)).to(self.trainer.device)
        with torch.inference_mode(), devices.full_precision():
            return self.inspector(shown).float().view(len(pictures), -1).mean(1).cpu().numpy()
