"""That a training follows its schedule. What a schedule says: `test_schedule`."""

import pytest
import torch

from gan.chance import Draws
from gan.learning.augment import changes
from gan.learning.averaging import decay
from gan.learning.config import configure
from gan.learning.trainer import Trainer
from tests.gan.learning.steps import CPU, steps, through_a_file, weights


@pytest.mark.parametrize(
    ("schedule", "shares"), [("", (1, 1, 1)), ("learning_rate settles after 8", (1, 1 / 2, 1 / 3))]
)
def test_the_learning_rates_fall_with_the_images_seen(config, pictures, schedule, shares):
    changes = {"schedule": schedule, "batch_size": 8, "learning_rate_g": 1e-3, "learning_rate_d": 2e-3}
    trainer = Trainer(configure(config, **changes), pictures, CPU)
    for share in shares:
        trainer.step()
        rates = [optimizer.param_groups[0]["lr"] for optimizer in (trainer.optimizer_g, trainer.optimizer_d)]
        assert rates == pytest.approx([1e-3 * share, 2e-3 * share])


# Halfway along half a cosine a setting is in the middle between both ends.
HALFWAY = pytest.mark.parametrize(("images_seen", "way"), [(0, 0), (200, 0.5), (400, 1), (10_000, 1)])


@HALFWAY
def test_what_adam_does_moves_for_each_side(config, pictures, images_seen, way):
    schedule = "learning_rate_g to 5e-4 over 400; learning_rate_d to 3e-3 over 400; beta2 to 0.6 over 400"
    config = configure(config, schedule=schedule, learning_rate_g=1e-3, learning_rate_d=1e-3, beta1=0.0, beta2=0.9)
    trainer = Trainer(config, pictures, CPU)
    trainer.images_seen = images_seen
    before = [weights(trainer.generator), weights(trainer.discriminator)]
    trainer.step()
    after = [weights(trainer.generator), weights(trainer.discriminator)]
    # Adam's first step is the learning rate times the gradient's sign.
    moved = [(new - old).abs().median().item() for old, new in zip(before, after, strict=True)]
    assert moved == pytest.approx([1e-3 - way * 5e-4, 1e-3 + way * 2e-3], rel=0.01)
    for network, optimizer in (
        (trainer.generator, trainer.optimizer_g), (trainer.discriminator, trainer.optimizer_d),
    ):  # fmt: skip
        for parameter in network.parameters():
            kept = (1 - (0.9 - way * 0.3)) * parameter.grad.square()
            torch.testing.assert_close(optimizer.state[parameter]["exp_avg_sq"], kept, rtol=1e-4, atol=0)


@HALFWAY
def test_what_the_penalty_counts_moves(config, pictures, images_seen, way):
    config = configure(
        config, penalty="r1", penalty_every=1, penalty_weight=2.0, schedule="penalty_weight to 4 over 400"
    )
    measured = []
    for settings in (config, configure(config, schedule="")):
        trainer = Trainer(settings, pictures, CPU)
        trainer.images_seen = images_seen
        measured.append(trainer.step()["penalty"].item())
    assert measured[0] == pytest.approx(measured[1] * (1 + way), rel=1e-4)


@HALFWAY
def test_how_often_pictures_are_changed_moves(config, pictures, images_seen, way, monkeypatch):
    asked = []

    def spy(draws: Draws, probability: float, side: int) -> torch.Tensor:
        asked.append(probability)
        return changes(draws, probability, side)

    monkeypatch.setattr("gan.learning.lessons.changes", spy)
    trainer = Trainer(configure(config, schedule="augment_probability to 0.6 over 400"), pictures, CPU)
    trainer.images_seen = images_seen
    trainer.step()
    assert asked == [pytest.approx(0.6 * way)] * (3 if way else 0)  # at first there is nothing to draw


@HALFWAY
def test_how_long_the_average_remembers_moves(config, pictures, images_seen, way):
    config = configure(config, average_half_life=4, schedule="average_half_life to 12 over 400", learning_rate_g=0.05)
    trainer = Trainer(config, pictures, CPU)
    trainer.images_seen = images_seen
    start = weights(trainer.generator)
    trainer.step()
    keep = decay(4, 4 + way * 8, images_seen + 4)
    torch.testing.assert_close(weights(trainer.average), torch.lerp(weights(trainer.generator), start, keep))


def test_a_resumed_training_is_where_its_schedule_had_come_to(config, pictures):
    config = configure(config, schedule="learning_rate to 1e-5 over 60; beta2 to 0.5 over 60")
    first = steps(Trainer(config, pictures, CPU), 5)
    resumed = Trainer(config, pictures, CPU)
    resumed.load_state_dict(through_a_file(first.state_dict()))
    groups = [
        [{name: group[name] for name in ("lr", "betas")} for group in trainer.optimizer_g.param_groups]
        for trainer in (steps(first, 1), steps(resumed, 1))
    ]
    assert groups[0] == groups[1]
    assert groups[0][0]["lr"] < config.learning_rate_g and groups[0][0]["betas"][1] < config.beta2
