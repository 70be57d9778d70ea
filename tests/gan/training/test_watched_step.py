"""A step taken apart changes nothing about the training, and says what it did."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from gan.learning.config import configure
from gan.learning.kinds import new_trainer
from gan.learning.knobs import Who
from gan.training.watched_step import SHOWN, watched_step
from tests.gan.learning.steps import CPU, assert_same, steps


@pytest.mark.parametrize("chance", ["by image", "streams"])
@pytest.mark.parametrize("kind", ["latents", "pictures"])
@pytest.mark.parametrize("who", list(Who))
def test_a_watched_step_is_the_step_that_it_would_have_been(config, redraw_config, pictures, kind, chance, who):
    config = configure(config if kind == "latents" else redraw_config, chance=chance)
    watched, alone = (steps(new_trainer(config, pictures, CPU), 1) for _ in range(2))
    measured, *_ = watched_step(watched, who)
    assert_same(measured, alone.step(who))
    assert_same(watched.state_dict(), alone.state_dict())


def test_it_says_what_the_lesson_did(config, pictures):
    trainer = steps(new_trainer(config, pictures, CPU), 1)
    _, lesson, picture = watched_step(trainer, Who.INSPECTOR)
    assert lesson.moved_g == 0 < lesson.moved_d
    assert lesson.again != lesson.forged_before  # the same pictures, judged by an inspector that has learned
    assert lesson.again == lesson.forged_after
    shown = min(SHOWN, config.batch_size)
    assert len(lesson.forged_before) == len(lesson.real_after) == shown
    side = config.resolution
    assert Image.open(io.BytesIO(picture)).size == (shown * (side + 2) - 2, 2 * side + 2)
    _, lesson, _ = watched_step(trainer, Who.FORGER)
    assert lesson.moved_d == 0 < lesson.moved_g
    assert lesson.forged_before == lesson.forged_after != lesson.again
    assert lesson.images_seen == trainer.images_seen


def test_after_its_lesson_the_inspector_is_surer(config, pictures):
    """Of the very pictures that the lesson was about."""
    trainer = new_trainer(configure(config, learning_rate_d=1e-3, batch_size=8, flips=False), pictures, CPU)
    for _ in range(3):
        _, lesson, _ = watched_step(trainer, Who.INSPECTOR)
    assert np.mean(lesson.real_after) > np.mean(lesson.real_before)
    assert np.mean(lesson.forged_after) < np.mean(lesson.forged_before)


def test_the_pictures_are_the_batch_that_comes_next(config, pictures):
    trainer = steps(new_trainer(configure(config, flips=False), pictures, CPU), 2)
    real, given = trainer.next_pictures()
    again, _ = trainer.next_pictures()
    assert torch.equal(real, again)
    seen = []
    trainer.discriminator.register_forward_pre_hook(lambda module, inputs: seen.append(inputs[0].detach().clone()))
    trainer.step()
    assert torch.equal(seen[0], real)
    assert given.shape == (config.batch_size, config.latent_size)
