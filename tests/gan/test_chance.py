"""All chance of a training: what a picture's numbers depend on, how they are spread, and what earlier runs drew."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

from gan.chance import CHANCES, ByImage, Draws, Streams
from gan.latents.distributions import latents_of

KINDS: dict[str, Callable[[Draws], Tensor]] = {
    "normal": lambda draws: draws.normal(5),
    "uniform": lambda draws: draws.uniform(2, 3, low=-1, high=3),
    "integers": lambda draws: draws.integers(1000, 2),
    "without a shape": lambda draws: draws.uniform(),
}
each_kind = pytest.mark.parametrize("draw", KINDS.values(), ids=KINDS)
each_chance = pytest.mark.parametrize("chance", CHANCES.values(), ids=CHANCES)


def generator(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


@each_kind
@pytest.mark.parametrize("start", [0, 12, 10**9])
def test_a_pictures_numbers_are_the_same_in_any_company(draw, start):
    chance, whole = ByImage(3), range(start, start + 12)
    at_once = draw(chance.draws("flips", whole))
    for length in (1, 3, 4, 6):
        shares = [whole[part : part + length] for part in range(0, 12, length)]
        for batch in (whole, None):
            assert torch.equal(torch.cat([draw(chance.draws("flips", share, batch)) for share in shares]), at_once)
    again = ByImage(3)
    again.draws("latents", range(5)).normal(100)  # what was drawn before does not matter
    assert torch.equal(draw(again.draws("flips", whole)), at_once)


@each_kind
def test_the_seed_the_purpose_the_picture_and_the_call_each_make_other_numbers(draw):
    draws = ByImage(1).draws("flips", range(40))
    found = [draw(draws), draw(draws)]
    found += [draw(ByImage(seed).draws("flips", range(40))) for seed in (0, 2, 3, 2**31 - 1)]
    found += [draw(ByImage(1).draws(purpose, range(40))) for purpose in ("latents", "pairs", "flips once more")]
    found += [draw(ByImage(1).draws("flips", range(start, start + 40))) for start in (40, 80, 2**33)]
    values = torch.cat([one.flatten().double() for one in found])
    if found[0].is_floating_point():
        assert len(values.unique()) > 0.999 * len(values)  # float32 repeats one now and then
    for one in range(len(found)):
        assert all((found[one] == other).float().mean() < 0.1 for other in found[:one])


@each_chance
def test_the_shape_and_the_type_are_those_that_were_asked_for(chance):
    draws = chance(0).draws("latents", range(7, 10))
    assert [tuple(draw(draws).shape) for draw in KINDS.values()] == [(3, 5), (3, 2, 3), (3, 2), (3,)]
    types = [draw(draws).dtype for draw in KINDS.values()]
    assert types == [torch.float32, torch.float32, torch.int64, torch.float32]


@each_chance
def test_evenly_means_evenly(chance):
    values = chance(1).draws("augmentation", range(20_000)).uniform(5, low=-1, high=3)
    assert -1 <= values.min() < -0.999 and 2.999 < values.max() <= 3
    counts = torch.histc(values, 40, -1, 3)
    assert ((counts - 2500).square() / 2500).sum() < 80  # chi-square with 39 degrees: a 10,000th is above


@each_chance
def test_bell_shaped_means_bell_shaped(chance):
    values = chance(1).draws("latents", range(20_000)).normal(5).flatten().double()
    assert values.mean().abs() < 0.015
    assert values.std().item() == pytest.approx(1, abs=0.01)
    # The largest distance of the distribution from the normal one (Kolmogorov and Smirnov).
    expected = torch.special.ndtr(values.sort().values)
    assert (expected - torch.linspace(0, 1, len(values), dtype=torch.float64)).abs().max() < 0.007
    assert 3.8 < values.abs().max() < 6


@each_chance
def test_whole_numbers_come_all_alike_and_never_reach_the_limit(chance):
    values = chance(1).draws("shifts", range(20_000)).integers(9, 5)
    counts = values.flatten().bincount()
    assert len(counts) == 9
    assert ((counts - 100_000 / 9).square() / (100_000 / 9)).sum() < 32  # 8 degrees
    assert (chance(1).draws("shifts", range(50)).integers(1) == 0).all()


@each_chance
def test_numbers_of_neighbours_have_nothing_to_do_with_each_other(chance):
    """Neighbouring columns, calls, pictures and (by image) seeds and purposes."""
    draws = chance(1).draws("latents", range(20_000))
    table = torch.cat([draws.normal(6), draws.normal(2)], 1)
    rows = [*table.T, table[:, 0].roll(1), table[:, 0].roll(7)]
    if chance is ByImage:
        rows += [ByImage(2).draws("latents", range(20_000)).normal(), ByImage(1).draws("flips", range(20_000)).normal()]
    correlations = torch.corrcoef(torch.stack(rows))
    assert (correlations - torch.eye(len(rows))).abs().max() < 0.04


@each_chance
def test_chance_elsewhere_is_neither_asked_nor_disturbed(chance):
    torch.manual_seed(5)
    before = torch.get_rng_state()
    first = [draw(chance(1).draws("latents", range(4))) for draw in KINDS.values()]
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(6)
    second = [draw(chance(1).draws("latents", range(4))) for draw in KINDS.values()]
    assert all(torch.equal(one, other) for one, other in zip(first, second, strict=True))


@pytest.mark.parametrize("bits", [0, 2**64 - 1])
def test_the_outermost_numbers_are_within_their_bounds(bits, monkeypatch):
    monkeypatch.setattr(
        "gan.chance._Keyed._bits", lambda self, count: np.full((len(self.numbers), count), bits, np.uint64)
    )
    draws = ByImage(1).draws("latents", range(3))
    assert 8 < draws.normal(4).abs().max() < 9  # and not infinite
    assert 0 <= draws.uniform(4).min() <= draws.uniform(4).max() <= 1
    for limit in (1, 2, 3, 9, 33, 1000, 2**31 + 1):
        assert set(draws.integers(limit, 2).flatten().tolist()) == {limit - 1 if bits else 0}


def shared(one: Tensor, other: Tensor) -> int:
    """How many numbers both have, wherever they stand."""
    return len(set(one.flatten().tolist()) & set(other.flatten().tolist()))


def test_no_training_is_given_the_latents_of_the_pictures_that_are_looked_at():
    """Run 1's first latents once shared 84 of 100 numbers with picture 1 of the sheet: both began at the seed 1."""
    looked_at = latents_of(range(1, 37), 100, "normal")
    for seed in (0, 1, 2, 3):
        latents = ByImage(seed).draws("latents", range(64)).normal(100)
        assert shared(latents, looked_at) < 10  # of 6400: what float32 repeats
        assert all(shared(latents[:1], one) <= 1 for one in looked_at)
    assert shared(Streams(1).draws("latents", range(64)).normal(100), looked_at) > 50


def test_the_flips_of_one_seed_are_not_the_latents_of_the_next():
    """Streams were a seed apart, so run 1's flips were run 2's latents."""
    purposes = ("latents", "flips", "augmentation of real", "pairs")
    drawn = {
        (seed, purpose): ByImage(seed).draws(purpose, range(64)).uniform(20)
        for seed in range(1, 5)
        for purpose in purposes
    }
    keys = list(drawn)
    assert max(shared(drawn[a], drawn[b]) for a in keys for b in keys if a < b) < 5
    neighbours = [Streams(1).draws("flips", range(64)), Streams(2).draws("latents", range(64))]
    assert torch.equal(*(draws.uniform(20) for draws in neighbours))


def test_purposes_have_numbers_of_their_own_however_alike_their_names():
    names = [
        f"{name}{again}"
        for name in ("latents", "flips", "pairs")
        for again in ("", *map(" for lesson {}".format, range(1, 10)))
    ]
    assert len({tuple(ByImage(1).draws(name, range(1)).uniform(4)[0].tolist()) for name in names}) == len(names)


def test_by_image_there_is_nothing_to_keep():
    assert ByImage(1).state_dict() == {}
    ByImage(1).load_state_dict({"images_seen": 3})


def test_streams_are_what_earlier_runs_drew():
    """The values of one generator each for latents and pairs, flips and augmentation, in the order of the calls."""
    chance, batch = Streams(5), range(100, 104)
    latents, flips, augmentation = generator(5), generator(6), generator(7)
    assert torch.equal(chance.draws("latents", batch).normal(8), torch.empty(4, 8).normal_(generator=latents))
    uniform = chance.draws("latents for lesson 1", batch).uniform(8, low=-1, high=1)
    assert torch.equal(uniform, torch.empty(4, 8).uniform_(-1, 1, generator=latents))
    assert torch.equal(chance.draws("flips", batch).uniform(1, 1, 1), torch.rand(4, 1, 1, 1, generator=flips))
    draws = chance.draws("augmentation of real", batch)
    assert torch.equal(draws.uniform(1) < 0.3, torch.rand(4, 1, generator=augmentation) < 0.3)
    stretched = torch.empty(4, 1).uniform_(0.5, 1.5, generator=augmentation)
    assert torch.equal(draws.uniform(1, low=0.5, high=1.5), stretched)
    assert torch.equal(draws.integers(9, 2), torch.randint(0, 9, (4, 2), generator=augmentation))
    draws = chance.draws("augmentation of fake once more", batch)
    assert torch.equal(draws.uniform(1), torch.rand(4, 1, generator=augmentation))
    draws = chance.draws("pairs", batch)
    assert torch.equal(draws.uniform(), torch.rand(4, generator=latents))
    assert torch.equal(draws.normal(2, 5, 5), torch.randn(4, 2, 5, 5, generator=latents))


@each_kind
@pytest.mark.parametrize("count", [6, 48])
def test_shares_of_a_batch_are_what_one_process_would_have_drawn_from_its_streams(draw, count):
    """Normal numbers come in blocks of 16, so a share cannot be drawn by itself."""
    batches = [range(start, start + count) for start in (0, count, 2 * count)]
    alone, halves = Streams(1), [Streams(1), Streams(1)]
    for batch in batches:
        at_once = draw(alone.draws("latents", batch))
        parts = [
            draw(half.draws("latents", batch[n * count // 2 :][: count // 2], batch)) for n, half in enumerate(halves)
        ]
        assert torch.equal(torch.cat(parts), at_once)


def test_streams_go_on_where_their_state_was_taken():
    chance = Streams(1)
    chance.draws("flips", range(3)).uniform()
    state = {name: value.clone() for name, value in chance.state_dict().items()}
    assert state.keys() == {"latent_random", "flip_random", "augment_random"}
    resumed = Streams(9)
    resumed.load_state_dict(state)
    for purpose in ("latents", "flips", "augmentation of fake"):
        one, other = (some.draws(purpose, range(3, 6)).uniform(2) for some in (chance, resumed))
        assert torch.equal(one, other)
