"""The verdicts as numbers: pure functions of the discriminator's logits, each of shape (N,)."""

import torch
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits


def discriminator_loss(real_logits: Tensor, fake_logits: Tensor, real_label: float) -> tuple[Tensor, Tensor]:
    """The inspector's two halves: how wrong it is on real pictures, and on forged ones.

    Binary cross-entropy (Goodfellow et al. 2014). `real_label` under 1 is one-sided label smoothing
    (Salimans et al. 2016): only the real side is softened.
    """
    real = binary_cross_entropy_with_logits(real_logits, torch.full_like(real_logits, real_label))
    fake = binary_cross_entropy_with_logits(fake_logits, torch.zeros_like(fake_logits))
    return real, fake


def generator_loss(fake_logits: Tensor) -> Tensor:
    """How far the forger is from being believed: the non-saturating loss of Goodfellow et al. 2014."""
    return binary_cross_entropy_with_logits(fake_logits, torch.ones_like(fake_logits))
