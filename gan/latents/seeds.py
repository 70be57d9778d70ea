"""Seeds as people write them: read, written compactly, and chosen by chance."""

import random
import re
from collections.abc import Sequence

from gan.errors import ForgerError

SEED_LIMIT = 2**32  # PyTorch's generator looks at 32 bits: beyond, seeds would come again
MAX_SEEDS = 1024
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
