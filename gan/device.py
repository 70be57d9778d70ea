"""The machine's devices: which one to use, what it is called, and the few switches that make it fast."""

import contextlib
import os
import platform
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

import psutil
import torch
from torch import Tensor, nn

from gan.errors import ForgerError

Network = TypeVar("Network", bound=nn.Module)

# For each thread that computes in full precision now, the switches as one of them found them.
_found: list[tuple[bool, str]] = []
_SWITCHES = threading.Lock()

CHOICES = ("auto", "cpu", "cuda")
# Feeds a card's tensor cores; on two CPU cores the width 32 networks were 1.3 times as fast with it.
MEMORY_FORMAT = torch.channels_last
ALIGNMENT = 16  # bytes: each tensor begins where those of any type may


def choose(name: str = "auto") -> torch.device:
    """ "auto" is CUDA where there is a card, else the CPU. Raises ForgerError for a card that is not there."""
    if name not in CHOICES:
        raise ForgerError(f"There is no device {name!r}; choose one of {', '.join(CHOICES)}.")
    if name == "cuda" and not torch.cuda.is_available():
        raise ForgerError("This machine has no CUDA card that PyTorch can use; choose the CPU.")
    return torch.device("cuda" if name != "cpu" and torch.cuda.is_available() else "cpu")


def count_cards() -> int:
    """The CUDA cards that PyTorch can use; counting them opens no context on any."""
    return torch.cuda.device_count()


def check_cards(device: torch.device, processes: int) -> None:
    """Raises ForgerError where so many processes would have to share this machine's cards."""
    if device.type == "cuda" and processes > (cards := count_cards()):
        raise ForgerError(
            f"Each process needs a card of its own, and this machine has {cards}, not {processes}: "
            f"choose {cards} {'process' if cards == 1 else 'processes'}, or the CPU."
        )


def cores() -> int:
    """The processor cores that this process may use."""
    allowed = getattr(psutil.Process(), "cpu_affinity", None)  # not on a Mac
    return len(allowed()) if allowed else os.cpu_count() or 1


def describe(device: torch.device, processes: int = 1) -> str:
    """What to tell a person: the card's name, or the processor and its cores; and how many processes share the work."""
    if device.type == "cuda":
        name = torch.cuda.get_device_name(device)
    else:
        name = f"CPU ({platform.machine()}), {os.cpu_count()} cores"
    return name if processes == 1 else f"{name}, {processes} processes"


def prepare(device: torch.device) -> None:
    """Fast matrix products on a card: TF32, and convolutions tuned to shapes that never change."""
    if device.type == "cuda":
        torch.set_float32_matmul_precision("high")
        torch.backends.cudnn.allow_tf32 = True
        torch.backends.cudnn.benchmark = True


def send(network: Network, device: torch.device) -> Network:
    """The network on `device`, its weights in the order that convolutions there like best."""
    # PyTorch's annotations know `memory_format` only by itself.
    return network.to(device).to(memory_format=MEMORY_FORMAT)


@lru_cache(maxsize=64)
def constant(values: tuple[float, ...], device: torch.device, dtype: torch.dtype = torch.float32) -> Tensor:
    """These numbers on `device`, (N,): sent there once."""
    with torch.inference_mode(False):  # else a training could not use what a page asked for first
        return torch.tensor(values, device=device, dtype=dtype)


def send_together(tensors: Sequence[Tensor], device: torch.device) -> list[Tensor]:
    """The tensors on `device`: to a card in one copy, from pinned memory, while it goes on computing."""
    if device.type == "cpu":
        return list(tensors)
    sizes = [-(-tensor.nbytes // ALIGNMENT) * ALIGNMENT for tensor in tensors]
    packed = torch.empty(sum(sizes), dtype=torch.uint8, pin_memory=device.type == "cuda")
    for part, tensor in zip(packed.split(sizes), tensors, strict=True):
        _as(part, tensor).copy_(tensor)
    there = packed.to(device, non_blocking=True)
    return [_as(part, tensor) for part, tensor in zip(there.split(sizes), tensors, strict=True)]


def _as(part: Tensor, like: Tensor) -> Tensor:
    """The bytes of `part` as what `like` is."""
    return part[: like.nbytes].view(like.dtype).view(like.shape)


@contextlib.contextmanager
def full_precision() -> Iterator[None]:
    """For drawing and judging: on a card, too, single precision is what its name says, not TF32's ten bits.

    The switches are the whole process's: the last of several threads to leave puts them back, and a training goes on
    with its own.
    """
    with _SWITCHES:
        _found.append((torch.backends.cudnn.allow_tf32, torch.get_float32_matmul_precision()))
        torch.backends.cudnn.allow_tf32 = False
        torch.set_float32_matmul_precision("highest")
    try:
        yield
    finally:
        with _SWITCHES:
            before = _found.pop()  # whoever leaves last takes what the first found
            if not _found:
                torch.backends.cudnn.allow_tf32 = before[0]
                torch.set_float32_matmul_precision(before[1])


def autocast(device: torch.device) -> contextlib.AbstractContextManager:
    """Mixed precision where the device computes in bfloat16, whose range needs no loss scaling; otherwise nothing."""
    if device.type == "cuda":
        fast = torch.cuda.is_bf16_supported(including_emulation=False)
    elif device.type == "cpu":  # one without these instructions imitates them, slower than single precision
        abilities = torch.cpu.get_capabilities()
        fast = abilities.get("avx512_bf16", False) or abilities.get("amx_bf16", False)
    else:
        fast = False
    return torch.autocast(device.type, dtype=torch.bfloat16) if fast else contextlib.nullcontext()


def is_out_of_memory(error: BaseException) -> bool:
    """Whether there was too little memory, on a card or here: PyTorch's allocator for the CPU has no own error."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error)
    )


def give_way() -> None:
    """Lets other programs on this machine go first, such as the server that shows the training."""
    psutil.Process().nice(10 if os.name == "posix" else psutil.BELOW_NORMAL_PRIORITY_CLASS)
