"""The strongest directions of a generator's latent space: along them its first layer changes most.

Closed-form factorisation (SeFa: Shen & Zhou 2021, arXiv 2007.06600): the first layer is linear, so how far a step in
the latent moves its features is known from its weights alone, and the steps that move them most are its singular
vectors. Nothing has to be drawn or learned for that. Principal components of the features of many latents (GANSpace:
Härkönen et al. 2020, arXiv 2004.02546) gave nearly the same pictures for the shipped generators.
"""

import torch
from torch import Tensor, nn

from gan.errors import ForgerError

COUNT = 6  # beyond, directions of the shipped generators are hard to tell apart by eye


def directions_of(generator: nn.Module, count: int = COUNT) -> Tensor:
    """The `count` strongest directions (count, latent_size) float32 on the CPU, orthonormal, the strongest first.

    Of the first layer's features each is weighed as its batch norm weighs it: a channel that varies little counts as
    much as one that varies a lot. Singular vectors have no sign; the largest number of each direction is made positive,
    so that plus and minus are the same everywhere. A small latent has no more directions than numbers.

    Raises ForgerError for a network whose first layer is neither linear nor a transposed convolution.
    """
    layers = list(generator.modules())
    place = next((i for i, layer in enumerate(layers) if next(layer.parameters(recurse=False), None) is not None), None)
    first = None if place is None else layers[place]
    if isinstance(first, nn.ConvTranspose2d):
        weight = first.weight.detach().double().cpu()  # (latent_size, channels, side, side)
    elif isinstance(first, nn.Linear):
        weight = first.weight.detach().double().cpu().t()[:, :, None, None]
    else:
        raise ForgerError("The first layer of this generator is of a kind whose directions are not known here.")
    scale = _scale(layers[place + 1] if place is not None and place + 1 < len(layers) else None, weight.shape[1])
    rows = (weight * scale[:, None, None]).flatten(1)
    # Eigenvectors of the small square matrix are the singular vectors, and come in rising order.
    vectors = torch.linalg.eigh(rows @ rows.t())[1].flip(1).t()[:count]
    largest = vectors.gather(1, vectors.abs().argmax(1, keepdim=True))
    return (vectors * largest.sign()).float()


def _scale(norm: nn.Module | None, channels: int) -> Tensor:
    """By what a batch norm after the first layer multiplies each of its channels (channels,); 1 where there is none."""
    if not isinstance(norm, nn.BatchNorm1d | nn.BatchNorm2d) or norm.num_features != channels:
        return torch.ones(channels, dtype=torch.float64)
    assert norm.running_var is not None
    return (norm.weight / (norm.running_var + norm.eps).sqrt()).detach().double().cpu().abs()
