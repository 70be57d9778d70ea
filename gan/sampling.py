"""From seeds as people write them to latents, paths between latents, and pictures."""

import random
import re
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn

from gan.config import DISTRIBUTIONS, Config
from gan.errors import ForgerError

PATH_MODES = ("spherical", "linear")
SEED_LIMIT = 2**32  # PyTorch's generator looks at 32 bits: beyond, seeds would come again
MAX_SEEDS = 1024
MAX_FRAMES = 10_000
SURPRISE_SEEDS_BELOW = 1_000_000  # six digits at most: short enough to read out to a neighbour

DASHES = re.compile("[\u2010-\u2015\u2212]")  # what phones and word processors make of a hyphen
SPACED_DASH = re.compile(r"(?<=[0-9])\s*-\s*(?=[0-9])")
SEEDS = re.compile(r"([0-9]+)(?:-([0-9]+))?")


def parse_seeds(text: str, limit: int = MAX_SEEDS) -> list[int]:
    """Read seeds as people write them: `7`, `1-16`, `3,8,20-24`.

    Commas, semicolons, spaces and line breaks all separate; every kind of dash makes a range, both of
    whose ends are included. `5-3` counts down: 5, 4, 3. Order and repetitions are kept.

    Raises ForgerError for no seed at all, for more than `limit`, and for anything that is not a whole
    number from 0 to 2**32 - 1, quoting the part that is wrong.
    """
    seeds: list[int] = []
    one_dash = SPACED_DASH.sub("-", DASHES.sub("-", text))
    for part in filter(None, re.split(r"[,;\s]+", one_dash)):
        match = SEEDS.fullmatch(part)
        if match is None:
            raise ForgerError(
                f"“{_shorten(part)}” is not a seed: write whole numbers from 0 up, or ranges such as 1-16."
            )
        first = _seed(match[1])
        last = first if match[2] is None else _seed(match[2])
        # Counted before the range is written out: 0-999999999999 must cost nothing.
        if len(seeds) + abs(last - first) + 1 > limit:
            raise ForgerError(f"“{_shorten(part)}” makes more than {limit} seeds: ask for fewer at a time.")
        step = 1 if first <= last else -1
        seeds.extend(range(first, last + step, step))
    if not seeds:
        raise ForgerError("There is no seed: write a whole number such as 7, or a range such as 1-16.")
    return seeds


def _seed(digits: str) -> int:
    # Measured first, because Python refuses to read numbers of thousands of digits.
    digits = digits.lstrip("0") or "0"
    if len(digits) > len(str(SEED_LIMIT)) or int(digits) >= SEED_LIMIT:
        raise ForgerError(f"“{_shorten(digits)}” is too big for a seed: the biggest is {SEED_LIMIT - 1}.")
    return int(digits)


def _shorten(part: str) -> str:
    return part if len(part) <= 40 else part[:39] + "…"


def format_seeds(seeds: Sequence[int]) -> str:
    """Write seeds compactly, such as `1-16,20`; `parse_seeds` gives the same list back.

    Three seeds or more that count up or down by one become a range.
    """
    parts: list[str] = []
    start = 0
    while start < len(seeds):
        end = start + 1  # one past the run that begins at `start`
        step = seeds[end] - seeds[start] if end < len(seeds) else 0
        while step in (1, -1) and end < len(seeds) and seeds[end] - seeds[end - 1] == step:
            end += 1
        if end - start >= 3:
            parts.append(f"{seeds[start]}-{seeds[end - 1]}")
        else:
            end = start + 1
            parts.append(str(seeds[start]))
        start = end
    return ",".join(parts)


def surprise_seeds(count: int, entropy: int | None = None) -> list[int]:
    """`count` different seeds below a million; the same ones for the same `entropy`, new ones for None.

    Raises ForgerError if `count` is not from 1 to 1024.
    """
    if not 1 <= count <= MAX_SEEDS:
        raise ForgerError(f"Ask for 1 to {MAX_SEEDS} surprise seeds, not {count}.")
    return random.Random(entropy).sample(range(SURPRISE_SEEDS_BELOW), count)


def latents(seeds: Sequence[int], size: int, distribution: str) -> Tensor:
    """The latent of each seed: (N, size) float32 on the CPU.

    `distribution` is "normal" (mean 0, standard deviation 1) or "uniform" (in [-1, 1]). A seed's latent
    depends on nothing but the seed, `size` and `distribution`: not on its neighbours, and not on the device
    that draws the picture later.

    Raises ForgerError for another distribution.
    """
    _check_distribution(distribution)
    rows = [draw_latents(1, size, distribution, torch.Generator().manual_seed(seed)) for seed in seeds]
    return torch.cat(rows) if rows else torch.empty(0, size)


def draw_latents(count: int, size: int, distribution: str, random: torch.Generator) -> Tensor:
    """The next `count` latents of a stream of chance: (count, size) float32 on the CPU, where `random` must be."""
    z = torch.empty(count, size)
    return z.normal_(generator=random) if distribution == "normal" else z.uniform_(-1, 1, generator=random)


def truncate(z: Tensor, truncation: float, distribution: str) -> Tensor:
    """Pull latents (N, size) towards the mean: less variety, and fewer pictures that went wrong.

    This is plain scaling, `truncation * z`, with `truncation` in (0, 1]; 1 changes nothing, and both
    distributions have their mean at 0. The papers do something related but not the same: BigGAN (Brock et
    al. 2019) draws again every number beyond a threshold, and StyleGAN (Karras et al. 2019) scales in its
    intermediate latent space w, towards w's mean. A DCGAN has no w; and scaling, unlike drawing again,
    keeps each seed recognisable while the slider moves. The price: scaled latents are shorter than
    the ones the generator was trained with, so small values show pictures that it never practised.

    Raises ForgerError for a truncation outside (0, 1] or for another distribution.
    """
    _check_distribution(distribution)
    if not 0 < truncation <= 1:
        raise ForgerError(f"Truncation must be above 0 and at most 1, not {truncation:g}.")
    return z * truncation


def _check_distribution(distribution: str) -> None:
    if distribution not in DISTRIBUTIONS:
        raise ForgerError(f"“{distribution}” is not a latent distribution: choose normal or uniform.")


def generate(generator: nn.Module, z: Tensor, batch: int = 64) -> np.ndarray:
    """Draw latents z (N, size) as pictures (N, R, R, 3) uint8, `batch` at a time to bound memory.

    The generator maps (N, size) to (N, 3, R, R) in [-1, 1] and works on the device it is on. It is left in
    evaluation mode, not put back: threads may share one generator, and putting it back in one thread would
    switch batch norm to training in the middle of another's picture.
    """
    generator.eval()
    device = next(generator.parameters()).device
    with torch.inference_mode():
        return np.concatenate([to_uint8(generator(part.to(device))) for part in z.split(batch)])


def draw(generator: nn.Module, config: Config, seeds: Sequence[int], truncation: float = 1.0) -> np.ndarray:
    """The pictures (N, R, R, 3) uint8 of `seeds`, by a generator that was trained with `config`."""
    return generate(generator, seed_latents(config, seeds, truncation))


def seed_latents(config: Config, seeds: Sequence[int], truncation: float = 1.0) -> Tensor:
    """The latents (N, latent_size) of `seeds` for a generator that was trained with `config`, pulled to the mean.

    Raises ForgerError for a generator that is given pictures, and as `latents` and `truncate` do.
    """
    if config.task:
        raise ForgerError("This generator redraws pictures and has no seeds: bring it a picture (Redraw).")
    z = latents(seeds, config.latent_size, config.latent_distribution)
    return truncate(z, truncation, config.latent_distribution)


def to_uint8(x: Tensor) -> np.ndarray:
    """Pictures (N, 3, H, W) in [-1, 1] on any device as (N, H, W, 3) uint8, rounded; beyond is clamped."""
    levels = (x.float() * 127.5 + 127.5).round().clamp(0, 255).to(torch.uint8)
    return levels.permute(0, 2, 3, 1).contiguous().cpu().numpy()


def path(stops: Tensor, frames: int, mode: str, there_and_back: bool) -> Tensor:
    """A walk through latents `stops` (K, size): exactly `frames` latents (frames, size), K >= 2.

    Every stop is one of the frames, bit for bit; the frames between are divided among the legs as evenly as
    whole numbers allow. One way, frame 0 is the first stop and the last frame is the last stop. There and
    back, the way leads to the last stop and through the same stops back towards the first, ending one
    step before it: played in a loop, the next frame is frame 0, so no frame is shown twice in a row.

    `mode` is "spherical" (see `slerp`) or "linear". Spherical suits normal latents: nearly all of them lie
    close to a sphere, and a straight line would cut through its inside, where the generator never
    practised. Uniform latents fill a cube, which no rotation maps to itself: an arc between two of them
    keeps their length but may leave the cube, a line stays in the cube but is short in the middle. There
    linear is as good a choice.

    Raises ForgerError for fewer than two stops, another mode, more than 10,000 frames, or fewer frames than
    stops on the way: K one way, 2K - 2 there and back.
    """
    if mode not in PATH_MODES:
        raise ForgerError(f"“{mode}” is not a way to walk: choose spherical or linear.")
    if frames > MAX_FRAMES:
        raise ForgerError(f"A walk can have at most {MAX_FRAMES:,} frames, not {frames:,}.")
    count = len(stops)
    if count < 2:
        raise ForgerError("A walk needs at least two stops.")
    # Stops in the order of the walk, and how many steps lie between the first and the last of them.
    order, steps = list(range(count)), frames - 1
    if there_and_back:
        order, steps = order + order[-2::-1], frames
    legs = len(order) - 1
    if steps < legs:
        way = " there and back" if there_and_back else ""
        needed = legs if there_and_back else count
        raise ForgerError(f"A walk{way} through {count} stops needs at least {needed} frames, not {frames}.")
    between = slerp if mode == "spherical" else torch.lerp
    at = [leg * steps // legs for leg in range(legs + 1)]  # the frame of each stop
    z = stops.new_empty(frames, stops.shape[1])
    for (start, end), (a, b) in zip(pairwise(at), pairwise(order), strict=True):
        share = torch.arange(end - start, dtype=stops.dtype, device=stops.device)[:, None] / (end - start)
        z[start:end] = between(stops[a], stops[b], share)
        z[start] = stops[a]
    if not there_and_back:
        z[-1] = stops[-1]
    return z


def slerp(a: Tensor, b: Tensor, share: Tensor) -> Tensor:
    """Points on the arc from latent a (size,) to b (size,) at `share` (T, 1) in [0, 1]: (T, size).

    Spherical linear interpolation (Shoemake 1985; for latents White 2016, "Sampling Generative Networks"):
    the direction turns at an even pace, and the length goes evenly from a's to b's. Where the plane of the
    arc is not defined (same or opposite directions, or a latent of zeros) it is the straight line.
    """
    a, b, share, dtype = a.double(), b.double(), share.double(), a.dtype
    length_a, length_b = a.norm(), b.norm()
    # Zeros give a cosine of 1, which the straight line below takes care of.
    cosine = a @ b / (length_a * length_b) if length_a * length_b > 0 else torch.ones_like(length_a)
    angle = torch.acos(cosine.clamp(-1, 1))
    if torch.sin(angle) < 1e-5:
        return torch.lerp(a, b, share).to(dtype)
    turned_a = torch.sin((1 - share) * angle) * a / length_a
    turned_b = torch.sin(share * angle) * b / length_b
    length = torch.lerp(length_a, length_b, share)
    return (length * (turned_a + turned_b) / torch.sin(angle)).to(dtype)
