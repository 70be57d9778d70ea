"""Turning knobs while a training goes on, and teaching one of the two alone."""

import pytest
import torch

from gan.errors import ForgerError
from gan.learning.config import configure
from gan.learning.kinds import new_trainer
from gan.learning.knobs import KNOBS, Who
from gan.learning.trainer import Trainer
from tests.gan.learning.steps import CPU, assert_same, steps, through_a_file, weights


def moved(trainer: Trainer, act) -> list[bool]:
    """Whether `act` changed the generator, the discriminator and the average."""
    parts = trainer.generator, trainer.discriminator, trainer.average
    before = [weights(part) for part in parts]
    act()
    return [not torch.equal(old, weights(part)) for old, part in zip(before, parts, strict=True)]


@pytest.mark.parametrize(
    ("who", "what"),
    [(Who.BOTH, [True] * 3), (Who.INSPECTOR, [False, True, False]), (Who.FORGER, [True, False, True])],
)
@pytest.mark.parametrize("changes", [{}, {"loss": "relativistic", "penalty": "r1+r2", "penalty_every": 1}])
def test_a_lesson_for_one_side_moves_that_alone(config, pictures, who, what, changes):
    trainer = steps(Trainer(configure(config, **changes), pictures, CPU), 1)
    assert moved(trainer, lambda: trainer.step(who)) == what
    assert trainer.images_seen == 8  # whoever is taught, both look at the next pictures


def test_a_lesson_for_one_side_measures_no_other_sides_loss(config, pictures):
    trainer = Trainer(config, pictures, CPU)
    inspectors, forgers = trainer.step(Who.INSPECTOR), trainer.step(Who.FORGER)
    assert "loss_d" in inspectors and "loss_g" not in inspectors
    assert "loss_g" in forgers and "loss_d" not in forgers
    assert "accuracy_real" in inspectors and "accuracy_real" in forgers


def test_a_knob_is_as_if_the_training_had_always_had_it(config, pictures):
    """From its beginning on, since before that a training has no past."""
    wish = {"learning_rate_g": 1e-3, "real_label": 0.7, "g_steps": 2, "d_steps": 2, "augment_probability": 0.5}
    turned, begun = Trainer(config, pictures, CPU), Trainer(configure(config, **wish), pictures, CPU)
    for setting, value in wish.items():
        turned.turn(setting, value)
    steps(turned, 3), steps(begun, 3)
    for part in ("generator", "discriminator", "average", "optimizer_g"):
        assert_same(turned.state_dict()[part], begun.state_dict()[part])


def test_a_knob_outlasts_a_resume_bit_for_bit(redraw_config, pictures):
    at_once = steps(new_trainer(redraw_config, pictures, CPU), 2)
    at_once.turn("learning_rate_d", 0.01)
    resumed = new_trainer(redraw_config, pictures, CPU)
    resumed.load_state_dict(through_a_file(steps(at_once, 1).state_dict()))
    assert_same(steps(at_once, 2).state_dict(), steps(resumed, 2).state_dict())


def test_a_knob_beats_the_schedule(config, pictures):
    trainer = Trainer(configure(config, schedule="learning_rate settles after 4"), pictures, CPU)
    trainer.turn("learning_rate_g", 0.003)
    steps(trainer, 2)
    assert trainer.optimizer_g.param_groups[0]["lr"] == 0.003
    assert trainer.optimizer_d.param_groups[0]["lr"] == pytest.approx(config.learning_rate_d / 2)


@pytest.mark.parametrize(
    ("setting", "value", "why"),
    [
        ("beta1", 0.5, "cannot be turned"),
        ("nonsense", 1, "cannot be turned"),
        ("learning_rate_g", 5.0, "between 1e-07 and 0.1"),
        ("penalty_weight", 1.0, "no say"),
        ("d_steps", 1.5, "whole number"),
        ("g_steps", 11, "from 0 to 10"),
        ("augment_probability", -0.1, "between 0 and 1"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(config, pictures, setting, value, why):
    trainer = Trainer(config, pictures, CPU)
    with pytest.raises(ForgerError, match=why):
        trainer.turn(setting, value)
    assert trainer.turned == {}


def test_somebody_has_to_be_taught(config, pictures):
    trainer = Trainer(config, pictures, CPU)
    trainer.turn("d_steps", 0)
    assert moved(trainer, trainer.step) == [True, False, True]
    with pytest.raises(ForgerError, match="One of the two"):
        trainer.turn("g_steps", 0)
    trainer.turn("d_steps", 1)
    trainer.turn("g_steps", 0)
    assert moved(trainer, trainer.step) == [False, True, False]


def test_every_knob_is_a_setting(config):
    assert set(KNOBS) <= config.to_dict().keys()
