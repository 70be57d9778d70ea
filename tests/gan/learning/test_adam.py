from copy import deepcopy

import pytest
import torch
from torch import nn
from torch.profiler import profile

from gan.learning.adam import Adam


def weights(memory_format: torch.memory_format) -> list[nn.Parameter]:
    torch.manual_seed(0)
    return [nn.Parameter(torch.randn(6, 5, 3, 3).to(memory_format=memory_format)), nn.Parameter(torch.randn(6))]


def steps(optimizer: torch.optim.Optimizer, learned: list[nn.Parameter], count: int) -> None:
    torch.manual_seed(1)
    for _ in range(count):
        for one in learned:
            one.grad = torch.randn_like(one)
        optimizer.step()


@pytest.mark.parametrize("memory_format", [torch.channels_last, torch.contiguous_format])
def test_steps_and_memory_are_those_of_pytorchs_adam(memory_format):
    mine, theirs = weights(memory_format), weights(memory_format)
    settings = {"lr": 0.1, "betas": (0.5, 0.9)}
    own, other = Adam(mine, fused=True, **settings), torch.optim.Adam(theirs, foreach=False, **settings)
    steps(own, mine, 3)
    steps(other, theirs, 3)
    torch.testing.assert_close(mine, theirs)
    torch.testing.assert_close(own.state_dict()["state"], other.state_dict()["state"])


def test_what_pytorchs_adam_has_saved_goes_on():
    mine, theirs = weights(torch.channels_last), weights(torch.channels_last)
    own, other = Adam(mine, fused=True), torch.optim.Adam(theirs, fused=True)
    steps(other, theirs, 2)
    own.load_state_dict(deepcopy(other.state_dict()))
    with torch.no_grad():
        torch._foreach_copy_(mine, theirs)
    steps(own, mine, 1)
    steps(other, theirs, 1)
    torch.testing.assert_close(mine, theirs, rtol=0, atol=0)


def test_no_gradient_in_channels_last_memory_is_copied():
    learned = weights(torch.channels_last)
    optimizer = Adam(learned, fused=True)
    steps(optimizer, learned, 1)
    with profile() as watched:
        optimizer.step()
    names = {event.name for event in watched.events()}
    assert "aten::_fused_adam_" in names
    assert "aten::clone" not in names
