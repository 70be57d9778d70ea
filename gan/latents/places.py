"""Where latents lie: normal ones near a sphere, uniform ones in a cube; and bringing one back that has left it."""

import torch
from torch import Tensor


def at_home(z: Tensor, distribution: str, length: Tensor | float | None = None) -> Tensor:
    """Latents (N, size) brought back to where a generator has practised.

    Nearly all normal latents of many numbers lie close to a sphere of radius sqrt(size): each is scaled to `length`
    (one for all, or (N, 1)), without it to that radius. Uniform latents fill the cube from -1 to 1: each number is
    clipped to it. A latent of zeros stays one.
    """
    if distribution == "uniform":
        return z.clamp(-1, 1)
    length = z.shape[1] ** 0.5 if length is None else length
    return z * (length / torch.linalg.vector_norm(z, dim=1, keepdim=True).clamp(min=1e-6))


def deviation(distribution: str) -> float:
    """The standard deviation of each number of a latent."""
    return 3**-0.5 if distribution == "uniform" else 1.0
