"""The machine's devices: which one to use, what it is called, and the few switches that make it fast."""

import contextlib
import ctypes
import os
import platform
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TypeVar

import psutil
import torch
from torch import Tensor, nn

from gan.cards import first_card, has_kernels
from gan.errors import ForgerError

Network = TypeVar("Network", bound=nn.Module)

# For each thread that computes in full precision now, the switches as one of them found them.
_found: list[tuple[bool, str]] = []
_SWITCHES = threading.Lock()

CHOICES = ("auto", "cpu", "cuda")
TENSOR_CORES = (7, 0)  # the compute capability of the first cards that have some
# Feeds a card's tensor cores; on two CPU cores the width 32 networks were 1.3 times as fast with it.
MEMORY_FORMAT = torch.channels_last
# A Space has two cores for its visitors and the training together, so there the training takes what is left over.
NICE = 19 if os.environ.get("SPACE_ID") else 10
# As <malloc.h> numbers what glibc's allocator can be told.
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
ALIGNMENT = 16  # bytes: each tensor begins where those of any type may


def choose(name: str = "auto") -> torch.device:
    """ "auto" is CUDA where there is a card that PyTorch can use, else the CPU. Starts no CUDA.

    Raises ForgerError for an unknown name, and for a card by name that is not there or cannot be used.
    """
    if name not in CHOICES:
        raise ForgerError(f"There is no device {name!r}; choose one of {', '.join(CHOICES)}.")
    if name == "cpu" or (name == "auto" and not has_card()):
        return torch.device("cpu")
    if not torch.cuda.is_available():
        raise ForgerError("This machine has no CUDA card that PyTorch can use; choose the CPU.")
    if left_out := left_out_card():
        raise ForgerError(f"{left_out} Choose the CPU, or install a PyTorch that has.")
    return torch.device("cuda")


def has_card() -> bool:
    """Whether there is a card that PyTorch can use."""
    return torch.cuda.is_available() and not left_out_card()


def left_out_card() -> str:
    """A sentence about a card that is here, but that this build of PyTorch has no kernels for; else empty."""
    card = first_card() if torch.cuda.is_available() else None
    if card is None or has_kernels(torch.cuda.get_arch_list(), card.capability):
        return ""
    capability = ".".join(str(number) for number in card.capability)
    return f"This build of PyTorch has no kernels for the card here ({card.name}, compute capability {capability})."


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


def describe(device: torch.device) -> str:
    """What to tell a person: the card's name, or the processor and its cores, and why not the card. Starts no CUDA."""
    if device.type == "cuda":
        card = first_card()
        return card.name if card else "CUDA card"
    left_out = left_out_card()
    return f"CPU ({platform.machine()}), {os.cpu_count()} cores" + (f". {left_out}" if left_out else "")


def prepare(device: torch.device) -> None:
    """Makes this process one that trains on `device`.

    On a card: fast matrix products (TF32), and convolutions tuned to shapes that never change. On a CPU with glibc:
    freed memory is kept, which would else be given back and asked for again in every step, for a thirtieth of its time.
    """
    if device.type == "cpu" and platform.libc_ver()[0] == "glibc":
        mallopt = ctypes.CDLL(None).mallopt
        mallopt(M_MMAP_THRESHOLD, 2**25)  # the most that it takes
        mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
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


def precision(device: torch.device) -> str:
    """The arithmetic that `device` trains in by itself: "bfloat16", "float16" or "float32".

    bfloat16 has the range of single precision and needs no care beyond autocast's. float16, the only fast one of cards
    before Ampere that have tensor cores (T4, RTX 20), ends at 65,504 and has no small numbers, so whoever trains in it
    (as in StyleGAN2-ADA, Karras et al. 2020, arXiv 2006.06676)

    - keeps weights, optimisers, the average, losses and gradient penalties in single precision; a penalty squares
      gradients, which are small to begin with;
    - keeps the layers next to the verdict and those at the two lowest resolutions (4x4 and 8x8) in it, too: there sums
      over all channels grow largest, and there is little to win;
    - clamps the activations of the other layers to within 256;
    - multiplies each loss by a scale before its backward pass, divides the gradients by it, leaves out the step where
      they are not finite, and saves that scale with the training, or a resumed one would go another way.
    """
    if device.type == "cuda":
        if torch.cuda.is_bf16_supported(including_emulation=False):
            return "bfloat16"
        return "float16" if torch.cuda.get_device_capability(device) >= TENSOR_CORES else "float32"
    if device.type == "cpu":  # one without these instructions imitates them, slower than single precision
        abilities = torch.cpu.get_capabilities()
        # Intel's AVX-512 has them, too, but they take nearly twice as long as those of single precision.
        by_vectors = abilities.get("avx512_bf16", False) and not str(abilities.get("cpu_name", "")).startswith("Intel")
        return "bfloat16" if by_vectors or abilities.get("amx_bf16", False) else "float32"
    return "float32"


def autocast(device: torch.device) -> contextlib.AbstractContextManager:
    """Mixed precision as `precision` says; nothing where that is single. float16 needs more than this."""
    dtype = getattr(torch, precision(device))
    return contextlib.nullcontext() if dtype == torch.float32 else torch.autocast(device.type, dtype=dtype)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether there was too little memory, on a card or here: PyTorch's allocator for the CPU has no own error."""
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or (
        isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error)
    )


def give_way() -> None:
    """Lets other programs on this machine go first, such as the server that shows the training.

    Whoever gives way further already goes on doing so: only a superuser could take that back.
    """
    process = psutil.Process()
    if os.name != "posix":
        process.nice(psutil.BELOW_NORMAL_PRIORITY_CLASS)
    elif process.nice() < NICE:
        process.nice(NICE)
