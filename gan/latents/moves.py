"""Moves along directions of the latent space: written as `1:1.5,3:-2`, read, and made."""

import re
from collections.abc import Mapping

import torch
from torch import Tensor

from gan.errors import ForgerError
from gan.latents.places import at_home, deviation

FARTHEST = 3.0  # standard deviations each way; beyond, pictures fall apart
LONGEST = 200  # characters
MOVE = re.compile(r"([0-9]{1,3}):([+-]?[0-9]{1,3}(?:\.[0-9]{1,6})?)", re.ASCII)

Moves = Mapping[int, float]  # how far along each direction, counted from 1


def parse_moves(text: str, count: int) -> dict[int, float]:
    """Reads moves along `count` directions, such as `1:1.5,3:-2`: how far along each, in standard deviations.

    An empty text moves nothing. Raises ForgerError for anything else, quoting the part that is wrong.
    """
    if len(text) > LONGEST:
        raise ForgerError(f"Moves are written as 1:1.5,3:-2, in at most {LONGEST} characters.")
    moves: dict[int, float] = {}
    for part in filter(None, re.split(r"[,;\s]+", text)):
        match = MOVE.fullmatch(part)
        if match is None:
            raise ForgerError(f"“{part[:40]}” is not a move: write DIRECTION:AMOUNT, such as 1:1.5 or 3:-2.")
        direction, amount = int(match[1]), float(match[2])
        if not 1 <= direction <= count:
            raise ForgerError(f"There is no direction {direction}: this generator has directions 1 to {count}.")
        if direction in moves:
            raise ForgerError(f"Direction {direction} is moved along twice: say it once.")
        if abs(amount) > FARTHEST:
            raise ForgerError(f"A move goes from -{FARTHEST:g} to {FARTHEST:g}, not {amount:g}.")
        moves[direction] = amount
    return {direction: moves[direction] for direction in sorted(moves) if moves[direction]}


def format_moves(moves: Moves) -> str:
    """Writes moves compactly, such as `1:1.5,3:-2`; `parse_moves` gives them back. What does not move is left out."""
    return ",".join(f"{direction}:{moves[direction]:g}" for direction in sorted(moves) if moves[direction])


def moved(z: Tensor, directions: Tensor, moves: Moves, distribution: str) -> Tensor:
    """Latents z (N, size) moved along orthonormal directions (k, size), in standard deviations of a latent's numbers.

    A step straight ahead would leave the sphere near which normal latents lie, where the generator never practised. So
    each latent is scaled back to its own length, and moving along one direction takes a little of all the others. A
    uniform latent is clipped to its cube instead. Without a move z comes back as it is.
    """
    amounts = torch.zeros(len(directions), dtype=z.dtype)
    for direction, amount in moves.items():
        amounts[direction - 1] = amount
    if not amounts.any():
        return z
    length = torch.linalg.vector_norm(z, dim=1, keepdim=True)
    return at_home(z + deviation(distribution) * amounts @ directions.to(z), distribution, length)


def strip(
    z: Tensor, directions: Tensor, moves: Moves, along: int, distribution: str, count: int = 7
) -> tuple[Tensor, list[float]]:
    """One latent z (size,), moved as `moves` say, but along one direction from -FARTHEST to FARTHEST in `count` steps:
    (count, size), and how far along each."""
    amounts = [round(float(amount), 6) for amount in torch.linspace(-FARTHEST, FARTHEST, count, dtype=torch.float64)]
    rows = [moved(z[None], directions, {**moves, along: amount}, distribution) for amount in amounts]
    return torch.cat(rows), amounts
