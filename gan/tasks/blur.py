"""Gaussian blur, the first step of finding lines and of flattening colours."""

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad


def blur(pictures: Tensor, sigma: float | Tensor) -> Tensor:
    """Pictures (N, C, h, w) blurred by `sigma` pixels: one for all, or (N,) on the CPU, one for each."""
    count, channels = pictures.shape[:2]
    # Worked out on the CPU: a card would have to be waited for to learn how far the widest kernel reaches.
    sigmas = torch.as_tensor(sigma, dtype=pictures.dtype).expand(count)
    reach = max(1, int(3 * float(sigmas.max()) + 0.5))
    at = torch.arange(-reach, reach + 1, dtype=pictures.dtype)
    kernels = torch.exp(-(at**2) / (2 * sigmas[:, None] ** 2))
    kernels = (kernels / kernels.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    kernels = kernels.to(pictures.device, non_blocking=True)
    # Every channel of every picture is a group with a kernel of its own.
    x = pictures.reshape(1, count * channels, *pictures.shape[2:])
    x = pad(x, (reach, reach, reach, reach), mode="replicate")
    x = conv2d(x, kernels[:, None, :, None], groups=count * channels)
    return conv2d(x, kernels[:, None, None, :], groups=count * channels).view_as(pictures)
