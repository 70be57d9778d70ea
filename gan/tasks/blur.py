"""Gaussian blur, the first step of finding lines and of flattening colours."""

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad


def blur(
    pictures: Tensor, sigma: float | Tensor, widest: float | None = None, reach_as: Tensor | None = None
) -> Tensor:
    """Pictures (N, C, h, w) blurred by `sigma` pixels: one for all, or (N,) with `widest`, which none exceeds.

    A kernel ends after three times its own sigma, or that of `reach_as` (N,).
    """
    count, channels = pictures.shape[:2]
    if isinstance(sigma, Tensor):
        sigmas, longest = sigma, widest
    else:
        sigmas, longest = torch.full((count,), sigma, dtype=pictures.dtype, device=pictures.device), sigma
    assert longest is not None
    reach = _reach(longest)
    at = torch.arange(-reach, reach + 1, dtype=pictures.dtype, device=pictures.device)
    kernels = torch.exp(-(at**2) / (2 * sigmas[:, None] ** 2))
    if isinstance(sigma, Tensor):  # without asking a card how far the widest of them reaches
        ends = (3 * (sigma if reach_as is None else reach_as) + 0.5).floor().clamp_min(1)
        kernels = kernels * (at.abs() <= ends[:, None])
    kernels = (kernels / kernels.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    # Every channel of every picture is a group with a kernel of its own.
    x = pictures.reshape(1, count * channels, *pictures.shape[2:])
    x = pad(x, (reach, reach, reach, reach), mode="replicate")
    x = conv2d(x, kernels[:, None, :, None], groups=count * channels)
    return conv2d(x, kernels[:, None, None, :], groups=count * channels).view_as(pictures)


def _reach(sigma: float) -> int:
    return max(1, int(3 * sigma + 0.5))
