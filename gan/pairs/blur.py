"""Gaussian blur, the first step of finding lines and of flattening colours."""

import torch
from torch import Tensor
from torch.nn.functional import conv2d, pad


def blur(pictures: Tensor, sigma: float | Tensor) -> Tensor:
    """Pictures (N, C, h, w) blurred by `sigma` pixels: one for all, or (N,) one for each."""
    count, channels = pictures.shape[:2]
    sigmas = torch.as_tensor(sigma, device=pictures.device, dtype=pictures.dtype).expand(count)
    reach = max(1, int(3 * float(sigmas.max()) + 0.5))
    at = torch.arange(-reach, reach + 1, device=pictures.device, dtype=pictures.dtype)
    kernels = torch.exp(-(at**2) / (2 * sigmas[:, None] ** 2))
    kernels = (kernels / kernels.sum(1, keepdim=True)).repeat_interleave(channels, 0)
    # Every channel of every picture is a group with a kernel of its own.
    x = pictures.reshape(1, count * channels, *pictures.shape[2:])
    x = pad(x, (reach, reach, reach, reach), mode="replicate")
    x = conv2d(x, kernels[:, None, :, None], groups=count * channels)
    return conv2d(x, kernels[:, None, None, :], groups=count * channels).view_as(pictures)
