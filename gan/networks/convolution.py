"""PyTorch's convolutions, quicker on a CPU where few pixels are left: the same weights, the same sums.

Over 4x4 pixels and hundreds of channels one matrix product over all patches takes a half to a quarter of the time that
oneDNN's convolution needs, most of all for the gradient by the weights.
"""

from functools import lru_cache
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import linear, unfold

# Pixels along the side of what comes out; beyond, cutting out patches takes longer than it saves.
SMALL = 4


class Convolution(nn.Conv2d):
    """`nn.Conv2d` by square kernels, without dilation or groups; quicker for square pictures, not for others."""

    def forward(self, x: Tensor) -> Tensor:
        size, side, stride, padding = x.shape[2], self.kernel_size[0], self.stride[0], int(self.padding[0])
        out = (size + 2 * padding - side) // stride + 1
        if x.device.type != "cpu" or out > SMALL or x.shape[3] != size:
            return super().forward(x)
        seen = in_memory(x)
        if size != side or padding > 0:  # else there is one patch, the whole picture
            seen = _choice(size, side, stride, padding, x.dtype) @ seen.flatten(1, 2)
        rows = seen.reshape(len(x) * out * out, -1)
        return _picture(linear(rows, in_memory(self.weight).flatten(1), self.bias), out)


class FromLatents(nn.ConvTranspose2d):
    """`nn.ConvTranspose2d` from latents (N, C, 1, 1), without padding or bias."""

    def forward(self, x: Tensor, output_size: Any = None) -> Tensor:
        rows = linear(x.flatten(1), in_memory(self.weight).flatten(1).t())
        return _picture(rows.view(-1, self.out_channels), self.kernel_size[0])


@lru_cache(maxsize=32)
def _choice(size: int, side: int, stride: int, padding: int, dtype: torch.dtype) -> Tensor:
    """Zeros and ones (out * out * side * side, size * size): which pixel stands where in the patches that a kernel
    of `side` pixels sees of `size`."""
    with torch.inference_mode(False), torch.no_grad():  # else a training could not use what a page asked for first
        pixels = torch.eye(size * size).view(-1, 1, size, size)
        return unfold(pixels, side, padding=padding, stride=stride).permute(2, 1, 0).flatten(0, 1).to(dtype)


def in_memory(x: Tensor) -> Tensor:
    """(N, C, h, w) as it lies in channels-last memory: (N, h, w, C)."""
    return x.permute(0, 2, 3, 1)


def _picture(rows: Tensor, side: int) -> Tensor:
    """Rows of channels (N * side * side, C) to (N, C, side, side)."""
    return rows.view(-1, side, side, rows.shape[1]).permute(0, 3, 1, 2)
