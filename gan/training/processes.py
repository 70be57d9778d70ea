"""Several processes that share one training: they average what each made of its share of every batch.

torch's launcher starts them and tells each by its environment who it is; see `gan.training.launch`. Plain collectives:
DistributedDataParallel hooks into the backward pass, which a gradient penalty runs through twice.
"""

import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor, nn

from gan import device as devices
from gan.errors import ForgerError
from gan.learning.team import Team
from gan.training import collectives
from gan.training.whole_batch_norm import WholeBatchNorm

# The others wait while the first prepares pictures, draws and measures. One that dies is noticed at once all the same,
# since its connections close.
PATIENCE = timedelta(hours=6)
# How often a process looks whether its launcher is there, and how long it has to save without it.
LOOK_SECONDS, GRACE_SECONDS = 5.0, 600.0
# Of the same size each: the same bits as whole numbers, whose sum depends on no order.
AS_NUMBERS = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}


class Processes(Team):
    """This process among `size` of them; every method is called by all of them, in the same order.

    What is sent from the memory of a card goes by NCCL, all else by gloo, which keeps no card waiting. Every method
    raises `collectives.Lost` where another process is gone.
    """

    def __init__(self) -> None:
        self.rank, self.size = dist.get_rank(), dist.get_world_size()
        self.launcher = os.getppid()

    def prepare(self, network: nn.Module) -> None:
        for name, module in list(network.named_modules()):
            if type(module) is nn.BatchNorm2d:
                network.set_submodule(name, WholeBatchNorm(module))
        with torch.no_grad():
            numbers = [*network.parameters(), *network.buffers()]
            for kind in dict.fromkeys(tensor.dtype for tensor in numbers):
                tensors = [tensor for tensor in numbers if tensor.dtype == kind]
                with _as_one(tensors, tensors) as flat:
                    collectives.take_from_first(flat)

    def average_gradients(self, parameters: Iterable[Tensor]) -> None:
        taught = [one for one in parameters if one.grad is not None]
        with _as_one([one.grad for one in taught if one.grad is not None], taught) as flat:
            collectives.add_up(flat)
            flat.div_(self.size)

    def mean(self, measured: dict[str, Tensor]) -> dict[str, Tensor]:
        numbers = torch.stack(list(measured.values()))
        collectives.add_up(numbers)
        return dict(zip(measured, numbers.div_(self.size).unbind(), strict=True))

    def any(self, wanted: bool) -> bool:
        orphaned = os.getppid() != self.launcher  # nobody is left who would end the others
        return bool(collectives.largest(torch.tensor([wanted or orphaned], dtype=torch.uint8)))

    def check_agreement(self, state: dict[str, Any]) -> None:
        sums = {name: _sum_of_bits(value) for name, value in _leaves(state)}
        mine = torch.tensor(list(sums.values()))
        most, least = collectives.largest(torch.cat([mine, -mine])).chunk(2)
        if apart := [name for name, differs in zip(sums, most != -least, strict=True) if differs]:
            raise ForgerError(
                f"The processes of this training no longer agree on {apart[0]}"
                + (f" and {len(apart) - 1} other parts" if len(apart) > 1 else "")
                + ". The last checkpoint is untouched: resume from there, on machines that are alike."
            )


def is_one_of_several() -> bool:
    """Whether torch's launcher started this process beside others of the same training."""
    return "RANK" in os.environ and int(os.environ.get("WORLD_SIZE", "1")) > 1


@contextmanager
def join(device: str = "auto") -> Iterator[Team]:
    """The team of this process: itself alone, unless torch's launcher started it beside others.

    Then it takes its share of the machine's cores, or a card of its own. Raises ForgerError where there is no such
    device, and where the machine has fewer cards than processes.
    """
    if not is_one_of_several():
        yield Team()
        return
    here, place = (int(os.environ[name]) for name in ("LOCAL_WORLD_SIZE", "LOCAL_RANK"))
    chosen = devices.choose(device)
    devices.check_cards(chosen, here)
    torch.set_num_threads(max(1, devices.cores() // here))
    if chosen.type == "cuda":
        torch.cuda.set_device(place)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with collectives.with_the_others():
        dist.init_process_group("cpu:gloo,cuda:nccl" if chosen.type == "cuda" else "gloo", timeout=PATIENCE)
    yield Processes()
    dist.destroy_process_group()  # where something went wrong, the end of this process is what the others notice


def _end_with(launcher: int) -> None:
    """Ends this process some time after its launcher is gone: between two steps it has seen so itself and saved, but
    one that still waits for the others to join would wait for hours."""
    while os.getppid() == launcher:
        time.sleep(LOOK_SECONDS)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


@contextmanager
def _as_one(tensors: list[Tensor], like: list[Tensor]) -> Iterator[Tensor]:
    """The tensors, of one type, as one (n,), whose numbers they have afterwards.

    Their order in it is that of the memory of `like`, the same on all processes; where it is theirs, too, nothing is
    reordered.
    """
    sizes = [tensor.numel() for tensor in tensors]
    flat = tensors[0].new_empty(sum(sizes))
    views = [part.as_strided(one.shape, one.stride()) for part, one in zip(flat.split(sizes), like, strict=True)]
    torch._foreach_copy_(views, tensors)
    yield flat
    torch._foreach_copy_(tensors, views)


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The tensors and numbers anywhere in a state, each with its path; what else there is says nothing."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, f"{name}.{key}" if name else str(key))
    elif isinstance(value, Tensor | int | float):
        yield name, value


def _sum_of_bits(value: Tensor | int | float) -> int:
    if not isinstance(value, Tensor):
        value = torch.tensor(value, dtype=torch.float64)
    return int(value.detach().view(AS_NUMBERS[value.element_size()]).sum(dtype=torch.int64))
