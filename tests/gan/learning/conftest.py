"""What tests of trainings on the `meta` device need."""

from importlib import import_module

import pytest


@pytest.fixture
def fused_adam_anywhere(monkeypatch):
    """PyTorch can say what fused Adam does on `meta`, but has it on no list of devices that have it."""
    optimizer = import_module("torch.optim.optimizer")  # torch.optim hides it
    monkeypatch.setattr(optimizer, "_get_fused_kernels_supported_devices", lambda: ["cpu", "cuda", "meta"])


@pytest.fixture(autouse=True)
def _eyes_of_chance(installed):
    """No test here asks whether this machine has the optional packages."""
