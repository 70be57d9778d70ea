"""What is special about the lessons of a GAN that redraws; all else it shares with other GANs (`test_trainer`)."""

import copy

import pytest
import torch
from torch import Tensor, nn

from gan.learning.config import configure
from gan.learning.kinds import new_trainer
from gan.learning.pair_trainer import PairTrainer
from gan.learning.trainer import Trainer
from gan.tasks import TASKS

CPU = torch.device("cpu")
each_task = pytest.mark.parametrize("task", [name for name, task in TASKS.items() if not task.collected])


@pytest.fixture
def seen() -> list[Tensor]:
    """What the inspector was shown, in its order."""
    return []


@pytest.fixture
def watched(redraw_config, pictures, seen):
    """Makes a trainer whose inspector remembers in `seen` what it looks at; reals and forgeries apart."""

    def start(**changes) -> PairTrainer:
        trainer = new_trainer(configure(redraw_config, penalty="none", **changes), pictures, CPU)
        trainer.group = None
        trainer.discriminator.register_forward_pre_hook(lambda module, given: seen.append(given[0].detach().clone()))
        return trainer

    return start


def weights(network: nn.Module) -> Tensor:
    return torch.cat([value.detach().flatten() for value in network.parameters()]).clone()


def gradient(network: nn.Module) -> Tensor:
    return torch.cat([value.grad.flatten() for value in network.parameters()])


def test_each_kind_of_gan_has_its_trainer(config, redraw_config, pictures):
    assert type(new_trainer(config, pictures, CPU)) is Trainer
    assert type(new_trainer(redraw_config, pictures, CPU)) is PairTrainer


@each_task
def test_the_inspector_is_shown_targets_and_forgeries_beside_their_sources(watched, seen, task):
    trainer = watched(task=task)
    given = []
    trainer.generator.register_forward_pre_hook(lambda module, sources: given.append(sources[0].detach().clone()))
    trainer.step()
    real, fake, again = seen
    assert real.shape == fake.shape == (4, 6, 32, 32)
    assert torch.equal(real[:, :3], trainer.targets)
    for pairs in (real, fake, again):
        assert torch.equal(pairs[:, 3:], trainer.sources)
    assert len(given) == 1 and torch.equal(given[0], trainer.sources)
    assert torch.equal(fake, again)
    assert not torch.equal(fake[:, :3], real[:, :3])


@pytest.mark.parametrize("task", ["grey", "mosaic", "cartoon"])
def test_sources_and_targets_are_of_the_same_picture(watched, task):
    trainer = watched(task=task)
    for _ in range(3):
        trainer.step()
        pictures, made, change = trainer.targets, trainer.sources, lambda shown: TASKS[task].sources(shown, {})
        if task == "cartoon":
            pictures, made, change = trainer.sources, trainer.targets, TASKS[task].targets
        torch.testing.assert_close(made, change(pictures), atol=1e-3, rtol=0)


@each_task
def test_only_tasks_for_which_the_place_does_not_matter_are_shown_reframed(watched, task, monkeypatch):
    calls = []

    def blank(pictures: Tensor, framings: Tensor) -> Tensor:
        calls.append(framings.shape)
        return torch.full_like(pictures, 0.25)

    monkeypatch.setattr("gan.learning.pair_trainer.reframe", blank)
    trainer = watched(task=task)
    trainer.step()
    assert calls == [(4, 3)] * TASKS[task].any_framing
    # Both sides are of what was framed, and one of them is nothing else.
    assert any((side == 0.25).all() for side in (trainer.sources, trainer.targets)) == TASKS[task].any_framing


def test_a_picture_that_comes_again_is_sketched_by_another_hand(watched, pictures):
    trainer = watched(batch_size=2, flips=False)
    sources, targets = [], []
    for _ in range(20):  # two epochs
        trainer.step()
        sources += trainer.sources
        targets += trainer.targets
    same = [(one, two) for one in range(20) for two in range(20, 40) if torch.equal(targets[one], targets[two])]
    assert len(same) == 20
    assert all((sources[one] - sources[two]).abs().mean() > 0.002 for one, two in same)


@pytest.mark.usefixtures("single_precision")
def test_loss_l1_is_the_mean_difference_of_the_picture_from_its_target(watched, seen):
    measured = watched().step()
    real, fake, _ = seen
    torch.testing.assert_close(measured["loss_l1"], (real[:, :3] - fake[:, :3]).abs().mean())
    assert not measured["loss_l1"].requires_grad


@pytest.mark.usefixtures("single_precision")
def test_the_forger_descends_the_verdict_and_the_weighted_difference_together(watched, seen):
    gradients = {}
    for weight in (0.0, 3.0):
        trainer = watched(l1_weight=weight)
        # The gradient of the difference alone, by the generator as it is before its lesson.
        generator = copy.deepcopy(trainer.generator)
        trainer.step()
        differences = (generator(trainer.sources) - trainer.targets).abs()
        (differences * trainer.bound).mean().backward()
        gradients[weight] = gradient(trainer.generator)
    expected = gradients[0.0] + 3 * gradient(generator)
    torch.testing.assert_close(gradients[3.0], expected, atol=1e-5, rtol=1e-3)
    assert (gradients[3.0] - gradients[0.0]).norm() > 0.1 * gradients[0.0].norm()


def test_a_rough_drawing_asks_for_its_pixels_less_and_a_scheme_least(redraw_config, pictures):
    bounds = {}
    for roughness in (0.0, 0.7):
        trainer = new_trainer(configure(redraw_config, roughness=roughness, batch_size=64), pictures, CPU)
        trainer.next_pictures()
        bounds[roughness] = trainer.bound
    assert bounds[0.0] is None
    assert bounds[0.7].shape == (64, 1, 32, 32)
    most = bounds[0.7].amax((1, 2, 3))  # of each drawing, beside its lines
    assert {min((1.0, 0.5, 0.1), key=lambda kind: abs(kind - value)) for value in most.tolist()} == {1.0, 0.5, 0.1}


def test_what_is_told_of_the_verdict_does_not_contain_the_difference(watched):
    told = [watched(l1_weight=weight).step() for weight in (0.0, 500.0)]
    assert torch.equal(told[0]["loss_g"], told[1]["loss_g"])
    assert torch.equal(told[0]["loss_l1"], told[1]["loss_l1"])
    assert told[1]["gradient_g"] > 10 * told[0]["gradient_g"]


def test_a_heavy_weight_leads_to_the_target(redraw_config, pictures):
    """After the same lessons, who was taught by pixels has come nearer."""
    near = {}
    for weight in (0.0, 100.0):
        config = configure(redraw_config, task="grey", l1_weight=weight, learning_rate_g=2e-3, penalty="none")
        trainer = new_trainer(config, pictures, CPU)
        near[weight] = torch.stack([trainer.step()["loss_l1"] for _ in range(30)])[-5:].mean()
    assert near[100.0] < 0.75 * near[0.0]


def test_the_inspector_sees_the_source(watched, seen):
    """The same picture beside another source is judged otherwise."""
    trainer = watched()
    trainer.step()
    pairs = seen[0]
    exchanged = torch.cat([pairs[:, :3], pairs[[1, 2, 3, 0], 3:]], 1)
    judged = [trainer.discriminator(some) for some in (pairs, exchanged)]
    assert (judged[0] - judged[1]).abs().min() > 0


def test_several_lessons_for_the_forger_are_about_the_sources_of_the_last_for_the_inspector(watched, seen):
    trainer = watched(d_steps=2, g_steps=2)
    trainer.step()
    shown = [pairs[:, 3:] for pairs in seen]  # real and forged, real and forged, forged, forged
    assert len(shown) == 6
    assert torch.equal(shown[0], shown[1]) and not torch.equal(shown[1], shown[2])
    assert all(torch.equal(later, shown[2]) for later in shown[3:])
    assert not torch.equal(seen[4][:, :3], seen[5][:, :3])


def test_the_verdicts_of_all_patches_make_the_shares(watched):
    trainer = watched()
    trainer.discriminator.register_forward_hook(lambda module, given, logits: 0 * logits + 1)
    measured = trainer.step()
    assert measured["d_real"].item() == measured["d_fake"].item() == pytest.approx(1 / (1 + 2.718281828**-1))


def test_without_skips_the_networks_learn_as_well(redraw_config, pictures):
    trainer = new_trainer(configure(redraw_config, skips=False), pictures, CPU)
    before = weights(trainer.generator)
    measured = [trainer.step() for _ in range(2)][-1]
    assert (weights(trainer.generator) != before).float().mean() > 0.9
    assert all(torch.isfinite(value) for value in measured.values())
