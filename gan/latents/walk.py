"""The way from latent to latent, stop by stop."""

from itertools import pairwise

import torch
from torch import Tensor

from gan.errors import ForgerError

PATH_MODES = ("spherical", "linear")
MAX_FRAMES = 10_000


def walk_through(stops: Tensor, frames: int, mode: str, there_and_back: bool) -> Tensor:
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
