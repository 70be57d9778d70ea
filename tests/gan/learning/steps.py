"""What tests of trainers share: taking steps, and comparing what came of them."""

import io
from collections.abc import Iterator
from typing import Any

import torch
from torch import nn

from gan.learning.trainer import Trainer

CPU = torch.device("cpu")


def steps(trainer: Trainer, count: int) -> Trainer:
    for _ in range(count):
        trainer.step()
    return trainer


def through_a_file(state: dict[str, Any], device: torch.device = CPU) -> dict[str, Any]:
    """The state as a checkpoint brings it back: copied, and free of anything but tensors and plain values."""
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    return torch.load(file, map_location=device, weights_only=True)


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Everything inside nested dictionaries and lists, with its way from the outside."""
    if isinstance(value, dict | list | tuple):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, f"{name}/{key}")
    else:
        yield name, value


def assert_same(one: dict[str, Any], other: dict[str, Any]) -> None:
    first, second = dict(leaves(one)), dict(leaves(other))
    assert first.keys() == second.keys()
    for name, value in first.items():
        same = torch.equal(value, second[name]) if isinstance(value, torch.Tensor) else value == second[name]
        assert same, f"{name} differs"


def weights(network: nn.Module) -> torch.Tensor:
    return torch.cat([value.detach().flatten() for value in network.parameters()]).clone()


def shown_to(network: nn.Module) -> list[torch.Tensor]:
    """What the network will be given, in its order."""
    seen: list[torch.Tensor] = []
    network.register_forward_pre_hook(lambda module, given: seen.append(given[0].detach().clone()))
    return seen
