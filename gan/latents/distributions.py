"""Latents: how they are drawn, that of each seed, and pulling them to the mean."""

from collections.abc import Sequence

import torch
from torch import Tensor

from gan.chance import Draws
from gan.errors import ForgerError

DISTRIBUTIONS = ("normal", "uniform")


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


def truncate(z: Tensor, truncation: float, distribution: str) -> Tensor:
    """Pull latents (N, size) towards the mean: less variety, and fewer pictures that went wrong.

    This is plain scaling, `truncation * z`, with `truncation` in (0, 1]; 1 changes nothing, and both
    distributions have their mean at 0. The papers do something related but not the same: BigGAN (Brock et
    al. 2019) draws again every number beyond a threshold, and StyleGAN (Karras et al. 2019) scales in its
    intermediate latent space w, towards w's mean. A DCGAN has no w; and scaling, unlike drawing again,
    keeps each seed recognisable while the slider moves. The price: scaled latents are shorter than
    the ones the generator was trained with, so small values show pictures that it never practised.

    Raises ForgerError for a truncation outside (0, 1] or for another distribution.
    """
    _check_distribution(distribution)
    if not 0 < truncation <= 1:
        raise ForgerError(f"Truncation must be above 0 and at most 1, not {truncation:g}.")
    return z * truncation


def _check_distribution(distribution: str) -> None:
    if distribution not in DISTRIBUTIONS:
        raise ForgerError(f"“{distribution}” is not a latent distribution: choose normal or uniform.")
