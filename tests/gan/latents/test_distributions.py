import pytest
import torch

from gan.errors import ForgerError
from gan.latents.distributions import DISTRIBUTIONS, latents_of


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
    z = latents_of([seed], 100, distribution)
    assert z.dtype == torch.float32
    assert z.shape == (1, 100)
    assert z[0, :4].tolist() == pytest.approx(numbers, abs=1e-5)


@pytest.mark.parametrize("distribution", DISTRIBUTIONS)
def test_a_latent_does_not_depend_on_its_neighbours_or_on_other_draws(distribution):
    z = latents_of([5, 9, 7, 9], 37, distribution)
    torch.manual_seed(1)
    state = torch.get_rng_state()
    assert torch.equal(z[2:3], latents_of([7], 37, distribution))
    assert torch.equal(z[1], z[3])
    assert not torch.equal(z[0], z[1])
    assert torch.equal(torch.get_rng_state(), state)


def test_latents_follow_their_distribution():
    normal = latents_of(range(200), 100, "normal")
    assert abs(normal.mean()) < 0.02
    assert abs(normal.std() - 1) < 0.02
    uniform = latents_of(range(200), 100, "uniform")
    assert uniform.abs().max() <= 1
    assert abs(uniform.mean()) < 0.02
    assert abs(uniform.std() - 3**-0.5) < 0.01


def test_an_unknown_distribution_is_refused():
    with pytest.raises(ForgerError, match="“gauss”"):
        latents_of([1], 8, "gauss")
