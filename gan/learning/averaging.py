"""The averaged generator: a slow copy of the trained one, which makes calmer and better pictures (EMA)."""

import torch
from torch import Tensor, nn

# The average starts young: while few images were seen its half-life is this share of them (as in StyleGAN3),
# so that the first grids do not show the untrained network.
RAMP = 0.05


def decay(batch: float, half_life: float, images_seen: int) -> float:
    """How much of the average survives a step of `batch` images; half-life and images seen are in images.

    Counted in images, the averaging is the same at every batch size (Karras et al. 2020).
    """
    young = min(half_life, images_seen * RAMP)
    return 0.5 ** (batch / max(young, 1e-8))


def numbers(network: nn.Module) -> list[Tensor]:
    """All that is averaged of a network: weights, and batch norm's statistics."""
    return [*network.parameters(), *network.buffers()]


@torch.no_grad()
def update_average(average: list[Tensor], trained: list[Tensor], keep: float) -> None:
    """Moves the `numbers` of the average towards those of the trained network:
    average = keep * average + (1 - keep) * trained."""
    pairs = list(zip(average, trained, strict=True))
    moved = [pair for pair in pairs if pair[0].is_floating_point()]
    torch._foreach_lerp_([old for old, _ in moved], [new for _, new in moved], 1.0 - keep)
    for old, new in pairs:
        if not old.is_floating_point():  # batch norm's step counter
            old.copy_(new)
