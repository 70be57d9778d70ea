"""What of a training is chance, and what it hangs on. Chance itself: `tests/gan/test_chance.py`."""

import pytest
import torch

from gan.chance import CHANCES
from gan.learning.config import configure
from gan.learning.kinds import kind_of
from gan.learning.recipes import RECIPES
from gan.learning.team import Team
from gan.learning.trainer import Trainer
from tests.gan.learning.steps import CPU, shown_to, steps

REDRAW = RECIPES["redraw"].settings | {"width_g": 4, "width_d": 4, "average_half_life": 40}


def test_where_streams_are_drawn_from_augmentation_has_its_own(config, pictures):
    def states(trainer: Trainer) -> dict[str, bytes]:
        return {name: value.numpy().tobytes() for name, value in trainer.chance.state_dict().items()}

    trainer = Trainer(configure(config, chance="streams"), pictures, CPU)
    before = states(trainer)
    assert len(set(before.values())) == 3  # else those that are mirrored would be those that are recoloured
    after = states(steps(trainer, 2))
    assert [name for name in before if after[name] != before[name]] == ["latent_random", "flip_random"]
    augmented = states(steps(Trainer(configure(trainer.config, augment_probability=0.5), pictures, CPU), 2))
    assert [name for name in before if augmented[name] != after[name]] == ["augment_random"]


@pytest.mark.parametrize("chance", CHANCES)
def test_augmentation_changes_neither_latents_nor_flips(config, pictures, chance):
    latents, reals = [], []
    for probability in (0.0, 1e-9):
        trainer = Trainer(configure(config, chance=chance, augment_probability=probability), pictures, CPU)
        given, seen = shown_to(trainer.generator), shown_to(trainer.discriminator)
        steps(trainer, 3)
        latents.append(torch.cat(given))
        reals.append(torch.cat(seen[::3]))
    assert torch.equal(*latents)
    assert torch.equal(*reals)


@pytest.mark.parametrize("chance", CHANCES)
def test_two_lessons_on_end_are_about_two_latents(config, pictures, chance):
    trainer = Trainer(configure(config, chance=chance, d_steps=2, g_steps=3), pictures, CPU)
    given = shown_to(trainer.generator)
    steps(trainer, 3)
    latents = torch.cat(given)
    # Two lessons for the inspector, the second of which serves the forger, and two of the forger's own.
    assert len(latents) == 3 * 4 * 4
    assert len(latents.unique()) > 0.99 * latents.numel()


def test_latents_and_flips_hang_on_the_picture_and_not_on_the_batch(config, pictures):
    latents, reals = [], []
    for size in (4, 8):
        trainer = Trainer(configure(config, batch_size=size), pictures, CPU)
        given, seen = shown_to(trainer.generator), shown_to(trainer.discriminator)
        steps(trainer, 16 // size)
        latents.append(torch.cat(given))
        reals.append(torch.cat(seen[::3]))
    assert torch.equal(*latents)
    assert torch.equal(*reals)


class Half(Team):
    """One of two processes, without the other."""

    def __init__(self, rank: int):
        self.rank, self.size = rank, 2


# The earlier chance says of sketches drawn together how far their kernels reach, by the largest: not of shares alike.
@pytest.mark.parametrize(
    ("settings", "chance"),
    [({}, "by image"), ({}, "streams"), (REDRAW, "by image"), (REDRAW | {"task": "grey"}, "streams")],
)
def test_two_who_share_each_batch_are_given_what_one_alone_is(config, pictures, settings, chance, monkeypatch):
    given = []

    def spy(tensors: list[torch.Tensor], device: torch.device) -> list[torch.Tensor]:
        given.append(tensors)
        return tensors

    monkeypatch.setattr("gan.device.send_together", spy)
    changes = {"batch_size": 8, "augment_probability": 0.5, "d_steps": 2, "g_steps": 2, "chance": chance}
    config = configure(config, **settings | changes)
    trainers = [kind_of(config).trainer(config, pictures, CPU, team) for team in (Team(), Half(0), Half(1))]
    for _ in range(2):
        given.clear()
        for trainer in trainers:
            trainer.step()
        for whole, *shares in zip(*given, strict=True):
            assert torch.equal(torch.cat(shares), whole)
