import copy
from collections.abc import Callable

import pytest
import torch
from torch import Tensor

from gan.learning import trainer as trainers
from gan.learning.config import Config, configure
from gan.learning.penalties import PENALTIES, slope
from gan.learning.trainer import Trainer

CPU = torch.device("cpu")
pytestmark = pytest.mark.usefixtures("single_precision")


def picture_batch(count: int) -> Tensor:
    return torch.randn(count, 3, 4, 4, generator=torch.Generator().manual_seed(0)).requires_grad_()


def test_the_slope_of_a_linear_inspector_is_the_square_of_its_weights():
    weights = torch.arange(48.0).reshape(3, 4, 4).requires_grad_()
    pictures = picture_batch(5)
    measured = slope((pictures * weights).sum((1, 2, 3)) + 7, [pictures])
    assert measured.shape == ()
    assert measured.item() == sum(number**2 for number in range(48))
    # Differentiable once more, by what the inspector learns.
    torch.testing.assert_close(torch.autograd.grad(measured, weights)[0], 2 * weights.detach())


def test_the_slope_is_a_sum_over_pixels_and_a_mean_over_pictures():
    pictures = torch.stack([torch.full((3, 4, 4), 1.0), torch.full((3, 4, 4), 3.0)]).requires_grad_()
    measured = slope(pictures.square().sum((1, 2, 3)) / 2, [pictures])  # whose gradient is the picture itself
    assert measured.item() == (48 * 1 + 48 * 9) / 2
    torch.testing.assert_close(torch.autograd.grad(measured, pictures)[0], pictures.detach())  # 2x over 2 pictures


def test_the_slopes_of_several_are_added_up():
    one, other = picture_batch(2), (picture_batch(4).detach() + 1).requires_grad_()
    verdicts = [pictures.square().sum((1, 2, 3)) for pictures in (one, other)]
    together = slope(torch.cat(verdicts), [one, other])
    torch.testing.assert_close(together, slope(verdicts[0], [one]) + slope(verdicts[1], [other]))


def test_the_names_say_where_the_slope_is_penalised():
    assert PENALTIES == {"none": (False, False), "r1": (True, False), "r1+r2": (True, True)}


@pytest.fixture
def measured_slopes(monkeypatch) -> list[tuple[list[Tensor], float]]:
    """The pictures and the slope of every call by the trainer, as they come."""
    calls = []

    def spy(logits: Tensor, pictures: list[Tensor]) -> Tensor:
        result = slope(logits, pictures)
        calls.append(([each.detach().clone() for each in pictures], result.item()))
        return result

    monkeypatch.setattr(trainers, "slope", spy)
    return calls


@pytest.fixture
def penalised(config, pictures) -> Callable[..., Trainer]:
    """A trainer with a discriminator without batch norm, as penalties want it."""

    def make(**changes) -> Trainer:
        return Trainer(configure(config, discriminator="plain", **changes), pictures, CPU)

    return make


@pytest.mark.parametrize("penalty", ["none", "r1", "r1+r2"])
def test_due_every_so_many_lessons_and_then_counted_so_many_times(penalised, measured_slopes, penalty):
    trainer = penalised(penalty=penalty, penalty_every=3, penalty_weight=0.7)
    for lesson in range(1, 8):
        measured_slopes.clear()
        measured = trainer.step()
        assert [len(pictures) for pictures, _ in measured_slopes] == (
            [sum(PENALTIES[penalty])] if lesson % 3 == 0 and penalty != "none" else []
        )
        if penalty == "none":
            assert "penalty" not in measured
        else:
            expected = 3 * 0.7 / 2 * sum(value for _, value in measured_slopes)
            assert measured["penalty"].item() == pytest.approx(expected)
            assert (measured["penalty"] > 0) == (lesson % 3 == 0)


def test_lessons_count_even_where_a_step_has_several(penalised, measured_slopes):
    trainer = penalised(penalty="r1", penalty_every=3, d_steps=2)
    counts = []
    for _ in range(6):
        trainer.step()
        counts.append(len(measured_slopes))
    assert counts == [0, 1, 2, 2, 3, 4]  # lessons 3, 6, 9 and 12


@pytest.mark.parametrize(("penalty", "needs_slope"), [("none", []), ("r1", ["real"]), ("r1+r2", ["real", "fake"])])
def test_r1_looks_at_real_pictures_only_and_r2_at_forgeries_too(penalised, measured_slopes, penalty, needs_slope):
    trainer = penalised(penalty=penalty, penalty_every=1, augment_probability=0.3)
    seen: list[Tensor] = []
    trainer.discriminator.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0]))
    trainer.step()
    real, fake, _ = seen  # the last is the generator's lesson
    assert [name for name, shown in (("real", real), ("fake", fake)) if shown.requires_grad] == needs_slope
    penalised_pictures = [each for pictures, _ in measured_slopes for each in pictures]
    for pictures, name in zip(penalised_pictures, needs_slope, strict=True):
        assert torch.equal(pictures, {"real": real, "fake": fake}[name])
    assert all(value > 0 for _, value in measured_slopes)


def test_between_two_penalties_the_training_is_as_without(penalised):
    without, with_r1 = penalised(), penalised(penalty="r1", penalty_every=2, penalty_weight=10.0)
    for due in (False, True):
        for each in (without, with_r1):
            each.step()
        one, other = without.discriminator.parameters(), with_r1.discriminator.parameters()
        assert all(map(torch.equal, one, other)) != due


def test_the_penalty_takes_its_share_of_the_first_gradient(penalised):
    """gamma / 2 times the mean squared slope on either side, worked out apart from the trainer."""
    trainer = penalised(penalty="r1+r2", penalty_every=1, penalty_weight=4.0)
    twin = copy.deepcopy(trainer.discriminator)
    seen: list[Tensor] = []
    trainer.discriminator.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].detach().clone()))
    measured = trainer.step()
    loss = torch.zeros(())
    for pictures, part in zip(seen[:2], ("real", "fake"), strict=True):
        pictures.requires_grad_()
        logits = twin(pictures)
        (gradient,) = torch.autograd.grad(logits.sum(), pictures, create_graph=True)
        loss = loss + trainer.loss.discriminator(logits, logits, trainer.config.real_label)[f"loss_d_{part}"]
        loss = loss + 4.0 / 2 * gradient.flatten(1).norm(dim=1).square().mean()
    loss.backward()
    for expected, got in zip(twin.parameters(), trainer.discriminator.parameters(), strict=True):
        torch.testing.assert_close(got.grad, expected.grad, rtol=1e-3, atol=1e-5)
    assert measured["loss_d"] + measured["penalty"] == pytest.approx(loss.item(), rel=1e-4)


def test_a_penalty_makes_the_inspector_gentler(penalised):
    def steepness(weight: float) -> float:
        trainer = penalised(penalty="r1", penalty_every=1, penalty_weight=weight, learning_rate_d=2e-3)
        return [trainer.step() for _ in range(12)][-1]["penalty"].item() / weight

    assert steepness(5.0) < 0.7 * steepness(1e-6)


@pytest.mark.parametrize("penalty", PENALTIES)
def test_every_penalty_is_a_setting(penalty):
    assert Config(penalty=penalty).penalty == penalty
