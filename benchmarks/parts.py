"""What one step of a `gan.learning.trainer.Trainer` of either kind costs part by part: a stopwatch around its pieces
from outside."""

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor

import gan.device
import gan.learning.pair_trainer
import gan.learning.trainer
from gan.learning.trainer import Trainer
from gan.networks import LATENTS
from gan.tasks import Task

REST = "losses and figures"


class Stopwatch:
    """Seconds by part. Parts may lie within parts: time counts for the innermost only."""

    def __init__(self, clock: Callable[[], float]):
        self.clock = clock
        self.seconds: dict[str, float] = defaultdict(float)
        self._running = [REST]
        self._since = clock()

    def restart(self) -> None:
        self.seconds.clear()
        self._since = self.clock()

    def switch(self, name: str) -> None:
        """What runs now is called `name` from here on."""
        self._charge()
        self._running[-1] = name

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self._charge()
        self._running.append(name)
        try:
            yield
        finally:
            self._charge()
            self._running.pop()

    def around(self, name: str | Callable[[], str], function: Callable) -> Callable:
        """`function` with its time counted as `name`, which may be decided at every call."""

        def timed(*arguments: Any, **keywords: Any) -> Any:
            with self.part(name if isinstance(name, str) else name()):
                return function(*arguments, **keywords)

        return timed

    def _charge(self) -> None:
        now = self.clock()
        self.seconds[self._running[-1]] += now - self._since
        self._since = now


@contextmanager
def watched(trainer: Trainer, watch: Stopwatch) -> Iterator[None]:
    """Within, every step of `trainer` is timed in parts."""
    in_lesson_of = ["D"]

    def descend() -> str:
        if in_lesson_of == ["G"]:
            return "backward through D to the picture"
        penalised = trainer.config.penalty != "none" and trainer._penalty_is_due()
        return "D backward with the penalty" if penalised else "D backward"

    teach_generator = trainer._teach_generator

    def generators_lesson(fake: Tensor, *others: Any) -> None:
        in_lesson_of[:] = ["G"]
        # The gradient passes here on its way from the discriminator into the generator.
        fake.register_hook(lambda _: watch.switch("G backward"))
        teach_generator(fake, *others)
        in_lesson_of[:] = ["D"]

    def replace(owner: Any, attribute: str, name: str | Callable[[], str]) -> None:
        stack.enter_context(patch.object(owner, attribute, watch.around(name, getattr(owner, attribute))))

    with ExitStack() as stack:
        stack.enter_context(patch.object(trainer, "_teach_generator", generators_lesson))
        replace(trainer.lessons, "of_step", "choosing and chance")
        replace(gan.device, "send_together", "sending")
        replace(trainer, "_show", "drawing reals")
        replace(gan.learning.trainer, "augmented", "augmentation")
        replace(trainer, "_forge", "G forward" if trainer.config.kind == LATENTS else "pairing with sources")
        # Parts of drawing reals, where the forger is given pictures; elsewhere nobody calls these.
        replace(gan.learning.pair_trainer, "reframe", "other framings")
        replace(Task, "sources", "making sources")
        replace(Task, "targets", "making targets")
        replace(trainer.generator, "forward", "G forward")
        replace(trainer.discriminator, "forward", lambda: f"D forward ({in_lesson_of[0]}'s lesson)")
        replace(gan.learning.trainer, "slope", "penalty: the slopes")
        replace(Tensor, "backward", descend)
        replace(trainer.optimizer_d, "step", "optimisers")
        replace(trainer.optimizer_g, "step", "optimisers")
        replace(torch.nn.utils, "get_total_norm", "norms of the gradients")
        replace(gan.learning.trainer, "update_average", "averaging")
        yield
