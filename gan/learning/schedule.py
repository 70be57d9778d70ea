"""Settings that move while a training goes on, said in words: `learning_rate settles after 50000; beta2 to 0.99 over
2000000`. Everything is counted in images seen.

Two ways to move: `settles after N` divides by 1 + images / N, so a half is left after N images and a third after twice
as many; `to X over N` goes from the setting's own value to X along half a cosine and stays there (R3GAN, Huang et al.
2024, moves its rates, beta2, gamma and augmentation like that).
"""

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from gan.errors import ForgerError

RATES = ("learning_rate_g", "learning_rate_d")
MOVABLE = (*RATES, "beta2", "penalty_weight", "augment_probability", "average_half_life")
# One word for both networks.
GROUPS = {"learning_rate": RATES}
_NUMBER = r"([0-9.]{1,80}(?:e[+-]?[0-9]{1,20})?)"
_COUNT = r"([0-9][0-9,]{0,20})"  # 50000, or 50,000
_MOVE = re.compile(rf"(\w{{1,80}}) (?:settles after {_COUNT}|to {_NUMBER} over {_COUNT})")
LONGEST = 10**9  # images
MOST_TEXT = 1_000


@dataclass(frozen=True)
class Move:
    """How one setting moves: to `end` over so many images, or, without an end, settling after so many."""

    setting: str
    images: int
    end: float | None = None

    def at(self, start: float, images_seen: int) -> float:
        """Where a setting that began at `start` is by now."""
        if self.end is None:
            return start / (1 + images_seen / self.images)
        left = (1 + math.cos(math.pi * min(1.0, images_seen / self.images))) / 2
        return self.end + left * (start - self.end)


@lru_cache(maxsize=64)
def moves(text: str) -> tuple[Move, ...]:
    """The moves that `text` says. Raises ForgerError, quoting what is not understood."""
    if len(text) > MOST_TEXT:
        raise ForgerError(f"A schedule has at most {MOST_TEXT} characters, not {len(text):,}.")
    found: list[Move] = []
    for part in filter(None, (part.strip() for part in text.split(";"))):
        said = _MOVE.fullmatch(" ".join(part.split()))
        if said is None:
            raise ForgerError(
                f"“{part[:80]}” is no schedule: write such as “learning_rate settles after 50000” or “beta2 to 0.99 "
                "over 2000000”, several with a semicolon between them."
            )
        name, settles, end, over = said.groups()
        images = int((settles or over).replace(",", ""))
        if not 1 <= images <= LONGEST:
            raise ForgerError(f"A schedule takes from 1 to {LONGEST:,} images, not {images:,}.")
        for setting in GROUPS.get(name, (name,)):
            if setting not in MOVABLE:
                raise ForgerError(f"{name!r} cannot move; what can: {', '.join((*GROUPS, *MOVABLE))}.")
            if setting == "beta2" and settles:
                raise ForgerError(
                    "beta2 cannot settle towards 0: say where it goes, as in “beta2 to 0.99 over 2000000”."
                )
            if any(move.setting == setting for move in found):
                raise ForgerError(f"The schedule moves {setting} twice.")
            found.append(Move(setting, images, _number(end)))
    return tuple(found)


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError as error:
        raise ForgerError(f"“{text}” is no number.") from error


def values(settings: Any, images_seen: int) -> dict[str, float]:
    """Every movable setting as it is after so many images, by name; `settings` is a `Config`."""
    now = {name: float(getattr(settings, name)) for name in MOVABLE}
    return now | moving(settings, images_seen)


def moving(settings: Any, images_seen: int) -> dict[str, float]:
    """Those of them that move."""
    return {move.setting: move.at(getattr(settings, move.setting), images_seen) for move in moves(settings.schedule)}
