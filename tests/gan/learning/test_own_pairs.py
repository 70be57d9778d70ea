"""A GAN that redraws and learns from pairs that somebody collected."""

import numpy as np
import pytest
import torch

from gan.errors import ForgerError
from gan.learning.config import SETTINGS, Config, configure
from gan.learning.kinds import new_trainer
from gan.learning.pair_trainer import PairTrainer

CPU = torch.device("cpu")


@pytest.fixture
def own(redraw_config) -> Config:
    return configure(redraw_config, task="pairs")


@pytest.fixture
def pairs(pictures) -> np.ndarray:
    """The pictures, each before its negative: (22, 32, 32, 6)."""
    return np.concatenate([pictures, 255 - pictures], axis=3)


def test_both_halves_are_flipped_at_once(own, pairs):
    trainer = new_trainer(own, pairs, CPU)
    assert isinstance(trainer, PairTrainer)
    shown = 0
    for _ in range(4):
        trainer.step()
        torch.testing.assert_close(trainer.targets, -trainer.sources, atol=1e-5, rtol=0)
        # Every picture grows lighter to the right, unless it is mirrored.
        rises = (trainer.sources[..., 16:].mean((1, 2, 3)) > trainer.sources[..., :16].mean((1, 2, 3))).tolist()
        shown |= 1 if any(rises) else 0
        shown |= 2 if not all(rises) else 0
    assert shown == 3


def test_an_easy_pairing_is_learned(own, pairs):
    trainer = new_trainer(configure(own, learning_rate_g=2e-3), pairs, CPU)
    lost = [float(trainer.step()["loss_l1"]) for _ in range(60)]
    assert np.mean(lost[-5:]) < 0.7 * np.mean(lost[:5])


def test_it_goes_on_bit_for_bit(own, pairs):
    straight, first = (new_trainer(own, pairs, CPU) for _ in range(2))
    for _ in range(3):
        straight.step()
    first.step()
    again = new_trainer(own, pairs, CPU)
    again.load_state_dict(first.state_dict())
    for _ in range(2):
        again.step()
    one, other = straight.state_dict(), again.state_dict()
    for part in ("generator", "discriminator", "average"):
        assert all(torch.equal(value, other[part][name]) for name, value in one[part].items())


def test_the_pictures_must_be_what_the_task_wants(own, redraw_config, pictures, pairs):
    with pytest.raises(ForgerError, match="ask for pairs; these are single pictures"):
        new_trainer(own, pictures, CPU)
    with pytest.raises(ForgerError, match="ask for single pictures; these are pairs"):
        new_trainer(redraw_config, pairs, CPU)
    with pytest.raises(ForgerError, match="16 pixels wide; the settings say 32"):
        new_trainer(own, pairs[:, ::2, ::2], CPU)


def test_the_settings_say_how_pairs_are_read(own, redraw_config):
    assert (own.preparation.pairs, own.preparation.backwards, own.preparation.channels) == (True, False, 6)
    assert configure(own, backwards=True).preparation.backwards
    # For another task it has no say, and nothing is read anew.
    assert configure(redraw_config, backwards=True).preparation == redraw_config.preparation
    assert not redraw_config.preparation.pairs and redraw_config.preparation.channels == 3
    assert [SETTINGS["backwards"].has_a_say(one) for one in (own, redraw_config, Config())] == [True, False, False]
    older = own.to_dict()
    del older["backwards"]
    assert Config.from_dict(older) == own
