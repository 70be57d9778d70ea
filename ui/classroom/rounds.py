"""A round of "you against the inspector" as the pages have it: made once for all players, and its sheet at the end.

What is kept is kept in memory alone; which pictures are real is for the server to know until a player has answered.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gan.errors import ForgerError
from gan.generators.origin import run_of
from gan.pictures.files import even_png_bytes
from gan.quality.against import COUNT, bank, calls_real, draw, scores
from ui import generated
from ui.asking import ask
from ui.classroom.opponents import Opponent
from ui.data_url import data_url
from ui.turns import Steps


@dataclass(frozen=True, eq=False)
class Ten:
    """The pictures of a round as data addresses, all equally long; which are real; which the inspector calls real."""

    urls: Sequence[str]
    real: np.ndarray
    called: np.ndarray | None
    mark: str
    unseen: bool


def ten(opponent: Opponent, moment: int, number: int) -> Ten:
    """Round `number`, worked out once for all. Raises ForgerError where it cannot be, or too much was asked for."""
    model, source = opponent.model, opponent.source
    version = generated.version_of(model)

    def work() -> Steps:
        at = model.config.resolution, model.config.preparation
        real = bank(source, *at, run_of(model)) if source else None
        if real is None:
            raise ForgerError("The real pictures are no longer on this machine.")
        drawn = draw(number, generated.generator_of(version, moment, model), model.config, real)
        yield None
        inspector = generated.inspector_of(version, moment, model)
        called = None if inspector is None else calls_real(scores(inspector, drawn.pictures))
        return [data_url(even_png_bytes(one)) for one in drawn.pictures], drawn.real, called, drawn.mark, drawn.unseen

    costs = {"pictures": COUNT, "pixels": COUNT * model.config.resolution**2}
    return Ten(*ask("play against the inspector", ("against", version, moment, number, source), work, costs))


def sheet(seen: Ten, guesses: Sequence[bool]) -> str:
    """All ten as HTML, each with what it is, and who called it so."""
    figures = []
    for place, (url, real) in enumerate(zip(seen.urls, seen.real, strict=True)):
        calls = [("you", guesses[place])] + ([] if seen.called is None else [("inspector", bool(seen.called[place]))])
        marks = "".join(
            f'<span class="right">{who} ✓</span>' if call == real else f'<span class="wrong">{who} ✗</span>'
            for who, call in calls
        )
        truth = "real" if real else "forged"
        figures.append(
            f'<figure><img src="{url}" alt="Picture {place + 1}: {truth}"><figcaption><strong>{truth}</strong>{marks}'
            "</figcaption></figure>"
        )
    return f'<div class="against-sheet">{"".join(figures)}</div>'
