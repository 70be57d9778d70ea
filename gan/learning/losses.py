"""The verdicts as numbers: pure functions of the discriminator's logits, each of shape (N,). A new one is one line."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits, relu, softplus


@dataclass(frozen=True)
class Loss:
    """What both sides want.

    `discriminator(real, fake, real_label)` gives the parts of the inspector's loss by name, `generator(fake, real)`
    the forger's, `undecided(real, fake, real_label)` the logit of an inspector that can only guess. `has_label` says
    whether `real_label` changes anything.
    """

    help: str
    discriminator: Callable[[Tensor, Tensor, float], dict[str, Tensor]]
    generator: Callable[[Tensor, Tensor], Tensor]
    undecided: Callable[[Tensor, Tensor, float], float | Tensor]
    has_label: bool = False

    def guess(self, real_label: float) -> float:
        """What an inspector that can only guess says of every picture, 0 (forged) to 1: half of its answers."""
        return real_label / 2 if self.has_label else 0.5


def textbook_discriminator(real: Tensor, fake: Tensor, real_label: float) -> dict[str, Tensor]:
    """The inspector's two halves: how wrong it is on real pictures, and on forged ones.

    Binary cross-entropy (Goodfellow et al. 2014). `real_label` under 1 is one-sided label smoothing
    (Salimans et al. 2016): only the real side is softened.
    """
    return {
        "loss_d_real": binary_cross_entropy_with_logits(real, torch.full_like(real, real_label)),
        "loss_d_fake": binary_cross_entropy_with_logits(fake, torch.zeros_like(fake)),
    }


def textbook_generator(fake: Tensor, real: Tensor) -> Tensor:
    """How far the forger is from being believed: the non-saturating loss of Goodfellow et al. 2014."""
    return softplus(-fake).mean()


def textbook_undecided(real: Tensor, fake: Tensor, real_label: float) -> float:
    """Half-way between the two answers, `real_label` and 0, as a logit."""
    return math.log(real_label / (2 - real_label))


def hinge_discriminator(real: Tensor, fake: Tensor, real_label: float) -> dict[str, Tensor]:
    """Content once real pictures are above 1 and forgeries below -1 (Lim and Ye 2017; Miyato et al. 2018)."""
    return {"loss_d_real": relu(1 - real).mean(), "loss_d_fake": relu(1 + fake).mean()}


def hinge_generator(fake: Tensor, real: Tensor) -> Tensor:
    """The higher the verdict on its forgeries, the better for the forger."""
    return -fake.mean()


def relativistic_discriminator(real: Tensor, fake: Tensor, real_label: float) -> dict[str, Tensor]:
    """Every real picture should look more real than the forgery beside it (Jolicoeur-Martineau 2018).

    Only the difference within a pair counts, so a forger cannot win by dropping what is hard to draw
    (R3GAN, Huang et al. 2024).
    """
    return {"loss_d_pairs": softplus(fake - real).mean()}


def relativistic_generator(fake: Tensor, real: Tensor) -> Tensor:
    """The same pairs with the opposite wish."""
    return softplus(real - fake).mean()


def midway(real: Tensor, fake: Tensor, real_label: float) -> Tensor:
    """A verdict that only compares has no zero of its own: the middle between both means stands for it."""
    return (real.detach().mean() + fake.detach().mean()) / 2


LOSSES = {
    "textbook": Loss(
        "The inspector says real or forged for each picture by itself (binary cross-entropy).",
        textbook_discriminator, textbook_generator, textbook_undecided, has_label=True,
    ),
    "hinge": Loss(
        "As the textbook's, but what is already judged clearly no longer counts.",
        hinge_discriminator, hinge_generator, lambda real, fake, real_label: 0.0,
    ),
    "relativistic": Loss(
        "Of a real picture and a forgery the real one has to score higher; each is scored by itself.",
        relativistic_discriminator, relativistic_generator, midway,
    ),
}  # fmt: skip
