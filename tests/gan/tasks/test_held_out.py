"""The pairs that a generator which redraws is looked at and judged by."""

import numpy as np
import pytest
import torch

from gan.chance import CHANCES
from gan.data.split import split
from gan.learning.config import SETTINGS
from gan.pictures.tensors import to_uint8
from gan.tasks import TASKS
from gan.tasks.held_out import SEED, fixed_chance, held_out_pairs, pairs_of

each_task = pytest.mark.parametrize("task", [name for name, task in TASKS.items() if not task.collected])
each_chance = pytest.mark.parametrize("chance", CHANCES)


def numbered(count: int) -> np.ndarray:
    """Pictures (count, 32, 32, 3) uint8 whose top left corner says which one it is."""
    pictures = np.random.default_rng(0).integers(0, 256, (count, 32, 32, 3), dtype=np.uint8)
    pictures[:, 0, 0, 0], pictures[:, 0, 0, 1] = np.divmod(np.arange(count), 256)
    return pictures


def numbers(pictures: np.ndarray) -> list[int]:
    """Which ones these pictures (N, 32, 32, 3) are."""
    corner = pictures[:, 0, 0, :2].astype(int)
    return (corner[:, 0] * 256 + corner[:, 1]).tolist()


@pytest.mark.parametrize("count", [1, 2, 12, 30])
def test_only_held_out_pictures_are_shown_spread_over_the_data_set(count):
    pictures = numbered(300)
    _, held_out = split(300)
    chosen = numbers(held_out_pairs("grey", pictures, held_out, count)[1])
    assert len(set(chosen)) == len(chosen) == count
    assert chosen == sorted(chosen) and set(chosen) <= set(held_out.tolist())
    if count > 1:
        assert (chosen[0], chosen[-1]) == (held_out[0], held_out[-1])
        gaps = np.diff([held_out.tolist().index(number) for number in chosen])
        assert gaps.max() - gaps.min() <= 1


@pytest.mark.parametrize(("pictures", "there"), [(22, 2), (9, 1), (2, 1)])
def test_where_fewer_are_held_out_it_is_all_of_these(pictures, there):
    _, held_out = split(pictures)
    sources, targets = held_out_pairs("grey", numbered(pictures), held_out, 12)
    assert len(sources) == len(targets) == len(held_out) == there
    assert numbers(targets) == held_out.tolist()


@each_task
@each_chance
def test_they_are_the_same_every_time_and_change_nothing(task, chance):
    pictures, elsewhere = numbered(40), torch.get_rng_state()
    first, second = (held_out_pairs(task, pictures, split(40)[1], 3, chance=chance) for _ in range(2))
    assert all(np.array_equal(one, other) for one, other in zip(first, second, strict=True))
    assert torch.equal(torch.get_rng_state(), elsewhere)
    assert np.array_equal(pictures, numbered(40))


@each_task
@each_chance
def test_each_source_stands_beside_its_own_target(task, chance):
    pictures = numbered(6)
    sources, targets = pairs_of(task, pictures, chance=chance)
    numbers = TASKS[task].numbers(fixed_chance(chance).draws("pairs", range(6)))
    whole = torch.from_numpy(pictures).permute(0, 3, 1, 2) / 127.5 - 1
    assert np.array_equal(sources, to_uint8(TASKS[task].sources(whole, numbers)))
    assert np.array_equal(targets, to_uint8(TASKS[task].targets(whole)))


@each_chance
def test_of_many_pictures_each_is_sketched_by_another_hand_and_one_hears_how_far_it_is(chance):
    heard = []
    same = np.repeat(np.roll(numbered(1), 8, axis=1) // 64 * 64, 100, axis=0)
    sources, _ = pairs_of("sketch", same, lambda done, total: heard.append((done, total)), chance)
    assert len(np.unique(sources, axis=0)) == 100
    assert heard[-1] == (100, 100) and all(0 < done <= total == 100 for done, total in heard)


def test_their_chance_is_no_trainings():
    """PyTorch's generator looks at 32 bits of a seed, of which a training takes those up to 2**31."""
    highest = SETTINGS["seed"].high
    for name, chance in CHANCES.items():
        first = fixed_chance(name).draws("pairs", range(1)).uniform(4)
        for seed in (0, 1, 2, 3, highest, highest + 1, highest + 2):
            assert not torch.equal(chance(seed).draws("pairs", range(1)).uniform(4), first)
    assert highest + 2 < SEED < 2**32


def test_pictures_may_be_mapped_read_only(tmp_path):
    np.save(tmp_path / "pictures.npy", numbered(22))
    mapped = np.load(tmp_path / "pictures.npy", mmap_mode="r")
    first, second = (held_out_pairs("grey", given, split(22)[1], 2)[1] for given in (mapped, numbered(22)))
    assert np.array_equal(first, second)
