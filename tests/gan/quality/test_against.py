"""Rounds of "you against the inspector": the same for everybody, half real, unseen where there are enough."""

import numpy as np
import pytest
import torch

from gan import data
from gan.data import open_pictures
from gan.data.drawn import drawn_picture
from gan.data.split import split
from gan.errors import ForgerError
from gan.learning.config import configure
from gan.networks import new_discriminator, new_generator
from gan.quality import against


@pytest.fixture
def generator(config):
    torch.manual_seed(0)
    return new_generator(config)


def _numbered(count):
    """A bank in which each picture is its number."""

    def at(places):
        return np.stack([np.full((32, 32, 3), place, np.uint8) for place in places])

    return against.Bank(*split(count), at)


def test_a_round_is_the_same_for_everybody(config, generator):
    first, again, other = (against.draw(number, generator, config, _numbered(200)) for number in (3, 3, 4))
    assert np.array_equal(first.pictures, again.pictures) and np.array_equal(first.real, again.real)
    assert first.mark == again.mark != other.mark
    assert first.pictures.shape == (10, 32, 32, 3) and first.pictures.dtype == np.uint8


def test_its_order_and_its_pictures_stay(config, generator):
    """Pinned: a link to a round shows the same ten next year, on another machine."""
    drawn = against.draw(3, generator, config, _numbered(200))
    assert drawn.real.astype(int).tolist() == [0, 0, 1, 0, 1, 1, 0, 1, 1, 0]
    assert drawn.pictures[drawn.real][:, 0, 0, 0].tolist() == [50, 101, 73, 124, 38]


def test_half_are_real_and_training_saw_none_of_them(config, generator):
    _, held_out = split(200)
    orders, seen = set(), set()
    for number in range(1, 41):
        drawn = against.draw(number, generator, config, _numbered(200))
        real = drawn.pictures[drawn.real]
        places = real[:, 0, 0, 0].tolist()
        assert drawn.unseen and len(set(places)) == against.REAL and set(places) <= set(held_out)
        orders.add(tuple(drawn.real))
        seen |= set(places)
    assert len(orders) > 30 and len(seen) == len(held_out)


def test_of_few_pictures_some_were_studied(config, generator):
    drawn = against.draw(1, generator, config, _numbered(22))
    _, held_out = split(22)
    places = set(drawn.pictures[drawn.real][:, 0, 0, 0].tolist())
    assert not drawn.unseen and set(held_out) < places and len(places) == against.REAL


def test_no_two_rounds_share_a_forgery(config, generator):
    forged = [one.pictures[~one.real] for one in (against.draw(n, generator, config, _numbered(99)) for n in (1, 2))]
    assert len({picture.tobytes() for picture in np.concatenate(forged)}) == 10


@pytest.mark.parametrize("number", [0, -1, 10_000, 2**40])
def test_a_round_that_is_none(config, generator, number):
    with pytest.raises(ForgerError, match="no round"):
        against.draw(number, generator, config, _numbered(99))


def test_too_few_real_pictures(config, generator):
    with pytest.raises(ForgerError, match="needs 5 real"):
        against.draw(1, generator, config, _numbered(4))


def test_drawn_pictures_are_there_without_a_wait_and_others_once_prepared(config, monkeypatch):
    drawn = against.bank("drawn-cats", 32)
    assert len(drawn.training) + len(drawn.held_out) == data.DRAWN_COUNT
    assert np.array_equal(drawn.at([7])[0], drawn_picture("drawn-cats", 7, 32))
    assert against.bank(config.data, 32) is None
    opened = open_pictures(config.data, 32)
    assert np.array_equal(against.bank(config.data, 32).at([3, 1]), opened.array[[3, 1]])
    assert against.bank("/no/such/folder", 32) is None and against.bank("celeba", 32) is None


def test_an_inspector_calls_the_five_that_it_scores_highest(config, pictures):
    inspector = new_discriminator(config)
    scored = against.scores(inspector, pictures[:10])
    alone = np.concatenate([against.scores(inspector, picture[None]) for picture in pictures[:10]])
    assert scored == pytest.approx(alone, abs=1e-5)  # each by itself
    called = against.calls_real(scored)
    assert called.sum() == against.REAL and scored[called].min() >= scored[~called].max()
    assert against.calls_real(np.zeros(10)).sum() == against.REAL


def test_scores():
    real = np.array([True, False] * 5)
    assert against.right(real, real) == 10
    assert against.right(~real, real) == 0
    assert against.right([True] * 10, real) == 5


def test_a_generator_that_redraws_has_no_rounds(config, generator):
    redraws = configure(config, generator="redraw", discriminator="patch", task="grey")
    with pytest.raises(ForgerError, match="redraws"):
        against.draw(1, generator, redraws, _numbered(99))
