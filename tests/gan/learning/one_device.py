"""A card without a card: the `meta` device, whose tensors have a shape and a place but no numbers."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from gan.learning.config import Config

CPU, CARD = torch.device("cpu"), torch.device("meta")
aten = torch.ops.aten

COPIES = {aten._to_copy, aten.copy_, aten.copy}
# These take a number on the CPU as well as pointwise operations do.
TAKES_A_NUMBER = {aten.masked_fill, aten.masked_fill_, aten.index_put, aten.index_put_}
WRITES_BY_INDEX = {aten.index_put, aten.index_put_}


class WrongPlace(AssertionError):
    """Something lies where it should not, or is fetched from there."""


class Made(TorchFunctionMode):
    """Adds to `sent` what `TorchDispatchMode` does not see being copied: a tensor made there of Python's numbers, which
    the index in `x[[0, -1]]` is as well."""

    def __init__(self, sent: list[tuple[int, ...]]):
        super().__init__()
        self.sent = sent

    def __torch_function__(self, function, types, args=(), kwargs=None):
        result = function(*args, **kwargs or {})
        if function is torch.tensor and result.device == CARD:
            self.sent.append(tuple(result.shape))
        if function in (Tensor.__getitem__, Tensor.__setitem__) and args[0].device == CARD:
            index = args[1] if isinstance(args[1], tuple) else (args[1],)
            self.sent += [(len(part),) for part in index if isinstance(part, list | range | np.ndarray)]
        return result


class OneDevice(TorchDispatchMode):
    """Within it, an operation is refused (`WrongPlace`)

    - whose tensors lie on two devices, index tensors too, for which a card would have to be waited for. A copy from
      here to the card may. So may a CPU tensor () in what is done number by number: a card is handed it with the call,
      and PyTorch itself makes one of the number in `torch.where(mask, x, 0.0)`;
    - that reads a number of the card's here (`.item()`, `.cpu()`, `if tensor:`), or whose result's shape depends on
      the numbers (boolean masks, `nonzero`): until the card has worked it out, Python stands still;
    - that draws by a CPU generator on the card, which torch refuses there.

    `operations` counts those that were done on the card, `sent` holds the shapes of what was copied there from here.
    """

    def __init__(self):
        super().__init__()
        self.operations = 0
        self.sent: list[tuple[int, ...]] = []
        self.made = Made(self.sent)

    def __enter__(self):
        self.made.__enter__()
        return super().__enter__()

    def __exit__(self, *error):
        super().__exit__(*error)
        self.made.__exit__(*error)

    def __torch_dispatch__(self, operation, types, args=(), kwargs=None):
        kwargs = kwargs or {}
        given = list(leaves((args, kwargs)))
        tensors = [value for value in given if isinstance(value, Tensor)]
        if any(tensor.device == CARD for tensor in tensors):
            self.operations += 1
            if operation.overloadpacket in COPIES:
                self._check_copy(operation, args, kwargs)
            else:
                self._check_places(operation, tensors)
                self._check_reading(operation, args, kwargs)
        result = operation(*args, **kwargs)
        if operation.overloadpacket in COPIES and result.device == CARD:
            source = args[0] if operation.overloadpacket is aten._to_copy else args[1]
            if source.device != CARD:
                self.sent.append(tuple(source.shape))
        chance = [value.device for value in given if isinstance(value, torch.Generator)]
        made = [value.device for value in leaves(result) if isinstance(value, Tensor)]
        if chance and set(chance) != set(made):
            raise WrongPlace(f"{operation} draws on {made} by a generator on {chance}.")
        return result

    @staticmethod
    def _check_copy(operation: Any, args: tuple, kwargs: dict[str, Any]) -> None:
        there = args[0].device if operation.overloadpacket is not aten._to_copy else kwargs.get("device") or CARD
        if there != CARD:
            raise WrongPlace(f"{operation} fetches a tensor {tuple(args[0].shape)}.")

    @staticmethod
    def _check_places(operation: Any, tensors: list[Tensor]) -> None:
        numbers_may_be_here = torch.Tag.pointwise in operation.tags or operation.overloadpacket in TAKES_A_NUMBER
        changed = tensors[0] if operation._schema.is_mutable else None
        strangers = [
            tensor for tensor in tensors
            if tensor.device != CARD and (tensor is changed or tensor.dim() > 0 or not numbers_may_be_here)
        ]  # fmt: skip
        if strangers:
            raise WrongPlace(f"{operation} is given {[(str(one.device), tuple(one.shape)) for one in tensors]}.")

    @staticmethod
    def _check_reading(operation: Any, args: tuple, kwargs: dict[str, Any]) -> None:
        depends = {torch.Tag.data_dependent_output, torch.Tag.dynamic_output_shape} & set(operation.tags)
        if operation.overloadpacket is aten.index or operation.overloadpacket in WRITES_BY_INDEX:
            # By numbers any shape is known beforehand; `pictures[mask] = 0.0` is filling, which needs no shape.
            fills = operation.overloadpacket in WRITES_BY_INDEX and args[2].dim() == 0
            depends = not fills and any(index.dtype in (torch.bool, torch.uint8) for index in leaves(args[1]))
        if depends:
            raise WrongPlace(f"{operation} waits for numbers of the card.")


def leaves(value: Any) -> Iterator[Any]:
    """Everything but None inside nested dictionaries, lists and tuples."""
    if isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from leaves(item)
    elif value is not None:
        yield value


def pictures_for(config: Config) -> np.ndarray:
    return np.zeros((22, config.resolution, config.resolution, config.preparation.channels), np.uint8)
