import pytest
import torch
from torch import nn

from gan.learning.averaging import decay, numbers, update_average


@pytest.mark.parametrize(
    ("batch", "half_life", "images_seen", "expected"),
    [
        (100, 100, 1_000_000, 0.5),
        (200, 100, 1_000_000, 0.25),
        (64, 5_000, 1_000_000, 0.9911670),  # 0.5 ** 0.0128
        (100, 5_000, 1_000, 0.25),  # young: its half-life is 5 % of the 1,000 images seen, so 50
        (64, 5_000, 0, 0.0),  # nothing seen: all new
        (1, 0, 1_000_000, 0.0),  # no average wanted: always all new
    ],
)
def test_decay_against_numbers_worked_out_by_hand(batch, half_life, images_seen, expected):
    assert decay(batch, half_life, images_seen) == pytest.approx(expected, abs=1e-7)


def test_decay_does_not_depend_on_how_images_are_cut_into_batches():
    assert decay(32, 1_000, 10**6) ** 4 == pytest.approx(decay(128, 1_000, 10**6))


def test_the_average_moves_by_its_share_and_the_trained_network_stays():
    average, trained = nn.BatchNorm1d(2), nn.BatchNorm1d(2)
    with torch.no_grad():
        trained.weight.copy_(torch.tensor([5.0, -3.0]))
        trained.running_mean.copy_(torch.tensor([10.0, 20.0]))
        trained.num_batches_tracked.fill_(7)
    before = {name: value.clone() for name, value in trained.state_dict().items()}
    update_average(numbers(average), numbers(trained), keep=0.75)
    # From 1 and 0, a quarter of the way.
    torch.testing.assert_close(average.weight.data, torch.tensor([2.0, 0.0]))
    torch.testing.assert_close(average.running_mean, torch.tensor([2.5, 5.0]))
    assert average.num_batches_tracked == 7
    for name, value in trained.state_dict().items():
        assert torch.equal(value, before[name])


def test_keeping_nothing_copies_and_keeping_all_changes_nothing():
    average, trained = nn.Linear(3, 2), nn.Linear(3, 2)
    old = average.weight.clone()
    update_average(numbers(average), numbers(trained), keep=1.0)
    assert torch.equal(average.weight, old)
    update_average(numbers(average), numbers(trained), keep=0.0)
    assert torch.equal(average.weight, trained.weight)
