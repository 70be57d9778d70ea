import numpy as np
import pytest
import torch
from torch import nn

from gan import sampling
from gan.config import DISTRIBUTIONS
from gan.errors import ForgerError


@pytest.mark.parametrize(
    ("text", "seeds"),
    [
        ("7", [7]),
        ("0", [0]),
        ("007", [7]),
        ("1-4", [1, 2, 3, 4]),
        ("3,8,20-24", [3, 8, 20, 21, 22, 23, 24]),
        (" 3 , 8;9\n10\t11 ", [3, 8, 9, 10, 11]),
        ("1 - 3", [1, 2, 3]),
        ("1–3", [1, 2, 3]),  # en dash
        ("1 — 3", [1, 2, 3]),  # em dash
        ("5-3", [5, 4, 3]),
        ("4-4", [4]),
        ("7,7,2-3,7", [7, 7, 2, 3, 7]),
        (",,1,;", [1]),
        (str(2**32 - 1), [2**32 - 1]),
        ("0" * 5000 + "5", [5]),
        ("1-1024", list(range(1, 1025))),
    ],
)
def test_parse_seeds(text, seeds):
    assert sampling.parse_seeds(text) == seeds


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        ("", "no seed"),
        (" ,; ", "no seed"),
        ("3,cat,4", "“cat”"),
        ("-5", "“-5”"),
        ("3, -5", "“-5”"),
        ("−5", "“-5”"),  # a minus sign
        ("1.5", "“1.5”"),
        ("1-2-3", "“1-2-3”"),
        ("4-", "“4-”"),
        ("²", "“²”"),
        ("٣", "“٣”"),  # a digit, but not one of ours
        (f"1,{2**32}", f"“{2**32}” is too big"),
        ("9" * 5000, "…” is too big"),
        ("1-1025", "“1-1025” makes more than 1024"),
        ("0-999999999", "more than 1024"),
        ("1-1000,1-25", "“1-25” makes more than 1024"),
    ],
)
def test_parse_seeds_says_what_is_wrong(text, quoted):
    with pytest.raises(ForgerError) as caught:
        sampling.parse_seeds(text)
    assert quoted in str(caught.value)
    assert len(str(caught.value)) < 200


def test_parse_seeds_keeps_to_the_callers_limit():
    assert sampling.parse_seeds("1-3", limit=3) == [1, 2, 3]
    with pytest.raises(ForgerError, match="more than 3 seeds"):
        sampling.parse_seeds("1-3,9", limit=3)


@pytest.mark.parametrize(
    ("seeds", "text"),
    [
        ([], ""),
        ([7], "7"),
        ([1, 2], "1,2"),
        ([*range(1, 17), 20], "1-16,20"),
        ([5, 4, 3, 3, 3, 4, 5], "5-3,3,3-5"),
        ([1, 2, 1, 2, 3], "1,2,1-3"),
        ([1, 3, 4, 5, 7, 8], "1,3-5,7,8"),
    ],
)
def test_format_seeds_is_compact_and_reads_back(seeds, text):
    assert sampling.format_seeds(seeds) == text
    if seeds:
        assert sampling.parse_seeds(text) == seeds


def test_surprise_seeds():
    seeds = sampling.surprise_seeds(50, entropy=3)
    assert seeds == sampling.surprise_seeds(50, entropy=3) != sampling.surprise_seeds(50, entropy=4)
    assert len(set(seeds)) == 50
    assert all(0 <= seed < 1_000_000 for seed in seeds)
    assert sampling.surprise_seeds(20) != sampling.surprise_seeds(20)
    for count in (0, 1025):
        with pytest.raises(ForgerError, match=f"not {count}"):
            sampling.surprise_seeds(count)


@pytest.mark.parametrize(
    ("distribution", "seed", "numbers"),
    [
        ("normal", 0, [-1.1258398, -1.1523602, -0.2505786, -0.4338788]),
        ("normal", 7, [-0.8201345, 0.3956312, 0.8989085, -1.3884039]),
        ("uniform", 0, [-0.0074868, 0.5364436, -0.8230451, -0.7359390]),
        ("uniform", 7, [0.0698451, -0.6023936, 0.3184234, 0.3137805]),
    ],
)
def test_latents_are_the_same_on_every_machine(distribution, seed, numbers):
    z = sampling.latents([seed], 100, distribution)
    assert z.dtype == torch.float32
    assert z.shape == (1, 100)
    assert z[0, :4].tolist() == pytest.approx(numbers, abs=1e-5)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_a_latent_does_not_depend_on_its_neighbours_or_on_other_draws(distribution):
    z = sampling.latents([5, 9, 7, 9], 37, distribution)
    torch.manual_seed(1)
    state = torch.get_rng_state()
    assert torch.equal(z[2:3], sampling.latents([7], 37, distribution))
    assert torch.equal(z[1], z[3])
    assert not torch.equal(z[0], z[1])
    assert torch.equal(torch.get_rng_state(), state)


def test_latents_follow_their_distribution():
    normal = sampling.latents(range(200), 100, "normal")
    assert abs(normal.mean()) < 0.02
    assert abs(normal.std() - 1) < 0.02
    uniform = sampling.latents(range(200), 100, "uniform")
    assert uniform.abs().max() <= 1
    assert abs(uniform.mean()) < 0.02
    assert abs(uniform.std() - 3**-0.5) < 0.01


def test_truncate():
    z = sampling.latents([1, 2], 8, "normal")
    assert torch.equal(sampling.truncate(z, 1, "normal"), z)
    assert torch.equal(sampling.truncate(z, 0.5, "uniform"), z / 2)
    for truncation in (0, -1, 1.01, float("nan")):
        with pytest.raises(ForgerError, match="above 0 and at most 1"):
            sampling.truncate(z, truncation, "normal")


def test_an_unknown_distribution_is_refused():
    with pytest.raises(ForgerError, match="“gauss”"):
        sampling.latents([1], 8, "gauss")
    with pytest.raises(ForgerError, match="“gauss”"):
        sampling.truncate(torch.zeros(1, 8), 0.5, "gauss")


class Tiny(nn.Module):
    """(N, 4) -> (N, 3, 2, 2); batch norm and dropout, so that training mode would show."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, 12), nn.BatchNorm1d(12), nn.Dropout(0.5), nn.Tanh())
        self.largest = 0

    def forward(self, z):
        self.largest = max(self.largest, len(z))
        return self.layers(z).reshape(-1, 3, 2, 2)


def test_generate():
    torch.manual_seed(0)
    tiny = Tiny()
    before = {name: value.clone() for name, value in tiny.state_dict().items()}
    z = sampling.latents(range(7), 4, "normal")
    pictures = sampling.generate(tiny, z, batch=3)
    assert pictures.shape == (7, 2, 2, 3)
    assert pictures.dtype == np.uint8
    assert tiny.largest == 3
    assert not tiny.training
    assert all(torch.equal(value, before[name]) for name, value in tiny.state_dict().items())
    with torch.no_grad():
        expected = (tiny(z).permute(0, 2, 3, 1).numpy() + 1) * 127.5
    assert np.abs(pictures - expected).max() <= 0.5 + 1e-3
    # Neither the neighbours nor the size of the batch change a picture, to within rounding.
    alone = sampling.generate(tiny, z[4:5])
    assert np.abs(alone[0].astype(int) - pictures[4]).max() <= 1


def test_to_uint8_rounds_and_clamps():
    x = torch.tensor([-3, -1, -0.999, 0.9, 0.9969, 1, 3]).reshape(1, 1, 1, 7).expand(1, 3, 1, 7)
    pictures = sampling.to_uint8(x)
    assert pictures.shape == (1, 1, 7, 3)
    assert pictures[0, 0, :, 1].tolist() == [0, 0, 0, 242, 255, 255, 255]


def stops(count, size=100):
    return sampling.latents(range(count), size, "normal")


@pytest.mark.parametrize("mode", sampling.PATH_MODES)
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
    z = sampling.path(points, frames, mode, there_and_back)
    assert z.shape == (frames, 100)
    assert z.dtype == points.dtype
    for frame, stop in visits.items():
        assert torch.equal(z[frame], points[stop])
    # No frame twice in a row, not even where a film that repeats starts again.
    following = torch.roll(z, -1, 0) if there_and_back else z[1:]
    assert (z[: len(following)] - following).norm(dim=1).min() > 0.1


def test_a_path_there_and_back_is_the_same_both_ways():
    z = sampling.path(stops(2), 20, "spherical", there_and_back=True)
    torch.testing.assert_close(z[1:10], z[11:].flip(0))


def test_a_spherical_path_turns_evenly_and_keeps_its_length():
    a, b = stops(2).double()
    b = b * 3
    z = sampling.path(torch.stack([a, b]), 31, "spherical", there_and_back=False)
    lengths = z.norm(dim=1)
    torch.testing.assert_close(lengths, torch.linspace(0, 1, 31).double() * (b.norm() - a.norm()) + a.norm())
    directions = z / lengths[:, None]
    angles = torch.acos((directions[1:] * directions[:-1]).sum(1))
    torch.testing.assert_close(angles, angles.mean().expand(30))
    # The straight line between the same latents is shorter than both in its middle.
    linear = sampling.path(stops(2), 31, "linear", there_and_back=False)
    assert linear.norm(dim=1).min() < 0.9 * stops(2).norm(dim=1).min()


@pytest.mark.parametrize("factor", [1.0, 2.0, -1.0, -2.0, 0.0, 1 + 1e-7])
def test_a_spherical_path_without_a_plane_is_a_straight_line(factor):
    a = stops(1)[0]
    points = torch.stack([a, factor * a])
    torch.testing.assert_close(sampling.path(points, 9, "spherical", False), sampling.path(points, 9, "linear", False))


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
        sampling.path(stops(count), frames, mode, there_and_back)
