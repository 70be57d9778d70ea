"""From latents and seeds to pictures, by a generator that has learned."""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn

from gan.device import full_precision
from gan.errors import ForgerError
from gan.latents.distributions import latents_of
from gan.latents.texts import read_latent
from gan.learning.config import Config
from gan.networks import LATENTS
from gan.pictures.tensors import to_uint8


def generate(generator: nn.Module, z: Tensor, batch: int = 64) -> np.ndarray:
    """Draw latents z (N, size) as pictures (N, R, R, 3) uint8, `batch` at a time to bound memory.

    The generator maps (N, size) to (N, 3, R, R) in [-1, 1] and works on the device it is on. It is left in
    evaluation mode, not put back: threads may share one generator, and putting it back in one thread would
    switch batch norm to training in the middle of another's picture.
    """
    generator.eval()
    device = next(generator.parameters()).device
    with torch.inference_mode(), full_precision():
        return np.concatenate([to_uint8(generator(part.to(device))) for part in z.split(batch)])


def sample(generator: nn.Module, config: Config, seeds: Sequence[int]) -> np.ndarray:
    """The pictures (N, R, R, 3) uint8 of `seeds`, by a generator that was trained with `config`."""
    return generate(generator, seed_latents(config, seeds))


def seed_latents(config: Config, seeds: Sequence[int]) -> Tensor:
    """The latents (N, latent_size) of `seeds` for a generator that was trained with `config`.

    Raises ForgerError for a generator that is given pictures, and as `latents_of` does.
    """
    if config.kind != LATENTS:
        raise ForgerError("This generator redraws pictures and has no seeds: bring it a picture (Redraw).")
    return latents_of(seeds, config.latent_size, config.latent_distribution)


def stops_of(config: Config, latent: str, seeds: Sequence[int]) -> Tensor:
    """The latents (N, latent_size) of `seeds`; before them, where it is not empty, the one that the text `latent` says.

    Raises ForgerError as `seed_latents` and `gan.latents.texts.read_latent` do.
    """
    stops = seed_latents(config, seeds)
    if not latent:
        return stops
    return torch.cat([read_latent(latent, config.latent_size, config.latent_distribution)[None], stops])
