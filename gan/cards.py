"""The NVIDIA cards of this machine as their driver describes them, and whether this build of PyTorch has code for them.

Asking PyTorch for a card's name starts CUDA in the asking process, which takes hundreds of megabytes of the card for as
long as that process lives: too much for a server that only wants to name it. The driver's own tool holds nothing.
"""

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import torch

# The tool is quick, unless the driver has to be woken up first.
PATIENCE_SECONDS = 10


@dataclass(frozen=True)
class Card:
    """One card: what it is called, and its compute capability (CUDA programming guide), such as (8, 6)."""

    name: str
    capability: tuple[int, int]
    uuid: str = ""


def first_card() -> Card | None:
    """The card that PyTorch calls "cuda"; None where there is no way to know without starting CUDA for it.

    Where CUDA runs in this process already, PyTorch is asked.
    """
    if torch.cuda.is_initialized():
        return Card(torch.cuda.get_device_name(), torch.cuda.get_device_capability())
    visible = visible_cards(listed_cards())
    return visible[0] if visible else None


@lru_cache(maxsize=1)
def listed_cards() -> tuple[Card, ...]:
    """All cards by `nvidia-smi`, in the order of their slots; none where it is missing or says something else."""
    command = ["nvidia-smi", "--query-gpu=uuid,compute_cap,name", "--format=csv,noheader"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.findall(r"^(\S+), (\d+)\.(\d+), (.+)$", answer, re.MULTILINE)
    return tuple(Card(name.strip(), (int(major), int(minor)), uuid) for uuid, major, minor, name in found)


def visible_cards(cards: Sequence[Card]) -> list[Card]:
    """Those of `cards` that CUDA_VISIBLE_DEVICES leaves, in the order in which PyTorch counts them.

    By itself CUDA puts the fastest first. How fast they are the tool does not say; the newest stand for them.
    """
    ordered = list(cards)
    if os.environ.get("CUDA_DEVICE_ORDER") != "PCI_BUS_ID":
        ordered.sort(key=lambda card: card.capability, reverse=True)
    wanted = os.environ.get("CUDA_VISIBLE_DEVICES")
    if wanted is None:
        return ordered
    visible = []
    for word in (part.strip() for part in wanted.split(",")):
        if word.isdecimal():
            chosen = ordered[int(word) : int(word) + 1]
        else:
            chosen = [card for card in ordered if word and card.uuid.startswith(word)]
        if len(chosen) != 1:  # CUDA, too, stops at the first that is not there
            break
        visible += chosen
    return visible


def has_kernels(built: Sequence[str], capability: tuple[int, int]) -> bool:
    """Whether a PyTorch `built` for these architectures (`torch.cuda.get_arch_list()`) runs on a card of `capability`.

    sm_80 is machine code for 8.0 and for later cards of the same generation, such as 8.6; compute_80 is translated for
    any from 8.0 on; with an "a" at the end both are for that one card only, with an "f" for its generation (CUDA
    programming guide, "Application Compatibility"). True where `built` names nothing of the kind, as for AMD's cards.
    """
    known = [match for match in (re.fullmatch(r"(sm|compute)_(\d+)(\d)([af]?)", one) for one in built) if match]
    return not known or any(_fits(match, capability) for match in known)


def _fits(match: re.Match[str], capability: tuple[int, int]) -> bool:
    code, major, minor, only = match.groups()
    oldest = (int(major), int(minor))
    if only == "a":
        return capability == oldest
    same_generation = capability[0] == oldest[0]
    return capability >= oldest and (same_generation or (code == "compute" and not only))
