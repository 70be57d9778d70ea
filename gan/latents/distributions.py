"""Latents: how they are drawn, and that of each seed."""

from collections.abc import Sequence

import torch
from torch import Tensor

from gan.chance import Draws
from gan.errors import ForgerError

DISTRIBUTIONS = ("normal", "uniform")
TRUNCATION = (
    "Truncation is no longer offered: latents lie near a shell, and scaled towards its middle they made fog, not "
    "better pictures."
)


def latents_of(seeds: Sequence[int], size: int, distribution: str) -> Tensor:
    """The latent of each seed: (N, size) float32 on the CPU.

    `distribution` is "normal" (mean 0, standard deviation 1) or "uniform" (in [-1, 1]). A seed's latent
    depends on nothing but the seed, `size` and `distribution`: not on its neighbours, and not on the device
    that draws the picture later.

    Raises ForgerError for another distribution.
    """
    _check_distribution(distribution)
    rows = torch.empty(len(seeds), size)
    for row, seed in zip(rows, seeds, strict=True):
        random = torch.Generator().manual_seed(seed)
        row.normal_(generator=random) if distribution == "normal" else row.uniform_(-1, 1, generator=random)
    return rows


def draw_latents(draws: Draws, size: int, distribution: str) -> Tensor:
    """Latents to train with: (N, size) float32 on the CPU."""
    return draws.normal(size) if distribution == "normal" else draws.uniform(size, low=-1, high=1)


def _check_distribution(distribution: str) -> None:
    if distribution not in DISTRIBUTIONS:
        raise ForgerError(f"“{distribution}” is not a latent distribution: choose normal or uniform.")
