"""What a step needs goes to a card in one copy; counted on the `meta` device, see `one_device`."""

import numpy as np
import pytest
import torch
from torch import Tensor

from gan import device as devices
from gan.learning.config import Config
from gan.learning.kinds import new_trainer
from gan.learning.recipes import RECIPES
from gan.tasks import TASKS
from tests.gan.learning.one_device import CARD, CPU, OneDevice, pictures_for

pytestmark = pytest.mark.usefixtures("fused_adam_anywhere")

SMALL = {"width_g": 4, "width_d": 4, "resolution": 32}
AT_ONCE = {
    "classic": RECIPES["classic"].settings,
    "modern": RECIPES["modern"].settings,
    "falling rates": RECIPES["modern"].settings | {"schedule": "learning_rate settles after 50; beta2 to 0.9 over 20"},
    "modern from streams": RECIPES["modern"].settings | {"chance": "streams"},
    "redraw from streams": RECIPES["redraw"].settings | {"chance": "streams"},
    **{f"redraw: {task}": RECIPES["redraw"].settings | {"task": task} for task in TASKS},
}


@pytest.mark.parametrize("settings", AT_ONCE.values(), ids=AT_ONCE)
def test_all_that_a_step_needs_goes_to_the_card_at_once(settings):
    """Constants may be sent once, before or with the first step."""
    most = {"augment_probability": 0.5, "penalty": "r1+r2", "penalty_every": 1, "d_steps": 2, "g_steps": 2}
    config = Config(**settings | SMALL | most)
    with OneDevice() as mode:
        trainer = new_trainer(config, pictures_for(config), CARD)
        trainer.step()
        mode.sent.clear()
        trainer.step()
    assert len(mode.sent) == 1, mode.sent


def test_all_ways_to_send_something_are_counted():
    ways = {
        "to": lambda: torch.ones(2).to(CARD),
        "copy_": lambda: torch.ones(2, device=CARD).copy_(torch.ones(2)),
        "tensor": lambda: torch.tensor([1.0, 2.0], device=CARD),
        "of an array": lambda: torch.as_tensor(np.ones(2), device=CARD),
        "get by a list": lambda: torch.ones(4, device=CARD)[[0, 2]],
        "set by a list": lambda: torch.ones(4, 4, device=CARD).__setitem__((slice(None), [0, 2]), 1.0),
    }
    nothing = {
        "get": lambda: torch.ones(4, device=CARD)[1::2],
        "set": lambda: torch.ones(4, device=CARD).__setitem__(0, 1.0),
        "full": lambda: torch.full((2,), 3.0, device=CARD),
        "where": lambda: torch.where(torch.ones(4, device=CARD) > 0, 1.0, 0.0),
    }
    sent = {}
    for name, act in (ways | nothing).items():
        with OneDevice() as mode:
            act()
        sent[name] = mode.sent
    assert sent == {name: [(2,)] for name in ways} | {name: [] for name in nothing}


@pytest.mark.parametrize("device", [CPU, CARD], ids=str)
def test_what_is_sent_together_arrives_as_it_was(device):
    tensors = [
        torch.rand(3, 5) < 0.5, torch.rand(7), torch.arange(10).to(torch.uint8).view(2, 5, 1), torch.arange(4),
        torch.rand(0, 4), torch.rand(()), torch.rand(2, 3, 4).permute(2, 0, 1), torch.rand(3, dtype=torch.float64),
    ]  # fmt: skip
    there = devices.send_together(tensors, device)
    assert [(one.shape, one.dtype, one.device.type) for one in there] == [
        (one.shape, one.dtype, device.type) for one in tensors
    ]
    if device == CPU:
        assert all(torch.equal(one, other) for one, other in zip(tensors, there, strict=True))


def test_packed_numbers_are_those_that_were_packed(monkeypatch):
    """As on a card, with this machine's memory as the card's."""
    tensors = [
        torch.rand(3, 5) < 0.5,
        torch.rand(7),
        torch.rand(2, 3, 4).permute(2, 0, 1),
        torch.arange(4),
        torch.rand(()),
    ]
    monkeypatch.setattr(Tensor, "to", lambda packed, device, non_blocking: packed.clone())
    there = devices.send_together(tensors, CARD)
    assert all(torch.equal(one, other) for one, other in zip(tensors, there, strict=True))
    assert all(one.data_ptr() % one.element_size() == 0 for one in there)


def test_a_constant_is_sent_once_and_a_training_can_use_what_a_page_asked_for_first():
    devices.constant.cache_clear()
    with OneDevice() as mode, torch.inference_mode():
        first = devices.constant((0.25, 0.5), CARD)
        assert devices.constant((0.25, 0.5), CARD) is first
    assert len(mode.sent) <= 1
    here = torch.ones(2, requires_grad=True)
    with torch.inference_mode():
        weights = devices.constant((0.25, 0.5), CPU)
    (here * weights).sum().backward()
    assert here.grad.tolist() == [0.25, 0.5]
