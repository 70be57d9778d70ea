import numpy as np

from gan.learning.order import batch_indices


def test_every_picture_is_shown_once_an_epoch():
    for epoch in range(3):
        shown = batch_indices(seed=1, total=10, start=10 * epoch, size=10)
        assert sorted(shown) == list(range(10))


def test_epochs_and_seeds_are_shuffled_differently():
    orders = {tuple(batch_indices(seed, 50, start, 50)) for seed in (1, 2) for start in (0, 50, 100)}
    assert len(orders) == 6


def test_batches_are_windows_of_one_endless_order_wherever_they_start():
    endless = batch_indices(seed=3, total=7, start=0, size=40)
    for start in range(30):
        np.testing.assert_array_equal(batch_indices(3, 7, start, 4), endless[start : start + 4])


def test_a_batch_may_be_longer_than_several_epochs():
    shown = batch_indices(seed=1, total=3, start=2, size=10)
    assert len(shown) == 10
    assert sorted(shown[1:4]) == sorted(shown[4:7]) == [0, 1, 2]
