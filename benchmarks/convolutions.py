"""The convolutions of a training step alone: recorded while it runs, then repeated on numbers of the same shapes.

The matrix products that stand for convolutions of few pixels (`gan.networks.convolution`) count as some.

Their speed is what a step could reach if nothing else cost anything; a large matrix product shows what the cores
could do at best.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

CONVOLUTIONS = (torch.ops.aten.convolution.default, torch.ops.aten.convolution_backward.default)
PRODUCTS = (torch.ops.aten.mm.default, torch.ops.aten.addmm.default, torch.ops.aten.bmm.default)


@dataclass(frozen=True)
class Like:
    """A tensor without its numbers."""

    shape: tuple[int, ...]
    stride: tuple[int, ...]
    dtype: torch.dtype

    def make(self, device: torch.device) -> Tensor:
        # Room for the last number, and for expanded tensors, whose numbers lie on top of each other.
        room = 1 + sum((size - 1) * step for size, step in zip(self.shape, self.stride, strict=True))
        return torch.randn(room, device=device).to(self.dtype).as_strided(self.shape, self.stride)


@dataclass(frozen=True)
class Call:
    """One convolution, forward or backward, and its multiply-adds."""

    operation: Any
    arguments: tuple[Any, ...]
    macs: int

    def __str__(self) -> str:
        if self.operation in PRODUCTS:
            shapes = ("x".join(map(str, matrix.shape)) for matrix in self.arguments[-2:])
            return f"product of {' and '.join(shapes)}"
        backward = self.operation is CONVOLUTIONS[1]
        image, weight = self.arguments[backward], self.arguments[1 + backward]
        numbers = self.arguments[-7:-1] if backward else self.arguments[-6:]
        wanted = self.arguments[-1] if backward else ()
        what = " and ".join(name for name, is_wanted in zip(("image", "weight"), wanted, strict=False) if is_wanted)
        kind = "transposed" if numbers[3] else "plain"
        sides = "x".join(map(str, weight.shape[2:]))
        batch, channels, height, _ = image.shape
        title = f"{kind} {sides} stride {numbers[0][0]}, {batch}x{channels}x{height}x{height}"
        other = weight.shape[1] if numbers[3] else weight.shape[0]
        return f"{title} to {other}" + (f", gradient of {what}" if what else "")


class Recorder(TorchDispatchMode):
    """Within it, every convolution is counted: `calls` has how often each was made."""

    def __init__(self):
        super().__init__()
        self.calls: Counter[Call] = Counter()

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        result = operation(*args, **(kwargs or {}))
        if operation in CONVOLUTIONS + PRODUCTS:
            flops = flop_registry[operation.overloadpacket](*args, out_val=result)
            self.calls[Call(operation, tuple(map(_frozen, args)), flops // 2)] += 1
        return result

    @property
    def macs(self) -> int:
        return sum(call.macs * times for call, times in self.calls.items())


def seconds_alone(call: Call, device: torch.device, clock: Callable[[], float], turns: int = 3) -> float:
    """How long the call takes by itself: the best of some turns, after one to warm up."""
    arguments = [one.make(device) if isinstance(one, Like) else one for one in call.arguments]
    arguments = [list(one) if isinstance(one, tuple) else one for one in arguments]
    return fastest(lambda: call.operation(*arguments), clock, turns)


def matrix_product_speed(device: torch.device, dtype: torch.dtype, clock: Callable[[], float], size: int) -> float:
    """Multiply-adds a second of a product of two large matrices."""
    a, b = torch.randn(2, size, size, device=device).to(dtype)
    return size**3 / fastest(lambda: a @ b, clock, 3)


def fastest(act: Callable[[], object], clock: Callable[[], float], turns: int) -> float:
    act()
    seconds = []
    for _ in range(turns):
        started = clock()
        act()
        seconds.append(clock() - started)
    return min(seconds)


def _frozen(value: Any) -> Any:
    if isinstance(value, Tensor):
        return Like(tuple(value.shape), value.stride(), value.dtype)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return tuple(value)
    return value
