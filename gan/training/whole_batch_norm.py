"""Batch norm over the whole of a batch that several processes share.

torch's SyncBatchNorm knows cards only, and cannot be differentiated twice, as a gradient penalty needs.
"""

from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.nn.functional import batch_norm

from gan.training import collectives

# All but the channels.
OVER = (0, 2, 3)


class WholeBatchNorm(nn.BatchNorm2d):
    """`nn.BatchNorm2d` for equal shares of a batch: what it computes and remembers is as if one process had it all.

    In `eval` it asks nobody, like the one that it takes over from.
    """

    running_mean: Tensor
    running_var: Tensor
    num_batches_tracked: Tensor
    momentum: float

    def __init__(self, norm: nn.BatchNorm2d):
        assert norm.momentum is not None and norm.running_mean is not None and norm.running_var is not None
        assert norm.num_batches_tracked is not None
        super().__init__(norm.num_features, norm.eps, norm.momentum)
        self.weight, self.bias = norm.weight, norm.bias
        self.running_mean, self.running_var = norm.running_mean, norm.running_var
        self.num_batches_tracked = norm.num_batches_tracked

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return super().forward(x)
        y, mean, variance = _Normalised.apply(x, self.weight, self.bias, self.eps)
        count = _count(x)
        with torch.no_grad():
            self.num_batches_tracked.add_(1)
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * (count / (count - 1)), self.momentum)
        return y


def _count(x: Tensor) -> int:
    """How many numbers each channel has on all processes together."""
    return x.numel() // x.shape[1] * dist.get_world_size()


def statistics(x: Tensor) -> tuple[Tensor, Tensor]:
    """Mean and variance (C,) of each channel over all processes' x (n, C, h, w): differentiable."""
    x = x.float()
    mean = x.mean(OVER)
    variance = (x - mean[:, None, None]).square().mean(OVER)  # torch.var_mean takes six times as long, channels last
    means, variances = collectives.stacked(torch.stack([mean, variance])).unbind(1)
    mean = means.mean(0)
    return mean, variances.mean(0) + (means - mean).square().mean(0)


def plainly(x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> Tensor:
    """The textbook's formula, which can be differentiated as often as one likes; it takes its time."""
    mean, variance = statistics(x)
    scale = weight * (variance + eps).rsqrt()
    shift = bias - mean * scale
    return (x * scale[:, None, None] + shift[:, None, None]).to(x.dtype)


class _Normalised(torch.autograd.Function):
    """`plainly`, quicker: in the kernels that torch has for a batch norm whose statistics are given."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor, eps: float) -> tuple[Tensor, Tensor, Tensor]:
        mean, variance = statistics(x)
        ctx.save_for_backward(x, weight, bias, mean, variance)
        ctx.eps = eps
        ctx.mark_non_differentiable(mean, variance)
        return batch_norm(x, mean, variance, weight, bias, eps=eps), mean, variance

    @staticmethod
    def backward(ctx: Any, *gradients: Any) -> tuple[Tensor | None, ...]:
        x, weight, bias, mean, variance = ctx.saved_tensors
        gradient = gradients[0]
        wanted = [tensor for tensor, needed in zip((x, weight, bias), ctx.needs_input_grad, strict=False) if needed]
        if torch.is_grad_enabled():  # somebody is going to differentiate this again
            found = iter(torch.autograd.grad(plainly(x, weight, bias, ctx.eps), wanted, gradient, create_graph=True))
            return *(next(found) if needed else None for needed in ctx.needs_input_grad[:3]), None
        by_x, by_weight, by_bias = torch.ops.aten.native_batch_norm_backward(
            gradient, x, weight, mean, variance, None, None, False, ctx.eps, [True, True, True]
        )
        # The statistics hang on x, too: on that of all processes.
        sums = torch.stack([by_weight, by_bias])
        collectives.add_up(sums)
        scatter = (variance + ctx.eps).rsqrt()
        along, around = -weight * scatter * sums / _count(x)
        along = along * scatter
        shift = around - along * mean
        by_x = by_x + (x * along[:, None, None] + shift[:, None, None]).to(by_x.dtype)
        return by_x, by_weight, by_bias, None
