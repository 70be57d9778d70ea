import pytest
import torch

from gan.errors import ForgerError
from gan.latents.distributions import latents_of
from gan.latents.walk import PATH_MODES, walk_through


def stops(count, size=100):
    return latents_of(range(count), size, "normal")


@pytest.mark.parametrize("mode", PATH_MODES)
@pytest.mark.parametrize(
    ("count", "frames", "there_and_back", "visits"),
    [
        (2, 60, False, {0: 0, 59: 1}),
        (2, 2, False, {0: 0, 1: 1}),
        (3, 11, False, {0: 0, 5: 1, 10: 2}),
        (4, 9, False, {0: 0, 2: 1, 5: 2, 8: 3}),
        (2, 60, True, {0: 0, 30: 1}),
        (2, 2, True, {0: 0, 1: 1}),
        (3, 12, True, {0: 0, 3: 1, 6: 2, 9: 1}),
        (3, 4, True, {0: 0, 1: 1, 2: 2, 3: 1}),
    ],
)
def test_path_passes_through_each_stop(mode, count, frames, there_and_back, visits):
    points = stops(count)
    z = walk_through(points, frames, mode, there_and_back)
    assert z.shape == (frames, 100)
    assert z.dtype == points.dtype
    for frame, stop in visits.items():
        assert torch.equal(z[frame], points[stop])
    # No frame twice in a row, not even where a film that repeats starts again.
    following = torch.roll(z, -1, 0) if there_and_back else z[1:]
    assert (z[: len(following)] - following).norm(dim=1).min() > 0.1


def test_a_path_there_and_back_is_the_same_both_ways():
    z = walk_through(stops(2), 20, "spherical", there_and_back=True)
    torch.testing.assert_close(z[1:10], z[11:].flip(0))


def test_a_spherical_path_turns_evenly_and_keeps_its_length():
    a, b = stops(2).double()
    b = b * 3
    z = walk_through(torch.stack([a, b]), 31, "spherical", there_and_back=False)
    lengths = z.norm(dim=1)
    torch.testing.assert_close(lengths, torch.linspace(0, 1, 31).double() * (b.norm() - a.norm()) + a.norm())
    directions = z / lengths[:, None]
    angles = torch.acos((directions[1:] * directions[:-1]).sum(1))
    torch.testing.assert_close(angles, angles.mean().expand(30))
    # The straight line between the same latents is shorter than both in its middle.
    linear = walk_through(stops(2), 31, "linear", there_and_back=False)
    assert linear.norm(dim=1).min() < 0.9 * stops(2).norm(dim=1).min()


def test_between_nearly_opposite_latents_a_spherical_path_goes_around_not_through_the_middle():
    angle = torch.tensor(torch.pi - 0.05)
    a, b = torch.tensor([1.0, 0.0]), torch.stack([angle.cos(), angle.sin()])
    z = walk_through(torch.stack([a, b]), 31, "spherical", there_and_back=False)
    torch.testing.assert_close(z.norm(dim=1), torch.ones(31))


@pytest.mark.parametrize("factor", [1.0, 2.0, -1.0, -2.0, 0.0, 1 + 1e-7])
def test_a_spherical_path_without_a_plane_is_a_straight_line(factor):
    a = stops(1)[0]
    points = torch.stack([a, factor * a])
    torch.testing.assert_close(walk_through(points, 9, "spherical", False), walk_through(points, 9, "linear", False))


@pytest.mark.parametrize(
    ("count", "frames", "mode", "there_and_back", "words"),
    [
        (1, 10, "linear", False, "at least two stops"),
        (3, 2, "linear", False, "at least 3 frames, not 2"),
        (3, 3, "linear", True, "there and back through 3 stops needs at least 4 frames, not 3"),
        (2, 0, "spherical", False, "at least 2 frames"),
        (2, 9, "cubic", False, "“cubic”"),
    ],
)
def test_path_says_what_is_wrong(count, frames, mode, there_and_back, words):
    with pytest.raises(ForgerError, match=words):
        walk_through(stops(count), frames, mode, there_and_back)
