"""Training in float16, which the CPU can do, too, slowly."""

import io

import pytest
import torch
from torch import nn

from gan import device as devices
from gan.learning.config import configure
from gan.learning.half import LARGEST, guard
from gan.learning.kinds import new_trainer
from gan.learning.recipes import RECIPES

CPU = torch.device("cpu")
TINY = {"width_g": 4, "width_d": 4, "penalty_every": 2}
each_recipe = pytest.mark.parametrize("recipe", RECIPES)


@pytest.fixture
def half(monkeypatch):
    monkeypatch.setattr(devices, "precision", lambda device: "float16")


def tiny(config, recipe):
    return configure(config, **RECIPES[recipe].settings | TINY)


@each_recipe
def test_both_networks_learn_and_every_number_is_one(config, pictures, half, recipe):
    trainer = new_trainer(tiny(config, recipe), pictures, CPU)
    before = [parameter.detach().clone() for parameter in trainer.generator.parameters()]
    for _ in range(3):
        measured = trainer.step()
        assert all(torch.isfinite(value) for value in measured.values()), measured
    assert all((old != new).any() for old, new in zip(before, trainer.generator.parameters(), strict=True))
    assert all(parameter.dtype == torch.float32 for parameter in trainer.discriminator.parameters())


def test_it_comes_near_to_what_single_precision_learns(config, pictures, monkeypatch):
    figures = []
    for precision in ("float16", "float32"):
        monkeypatch.setattr(devices, "precision", lambda device, precision=precision: precision)
        trainer = new_trainer(tiny(config, "modern"), pictures, CPU)
        figures.append([{name: value.item() for name, value in trainer.step().items()} for _ in range(2)])
    for half, single in zip(*figures, strict=True):
        for name in ("loss_d", "loss_g", "gradient_d"):
            assert half[name] == pytest.approx(single[name], rel=0.05), name
    assert figures[0][0]["loss_d"] != figures[1][0]["loss_d"]  # so it was another arithmetic


def test_the_scale_of_the_loss_is_saved_and_a_resumed_training_goes_the_same_way(config, pictures, half):
    config = tiny(config, "modern")
    at_once, resumed = new_trainer(config, pictures, CPU), new_trainer(config, pictures, CPU)
    at_once.step()
    at_once.scale_d.scaler.update(1024.0)
    file = io.BytesIO()
    torch.save(at_once.state_dict(), file)
    file.seek(0)
    resumed.load_state_dict(torch.load(file, weights_only=True))
    assert resumed.scale_d.scaler.get_scale() == 1024.0
    one, other = at_once.step(), resumed.step()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_training_in_single_precision_goes_on_in_float16_and_back(config, pictures, monkeypatch):
    config = tiny(config, "modern")
    state = new_trainer(config, pictures, CPU).state_dict()
    monkeypatch.setattr(devices, "precision", lambda device: "float16")
    half = new_trainer(config, pictures, CPU)
    half.load_state_dict(state)
    half.step()
    monkeypatch.setattr(devices, "precision", lambda device: "float32")
    new_trainer(config, pictures, CPU).load_state_dict(half.state_dict())


def test_layers_near_the_verdict_and_of_few_pixels_are_exact_and_others_are_clamped(half):
    network = nn.Sequential(nn.Conv2d(2, 4, 3, 2, 1, bias=False), nn.Conv2d(4, 1, 3, 1, 1, bias=False))
    names = list(network.state_dict())
    with torch.no_grad():
        network[0].weight.fill_(1e3)
    guard(network)
    seen = []
    network[0].register_forward_hook(lambda layer, given, made: seen.append(made))
    with devices.autocast(CPU):
        verdict = network(torch.ones(1, 2, 32, 32))
        network(torch.ones(1, 2, 8, 8))
    assert seen[0].dtype == torch.float16 and seen[0].max() == LARGEST
    assert verdict.dtype == torch.float32
    assert seen[1].dtype == torch.float32 and seen[1].max() > LARGEST
    assert list(network.state_dict()) == names
