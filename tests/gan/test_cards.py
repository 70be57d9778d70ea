"""Cards without a card: what the driver's tool says is made up, and so is what PyTorch was built for."""

import os
import subprocess
import sys

import pytest
import torch

from gan import cards
from gan import device as devices
from gan.cards import Card, has_kernels, visible_cards
from gan.errors import ForgerError
from gan.paths import PROJECT
from ui.device_choice import device_names

P100, T4 = Card("Tesla P100", (6, 0), "GPU-11"), Card("Tesla T4", (7, 5), "GPU-22")
H100 = Card("H100", (9, 0), "GPU-33")
WHEEL = ["sm_75", "sm_80", "sm_86", "sm_90a", "sm_100", "compute_100"]


@pytest.fixture
def machine(monkeypatch):
    """Makes this a machine with these cards, and PyTorch one that was built for `WHEEL`."""
    for name in ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER"):
        monkeypatch.delenv(name, raising=False)

    def make(*present: Card) -> None:
        monkeypatch.setattr(cards, "listed_cards", lambda: present)
        monkeypatch.setattr(torch.cuda, "is_available", lambda: bool(present))
        monkeypatch.setattr(torch.cuda, "is_initialized", lambda: False)
        monkeypatch.setattr(torch.cuda, "get_arch_list", lambda: WHEEL)

    return make


@pytest.mark.parametrize(
    ("capability", "runs"),
    [
        ((7, 0), False),  # V100: older than all
        ((7, 5), True),
        ((8, 0), True),
        ((8, 6), True),
        ((8, 9), True),  # by the code for 8.6 and that for 8.0
        ((9, 0), True),
        ((9, 1), False),  # an "a" is for that card only
        ((10, 3), True),
        ((12, 0), True),  # translated from compute_100
        ((6, 0), False),
    ],
)
def test_code_for_a_card_runs_on_later_ones_of_its_generation(capability, runs):
    assert has_kernels(WHEEL, capability) is runs


def test_code_for_a_family_is_not_translated_for_the_next():
    assert has_kernels(["sm_100f", "compute_100f"], (10, 3))
    assert not has_kernels(["sm_100f", "compute_100f"], (12, 0))


def test_where_nothing_is_known_about_kernels_nothing_is_refused():
    assert has_kernels(["gfx90a"], (9, 0))
    assert has_kernels([], (9, 0))


def test_a_card_is_taken_and_named(machine):
    machine(H100)
    assert devices.choose().type == devices.choose("cuda").type == "cuda"
    assert devices.describe(devices.choose()) == "H100"
    assert device_names() == ("auto", "cpu", "cuda")


def test_a_card_without_kernels_is_refused_by_name_and_passed_over_otherwise(machine):
    machine(P100)
    with pytest.raises(ForgerError, match=r"no kernels for the card here \(Tesla P100, compute capability 6.0\)"):
        devices.choose("cuda")
    assert devices.choose().type == "cpu"
    assert devices.describe(devices.choose()).endswith(
        "This build of PyTorch has no kernels for the card here (Tesla P100, compute capability 6.0)."
    )
    assert device_names() == ("cpu",)


def test_no_card_is_no_news(machine):
    machine()
    assert devices.choose().type == "cpu"
    assert "kernels" not in devices.describe(devices.choose())
    with pytest.raises(ForgerError, match="no CUDA card"):
        devices.choose("cuda")


def test_a_card_that_cannot_be_named_is_used_all_the_same(machine, monkeypatch):
    machine(P100)
    monkeypatch.setattr(cards, "listed_cards", tuple)
    assert devices.describe(devices.choose("cuda")) == "CUDA card"


def test_where_cuda_runs_already_pytorch_is_asked(machine, monkeypatch):
    machine(P100)
    monkeypatch.setattr(torch.cuda, "is_initialized", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda: "H100")
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda: (9, 0))
    assert devices.describe(devices.choose()) == "H100"


@pytest.mark.parametrize(
    ("visible", "order", "expected"),
    [
        (None, None, [H100, T4, P100]),  # the fastest first
        (None, "PCI_BUS_ID", [P100, T4, H100]),
        ("1", "PCI_BUS_ID", [T4]),
        ("2,0", "PCI_BUS_ID", [H100, P100]),
        ("0, 7, 1", "PCI_BUS_ID", [P100]),
        ("GPU-2", None, [T4]),
        ("GPU", None, []),  # which of them?
        ("", None, []),
        ("-1", None, []),
        ("MIG-44", None, []),
    ],
)
def test_only_visible_cards_count(visible, order, expected, monkeypatch):
    for name, value in (("CUDA_VISIBLE_DEVICES", visible), ("CUDA_DEVICE_ORDER", order)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert visible_cards([P100, T4, H100]) == expected


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """Puts a driver's tool that prints this before all others; returns what `listed_cards` makes of it."""

    def make(script: str) -> tuple[Card, ...]:
        path = tmp_path / "nvidia-smi"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        return cards.listed_cards.__wrapped__()

    return make


SAYS = 'echo "GPU-1a2b, 9.0, NVIDIA H100 80GB HBM3"; echo "GPU-3c4d, 12.0, NVIDIA, with a comma"'


@pytest.mark.skipif(os.name != "posix", reason="the made-up tool is a shell script")
def test_the_drivers_tool_is_read(tool):
    assert tool(SAYS) == (
        Card("NVIDIA H100 80GB HBM3", (9, 0), "GPU-1a2b"),
        Card("NVIDIA, with a comma", (12, 0), "GPU-3c4d"),
    )


@pytest.mark.skipif(os.name != "posix", reason="the made-up tool is a shell script")
@pytest.mark.parametrize("script", ["exit 9", "echo 'Field \"compute_cap\" is not a valid field to query.'", "exit 0"])
def test_a_tool_that_says_something_else_names_no_card(tool, script):
    assert tool(script) == ()


def test_without_a_tool_no_card_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert cards.listed_cards.__wrapped__() == ()


@pytest.mark.skipif(os.name != "posix", reason="the made-up tool is a shell script")
def test_to_choose_and_name_a_card_starts_no_cuda(tool):
    """In a fresh process, as the server is one; all of PyTorch's functions that would start CUDA are its own."""
    tool(SAYS)
    script = """
import torch
torch.cuda.is_available = lambda: True
torch.cuda.get_arch_list = lambda: ["sm_90"]
from gan import device as devices
from ui.device_choice import device_names
print(devices.describe(devices.choose()), "|", devices.describe(torch.device("cpu")), "|", device_names())
print(torch.cuda.is_initialized())
"""
    hidden = {name: value for name, value in os.environ.items() if not name.startswith("CUDA_")}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=PROJECT, env=hidden | {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.splitlines()[0].startswith("NVIDIA H100 80GB HBM3 | CPU")
    assert done.stdout.splitlines()[1] == "False"
