"""What a redrawing GAN can learn: tasks, each a function that makes pairs of source and target from any pictures.

Nobody has to collect pairs: the picture is one half and a computed one the other. Who has some can: `pairs` only takes
both halves apart. Another task is a function and an entry in `TASKS`; it then appears on the pages and on the command
line.
"""

from collections.abc import Callable
from dataclasses import dataclass

from torch import Tensor

from gan.chance import Draws
from gan.tasks.cartoon import cartoon
from gan.tasks.reduced import grey, mosaic
from gan.tasks.rough import rough_hands
from gan.tasks.sketch import from_paper, hands, sketch

# What chance decides about each picture, by name, each (N, ...).
Numbers = dict[str, Tensor]


def unchanged(pictures: Tensor) -> Tensor:
    """The pictures themselves."""
    return pictures


def same_source(pictures: Tensor, numbers: Numbers) -> Tensor:
    """The pictures themselves."""
    return pictures


def first_half(pairs: Tensor, numbers: Numbers) -> Tensor:
    """The sources (N, 3, R, R) of pairs (N, 6, R, R)."""
    return pairs[:, :3]


def second_half(pairs: Tensor) -> Tensor:
    """The targets (N, 3, R, R) of pairs (N, 6, R, R)."""
    return pairs[:, 3:]


def no_chance(draws: Draws) -> Numbers:
    """For a source that is always the same."""
    return {}


@dataclass(frozen=True)
class Task:
    """One thing to learn: `source` makes what goes in, `target` what should come out, from the same picture.

    Both make pictures (N, 3, R, R) in [0, 1] of others; where pairs are `collected`, out of (N, 6, R, R). What is
    chance in a source is drawn before, by `numbers`, on the CPU, and goes to a card together with the pictures.
    """

    title: str
    help: str
    source: Callable[[Tensor, Numbers], Tensor] = same_source
    target: Callable[[Tensor], Tensor] = unchanged
    numbers: Callable[[Draws], Numbers] = no_chance
    # More of them while it is learned, with so much probability for each: what people may bring, and nobody judges by.
    roughen: Callable[[Draws, float], Numbers] | None = None
    drawn: Callable[[Tensor], Tensor] | None = None  # where a person can draw a source: how a drawing is cleaned
    any_framing: bool = False  # what is to be done does not depend on what is where, so training shows it everywhere
    collected: bool = False  # a person brings both halves: pictures (N, 6, R, R), the source before the target

    @property
    def drawable(self) -> bool:
        """Whether a person can draw such a source by hand."""
        return self.drawn is not None

    def sources(self, pictures: Tensor, numbers: Numbers) -> Tensor:
        """What goes in (N, 3, R, R) for pictures of that shape or pairs, both in [-1, 1]; the same for the same
        `numbers`."""
        if self.source is same_source:
            return pictures
        return _to_ours(self.source(_to_theirs(pictures), numbers))

    def targets(self, pictures: Tensor) -> Tensor:
        """What should come out (N, 3, R, R) for pictures of that shape or pairs, both in [-1, 1]."""
        return pictures if self.target is unchanged else _to_ours(self.target(_to_theirs(pictures)))

    def clean(self, drawings: Tensor) -> Tensor:
        """Drawings (N, 3, R, R) in [-1, 1] as sources of that range; as they are where nobody can draw any."""
        return drawings if self.drawn is None else self.drawn(_to_theirs(drawings)) * 2 - 1


def _to_theirs(pictures: Tensor) -> Tensor:
    return (pictures + 1) / 2


def _to_ours(pictures: Tensor) -> Tensor:
    return pictures.clamp(0, 1) * 2 - 1


TASKS = {
    "sketch": Task(
        "Sketch to picture", "A line drawing goes in, a picture comes out. You can draw by hand.", source=sketch,
        numbers=hands, roughen=rough_hands, drawn=from_paper,
    ),
    "grey": Task("Grey to colour", "A grey picture goes in and comes out in colours.", source=grey, any_framing=True),
    "mosaic": Task("Mosaic to picture", "Eight by eight blocks of colour go in, a picture comes out.", source=mosaic),
    "cartoon": Task(
        "Picture to cartoon", "A picture goes in and comes out in flat colours with ink lines.", target=cartoon,
        any_framing=True,
    ),
    "pairs": Task(
        "Pairs of your own", "Pictures of your own, two and two: one goes in, the other should come out. Bring two "
        "folders, A and B, with equal names, or pictures that are two beside each other.",
        source=first_half, target=second_half,
        collected=True,
    ),
}  # fmt: skip
