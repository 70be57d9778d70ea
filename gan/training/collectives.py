"""What the processes of one training say to each other, by torch.distributed. Every one of them must ask in the same
order."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from gan.errors import ForgerError


class Lost(ForgerError):
    """Another process of this training is no longer there."""

    def __init__(self) -> None:
        super().__init__("Another process of this training ended before its time. The last checkpoint is untouched.")


@contextmanager
def with_the_others() -> Iterator[None]:
    """Raises Lost where the others are gone, for which torch has a RuntimeError only."""
    try:
        yield
    except RuntimeError as error:
        raise Lost from error


def add_up(tensor: Tensor) -> None:
    """Replaces `tensor` by its sum over all processes."""
    with with_the_others():
        dist.all_reduce(tensor)


def largest(numbers: Tensor) -> Tensor:
    """Each of the numbers (n,) as the largest of all processes' ones."""
    result = numbers.clone()
    with with_the_others():
        dist.all_reduce(result, dist.ReduceOp.MAX)
    return result


def take_from_first(tensor: Tensor) -> None:
    """Replaces `tensor` by that of the first process."""
    with with_the_others():
        dist.broadcast(tensor, 0)


def said_by_first(thing: Any) -> Any:
    """What the first process gives, whatever it is, on all of them."""
    things = [thing]
    with with_the_others():
        dist.broadcast_object_list(things, 0, device=torch.device("cpu"))
    return things[0]


def said_by_all(thing: Any) -> list[Any]:
    """What each process gives, by their ranks."""
    things: list[Any] = [None] * dist.get_world_size()
    with with_the_others():
        dist.all_gather_object(things, thing)
    return things


def stacked(tensor: Tensor) -> Tensor:
    """The tensors (...) of all processes, (processes, ...): differentiable as often as one likes.

    What comes back to each is the derivative of the sum of all processes' losses.
    """
    rows = tensor.new_zeros(dist.get_world_size(), *tensor.shape)
    return _Sum.apply(torch.index_copy(rows, 0, torch.tensor([dist.get_rank()], device=tensor.device), tensor[None]))


class _Sum(torch.autograd.Function):
    """The sum over all processes, whose derivative is the same sum of theirs."""

    @staticmethod
    def forward(ctx: Any, tensor: Tensor) -> Tensor:
        total = tensor.clone()
        add_up(total)
        return total

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> Tensor:
        return _Sum.apply(gradients[0].contiguous())
