import copy

import pytest
import torch
from torch import nn

from gan.errors import ForgerError
from gan.learning import eyes
from gan.learning.config import configure
from gan.learning.eyes import CHANNELS, EYES, SIDES, Eyes
from gan.learning.kinds import new_trainer
from gan.learning.knobs import Who

CPU = torch.device("cpu")


@pytest.fixture
def start(config, pictures):
    def start(**changes):
        return new_trainer(configure(config, **{"projected_weight": 1.0} | changes), pictures, CPU)

    return start


def weights(network: nn.Module) -> list:
    return [value.detach().clone() for value in network.parameters()]


@pytest.mark.parametrize("setting", EYES)
def test_eyes_see_a_direction_at_every_place_of_three_maps(config, setting):
    chance = torch.Generator().manual_seed(1)
    seen = Eyes(setting, config, CPU).see(torch.rand(2, 3, 32, 32, generator=chance) * 2 - 1)
    assert [one.shape for one in seen] == [(2, c, s, s) for c, s in zip(CHANNELS, SIDES, strict=True)]
    for one in seen:
        torch.testing.assert_close(one.norm(dim=1), torch.ones_like(one[:, 0]), atol=1e-2, rtol=0)


def test_its_heads_learn_and_its_eyes_do_not(start):
    trainer = start()
    before, saw = weights(trainer.second.heads), weights(trainer.second.eyes.layers)
    measured = trainer.step()
    assert 0 < measured["loss_d_second"] < 3
    assert not any(map(torch.equal, before, weights(trainer.second.heads)))
    assert all(map(torch.equal, saw, weights(trainer.second.eyes.layers)))


def test_it_comes_to_tell_real_from_forged_where_the_forger_stands_still(start):
    trainer = start()
    losses = [float(trainer.step(Who.INSPECTOR)["loss_d_second"]) for _ in range(30)]
    assert sum(losses[-5:]) < 0.8 * sum(losses[:5])


def test_the_forger_hears_it_and_its_heads_learn_nothing_from_the_forgers_lesson(start):
    gradients = {}
    for weight in (0.0, 1.0, 10.0):
        trainer = start(projected_weight=weight)
        trainer.step(Who.FORGER)
        gradients[weight] = torch.cat([value.grad.flatten() for value in trainer.generator.parameters()])
    one, ten = gradients[1.0] - gradients[0.0], gradients[10.0] - gradients[0.0]
    assert one.norm() > 0
    torch.testing.assert_close(ten, 10 * one, atol=0.05 * float(ten.abs().max()), rtol=0.05)
    trainer = start()
    before = weights(trainer.second.heads)
    trainer.step(Who.FORGER)
    assert all(map(torch.equal, before, weights(trainer.second.heads)))
    assert all(value.requires_grad for value in trainer.second.heads.parameters())


def test_a_resumed_training_goes_on_bit_for_bit(start):
    whole, half = start(), start()
    for _ in range(2):
        half.step()
    again = start()
    again.load_state_dict(copy.deepcopy(half.state_dict()))
    for _ in range(2):
        again.step()
    for _ in range(4):
        whole.step()
    for one, other in ((whole.second.heads, again.second.heads), (whole.generator, again.generator)):
        assert all(map(torch.equal, one.state_dict().values(), other.state_dict().values()))


def test_without_it_a_state_has_none_of_it(config, pictures):
    assert not [name for name in new_trainer(config, pictures, CPU).state_dict() if "second" in name]


def test_without_the_package_it_says_what_to_do(config, pictures, monkeypatch):
    monkeypatch.setattr(eyes, "find_weights", lambda edition: None)
    with pytest.raises(ForgerError, match="A projected_weight above 0 needs the package efficientnet-lite0-pytorch"):
        new_trainer(configure(config, projected_weight=1.0), pictures, CPU)
