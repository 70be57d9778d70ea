"""A trainer's ear: hears what is asked of it between two lessons, turns its knobs, and takes the steps that are due."""

from collections.abc import Iterable

from torch import Tensor

from gan.errors import ForgerError
from gan.learning.knobs import Who
from gan.learning.trainer import Trainer
from gan.runs.lesson import keep_lesson
from gan.runs.requests import Do, Inbox, note_turn
from gan.runs.run import Run
from gan.training.tempo import Tempo
from gan.training.watched_step import watched_step


class Ear:
    """Open as long as `trainer` works on `run`, whose knobs are turned first as `turns` says. Several processes would
    have to obey in the same moment: they have no inbox, and nobody can ask them."""

    def __init__(self, run: Run, trainer: Trainer, turns: Iterable[tuple[str, float]] = ()):
        self.run, self.trainer, self.tempo = run, trainer, Tempo()
        self._inbox = Inbox(run) if trainer.team.size == 1 else None
        for setting, value in turns:
            self._turn(setting, value)

    def listen(self) -> bool:
        """Takes up what was asked since the last time. Returns whether that was about the pace."""
        paced = False
        for request in self._inbox.new() if self._inbox else ():
            if request.do == Do.TURN:
                self._turn(request.setting, request.value)
            else:
                self.tempo.hear(request)
                paced = True
        return paced

    def _turn(self, setting: str, value: float) -> None:
        try:
            self.trainer.turn(setting, value)
        except ForgerError as error:
            print(f"Not turned: {error}", flush=True)
        else:
            note_turn(self.run, self.trainer.images_seen, setting, value)

    def step(self, who: Who) -> dict[str, Tensor]:
        """One step, and what it did for those who look on, where steps are so rare."""
        if not self.tempo.is_watched:
            return self.trainer.step(who)
        measured, lesson, picture = watched_step(self.trainer, who)
        keep_lesson(self.run, lesson, picture)
        return measured

    def close(self) -> None:
        if self._inbox:
            self._inbox.close()
