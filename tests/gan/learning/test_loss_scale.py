"""Loss scaling on the CPU: it changes nothing where numbers suffice, saves small gradients, passes over bad ones."""

import copy

import pytest
import torch
from torch import nn

from gan.learning.loss_scale import LossScale

CPU = torch.device("cpu")


def learner(wanted: bool = True) -> tuple[nn.Linear, LossScale]:
    torch.manual_seed(0)
    network = nn.Linear(3, 2)
    return network, LossScale(torch.optim.Adam(network.parameters(), fused=True), CPU, wanted)


def loss_of(network: nn.Linear, number: int) -> torch.Tensor:
    x = torch.randn(5, 3, generator=torch.Generator().manual_seed(number))
    return network(x).square().mean()


def weights(network: nn.Linear) -> torch.Tensor:
    return torch.cat([p.detach().flatten().clone() for p in network.parameters()])


def test_where_numbers_suffice_nothing_changes():
    (scaled, scale), (plain, ordinary) = learner(), learner(wanted=False)
    for number in range(4):
        scale.descend(loss_of(scaled, number))
        ordinary.descend(loss_of(plain, number))
        assert torch.equal(scaled.weight.grad, plain.weight.grad)
    assert torch.equal(weights(scaled), weights(plain))


@pytest.mark.parametrize("wanted", [True, False])
def test_a_gradient_that_float16_cannot_hold_is_saved(wanted):
    network, scale = learner(wanted)
    scale.descend(network.weight.half().float().mul(1e-9).sum())  # on its way back it is a float16
    assert bool((network.weight.grad != 0).all()) is wanted


def test_a_step_that_is_not_finite_is_left_out_and_the_scale_halved():
    network, scale = learner()
    scale.descend(loss_of(network, 0))
    before, memory = weights(network), copy.deepcopy(scale.optimizer.state_dict()["state"])
    size = scale.state_dict()["scale"]
    scale.descend(loss_of(network, 1) * float("inf"))
    assert torch.equal(weights(network), before)
    for number, kept in scale.optimizer.state_dict()["state"].items():
        assert all(torch.equal(kept[name], memory[number][name]) for name in kept)
    assert scale.state_dict()["scale"] == size / 2
    scale.descend(loss_of(network, 1))
    assert not torch.equal(weights(network), before)


def test_a_resumed_scale_goes_on_as_if_it_had_not_stopped():
    network, scale = learner()
    scale.descend(loss_of(network, 0) * float("inf"))
    for number in range(3):
        scale.descend(loss_of(network, number))
    _, resumed = learner()
    resumed.load_state_dict(scale.state_dict())
    assert resumed.state_dict() == scale.state_dict()
    assert all(type(value) in (int, float) for value in resumed.state_dict().values())


def test_a_training_of_another_precision_brings_no_scale():
    _, scale = learner()
    before = scale.state_dict()
    scale.load_state_dict(learner(wanted=False)[1].state_dict())
    assert scale.state_dict() == before


def test_nobody_waits_for_the_device(monkeypatch):
    network, scale = learner()

    def read(self):
        raise AssertionError("a number was fetched")

    for name in ("item", "__bool__", "__float__", "tolist"):
        monkeypatch.setattr(torch.Tensor, name, read)
    scale.descend(loss_of(network, 0))


def test_an_optimiser_that_would_wait_is_refused():
    with pytest.raises(ValueError, match="fused"):
        LossScale(torch.optim.Adam(nn.Linear(2, 2).parameters()), CPU, wanted=True)
