"""What a redrawing GAN can learn: tasks, each a function that makes pairs of source and target from any pictures.

Nobody has to collect pairs: the picture is one half and a computed one the other. Another task is a function and an
entry in `TASKS`; it then appears on the pages and on the command line.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gan.tasks.cartoon import cartoon
from gan.tasks.reduced import grey, mosaic
from gan.tasks.sketch import from_paper, sketch

# From pictures (N, 3, R, R) in [0, 1] to others of that shape and range; chance comes from a generator on the CPU.
Change = Callable[[Tensor, torch.Generator], Tensor]


def unchanged(pictures: Tensor, random: torch.Generator) -> Tensor:
    """The pictures themselves."""
    return pictures


@dataclass(frozen=True)
class Task:
    """One thing to learn: `source` makes what goes in, `target` what should come out, from the same picture."""

    title: str
    help: str
    source: Change = unchanged
    target: Change = unchanged
    drawn: Callable[[Tensor], Tensor] | None = None  # where a person can draw a source: how a drawing is cleaned
    any_framing: bool = False  # what is to be done does not depend on what is where, so training shows it everywhere

    @property
    def drawable(self) -> bool:
        """Whether a person can draw such a source by hand."""
        return self.drawn is not None

    def sources(self, pictures: Tensor, random: torch.Generator) -> Tensor:
        """What goes in for pictures (N, 3, R, R), both in [-1, 1]; the same for the same state of `random`."""
        return _in_our_range(self.source, pictures, random)

    def targets(self, pictures: Tensor, random: torch.Generator) -> Tensor:
        """What should come out for pictures (N, 3, R, R), both in [-1, 1]."""
        return _in_our_range(self.target, pictures, random)

    def clean(self, drawings: Tensor) -> Tensor:
        """Drawings (N, 3, R, R) in [-1, 1] as sources of that range; as they are where nobody can draw any."""
        return drawings if self.drawn is None else self.drawn((drawings + 1) / 2) * 2 - 1


def _in_our_range(change: Change, pictures: Tensor, random: torch.Generator) -> Tensor:
    return pictures if change is unchanged else change((pictures + 1) / 2, random).clamp(0, 1) * 2 - 1


TASKS = {
    "sketch": Task(
        "Sketch to picture", "A line drawing goes in, a picture comes out. You can draw by hand.", source=sketch,
        drawn=from_paper,
    ),
    "grey": Task("Grey to colour", "A grey picture goes in and comes out in colours.", source=grey, any_framing=True),
    "mosaic": Task("Mosaic to picture", "Eight by eight blocks of colour go in, a picture comes out.", source=mosaic),
    "cartoon": Task(
        "Picture to cartoon", "A picture goes in and comes out in flat colours with ink lines.", target=cartoon,
        any_framing=True,
    ),
}  # fmt: skip
