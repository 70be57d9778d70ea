"""From a picture back to a latent: the one whose picture comes nearest, looked for by following the gradient.

The generator stays as it is, only the latent moves (Zhu et al. 2016, arXiv 1609.03552; Creswell & Bharath 2018, arXiv
1802.05701). What is found is something that the generator can draw, not the picture itself.

The search works in short steps, each a `yield` of the share that is done, so that others can be served between them.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import avg_pool2d

from gan.device import full_precision
from gan.generators import sampling
from gan.generators.redraw import shrink
from gan.latents.places import at_home
from gan.latents.texts import read_latent, write_latent
from gan.learning.config import Config
from gan.pictures.tensors import to_tensor, to_uint8

SEEDS = 1000  # whose pictures are held against the one that is looked for
USUAL = 32  # of them say how far an ordinary picture is
SIDE = 16  # pixels of those pictures, as they are kept and compared first
PART = 16  # pictures drawn in a step
STARTS = 3
# Adam, with a step that shrinks towards the end. All starts go the first part of the way, the best alone the rest.
FIRST_STEPS, STEPS, RATE = 30, 150, 0.1
RIDGE = 10.0  # keeps the guess from trusting small differences between pictures
SMALLEST = 8  # pixels of the coarsest scale at which pictures are compared
# Words for how much of the distance is left, if nothing is left for more than so much of it.
NEARNESS = (
    (0.15, "It comes very near"), (0.22, "It comes near"), (0.4, "It comes only roughly near"),
    (float("inf"), "It does not come near"),
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Inversion:
    """What was found for a picture. Distances are shares of what lies between it and an ordinary seed's picture."""

    latent: str  # as `gan.latents.texts` writes it
    wanted: np.ndarray  # (R, R, 3) uint8, the picture as it was looked for
    found: np.ndarray  # (R, R, 3) uint8, drawn from the latent
    distance: float
    seed: int  # whose picture is the nearest of SEEDS
    seeds_picture: np.ndarray  # (R, R, 3) uint8
    seeds_distance: float

    @property
    def words(self) -> str:
        """How near it comes, in two sentences."""
        name = next(name for most, name in NEARNESS if self.distance <= most)
        return (
            f"{name}: of the distance between your picture and an ordinary one of this forger, "
            f"{self.distance:.0%} is left. The nearest of {SEEDS:,} random seeds, seed {self.seed}, leaves "
            f"{self.seeds_distance:.0%}."
        )


def survey(generator: nn.Module, config: Config) -> Generator[float, None, np.ndarray]:
    """The pictures of the first SEEDS seeds, SIDE pixels small: (SEEDS, SIDE, SIDE, 3) uint8."""
    latents = sampling.seed_latents(config, range(SEEDS))
    small = []
    for place in range(0, SEEDS, PART):
        pictures = to_tensor(sampling.generate(generator, latents[place : place + PART]))
        small.append(to_uint8(_small(pictures)))
        yield place / SEEDS
    return np.concatenate(small)


def invert(
    generator: nn.Module, config: Config, picture: np.ndarray, seeds: np.ndarray
) -> Generator[float, None, Inversion]:
    """The latent whose picture comes nearest to a square `picture` (n, n, 3) uint8; `seeds` is the `survey`'s result.

    Works on the device that the generator is on. The latent lies where latents are (see `gan.latents.places`), and is
    rounded as its text is. Raises ForgerError for a generator that is given pictures.
    """
    device = next(generator.parameters()).device
    wanted = shrink(picture, config.resolution)
    target = to_tensor(wanted[None]).to(device)
    starts, nearest = _starts(config, _small(to_tensor(wanted[None])), to_tensor(seeds))
    z = at_home(starts, config.latent_distribution).to(device).requires_grad_()
    adam = torch.optim.Adam([z], RATE)
    for step in range(STEPS):
        if step == FIRST_STEPS:
            with torch.no_grad(), full_precision():
                best = _distance(generator(z), target).argmin()
            z = z.detach()[best : best + 1].clone().requires_grad_()
            adam = torch.optim.Adam([z], RATE)
        adam.param_groups[0]["lr"] = RATE * (1 - (step / STEPS) ** 2)
        with full_precision():
            (z.grad,) = torch.autograd.grad(_distance(generator(z), target).sum(), z)
        adam.step()
        with torch.no_grad():
            z.copy_(at_home(z, config.latent_distribution))
        yield (step + 1) / STEPS
    text = write_latent(z[0], config.latent_distribution)
    latents = [read_latent(text, config.latent_size, config.latent_distribution)]
    latents += sampling.seed_latents(config, [nearest, *range(USUAL)]).unbind()
    pictures = sampling.generate(generator, torch.stack(latents), PART)
    with torch.inference_mode():
        far = _distance(to_tensor(pictures), to_tensor(wanted[None]))
        usual = far[2:].median().clamp(min=1e-6)
    own, seeds_own = (float(one / usual) for one in far[:2])
    return Inversion(text, wanted, pictures[0], own, nearest, pictures[1], seeds_own)


def _starts(config: Config, target: Tensor, small: Tensor) -> tuple[Tensor, int]:
    """Where to begin (STARTS, latent_size), and the seed whose picture is the nearest.

    Beside the latents of the nearest pictures, a guess: what ridge regression from small pictures to latents, learned
    from those of the survey, says of this one.
    """
    latents = sampling.seed_latents(config, range(len(small)))
    order = _distance(small, target).argsort().tolist()
    x, mean = small.flatten(1), small.flatten(1).mean(0)
    x = x - mean
    weights = torch.linalg.solve(x.t() @ x + RIDGE * torch.eye(x.shape[1]), x.t() @ latents)
    guess = (target.flatten(1) - mean) @ weights
    return torch.cat([guess, latents[order[: STARTS - 1]]]), order[0]


def _small(pictures: Tensor) -> Tensor:
    """Pictures (N, 3, R, R) as (N, 3, SIDE, SIDE)."""
    return avg_pool2d(pictures, pictures.shape[-1] // SIDE)


def _distance(pictures: Tensor, target: Tensor) -> Tensor:
    """How far pictures (N, 3, R, R) are from one (1, 3, R, R): (N,), the root mean square difference of their pixels,
    averaged over scales from R down to SMALLEST pixels."""
    found = []
    while True:
        found.append(((pictures - target).square().mean((1, 2, 3)) + 1e-8).sqrt())
        if pictures.shape[-1] <= SMALLEST:
            return torch.stack(found).mean(0)
        pictures, target = avg_pool2d(pictures, 2), avg_pool2d(target, 2)
