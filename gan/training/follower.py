"""What a process beside the first does in a training: it learns with it, and neither writes, draws nor measures.

It is told by the first what to train, so that on another machine it needs no run folder; only the pictures.
"""

import io
import zlib
from collections.abc import Callable
from contextlib import ExitStack, suppress
from dataclasses import dataclass

import numpy as np
import torch

from gan import device as devices
from gan.data import open_pictures, use
from gan.errors import ForgerError
from gan.learning.config import Config
from gan.learning.kinds import new_trainer
from gan.learning.team import Team
from gan.learning.trainer import Trainer
from gan.runs.contents import places_of
from gan.training import collectives
from gan.training.stop_signal import StopSignal

# About so many pictures are compared; their number is, too.
SAMPLE = 256
# The exit code of a process that ends because another one did.
LOST = 3


@dataclass(frozen=True)
class Order:
    """What to train, until how many images, and from which pictures in which order, by their marks (n,) uint64."""

    config: Config
    target_images: int
    studied: np.ndarray


def give_order(team: Team, order: Order | None) -> None:
    """For the first process: tells the others what to train; None where nothing comes of it."""
    if team.size > 1:
        collectives.said_by_first(order)


def check_alike(team: Team, config: Config, pictures: np.ndarray, device: torch.device, trouble: str = "") -> None:
    """Raises ForgerError, on all processes, where one has other settings or pictures, computes in another precision,
    or is in `trouble`."""
    if team.size == 1:
        return
    # The pictures themselves are compared: they may lie elsewhere on another machine.
    settings = {name: value for name, value in config.to_dict().items() if name != "data"}
    facts = settings | {"number of pictures": len(pictures), "pictures": _sum_of_sample(pictures)}
    facts["precision"] = devices.precision(device)
    everybodys = collectives.said_by_all({"trouble": trouble} | facts)
    for rank, theirs in enumerate(everybodys):
        who = f"Process {rank + 1} of {team.size}"
        if theirs["trouble"]:
            raise ForgerError(f"{who} cannot take part: {theirs['trouble']}")
        for name, value in everybodys[0].items():
            if theirs[name] != value:
                raise ForgerError(f"{who} has another {name} than the first: {theirs[name]!r}, not {value!r}.")


def _sum_of_sample(pictures: np.ndarray) -> int:
    return zlib.crc32(pictures[:: max(1, len(pictures) // SAMPLE)].tobytes())


def share_state(team: Team, trainer: Trainer) -> None:
    """Gives every process the state of the first one's trainer, wherever that comes from."""
    if team.size == 1:
        return
    content = io.BytesIO()
    if team.rank == 0:
        torch.save(trainer.state_dict(), content)
    received = collectives.said_by_first(content.getvalue())
    if team.rank > 0:
        trainer.load_state_dict(torch.load(io.BytesIO(received), map_location=trainer.device, weights_only=True))


def follow(team: Team, device: str, own_config: Callable[[], Config] | None = None) -> int:
    """Trains beside the first process until that ends. `own_config` reads what this process was asked for, where it
    was not only told by the first.

    Returns this process's exit code: 0, or `LOST` where the first failed. Silent: what goes wrong for all, the first
    one says.
    """
    try:
        order: Order | None = collectives.said_by_first(None)
        if order is not None:
            follower = _Follower(team, order, devices.choose(device))
            with follower.holding:
                follower.work(own_config or (lambda: order.config))
        return 0
    except collectives.Lost:
        return LOST
    except ForgerError:
        with suppress(collectives.Lost):
            # Until the first has said it, and ended: the launcher stops at the first end.
            collectives.said_by_first(None)
        return LOST


class _Follower:
    """The way of a process beside the first through one training."""

    def __init__(self, team: Team, order: Order, device: torch.device):
        self.team, self.order, self.device = team, order, device
        self.holding = ExitStack()  # what must not be deleted while it trains

    def work(self, own_config: Callable[[], Config]) -> None:
        devices.prepare(self.device)
        self.stop_signal = StopSignal()
        trainer = self._trainer(own_config)
        share_state(self.team, trainer)
        every = self.order.config.checkpoint_every
        while trainer.images_seen < self.order.target_images and not self.team.any(self.stop_signal.came):
            before = trainer.images_seen
            trainer.step()
            if trainer.images_seen // every > before // every:
                self.team.check_agreement(trainer.state_dict())
        self.team.check_agreement(trainer.state_dict())

    def _trainer(self, own_config: Callable[[], Config]) -> Trainer:
        config, pictures, training, trouble = self.order.config, np.empty(0, np.uint8), np.empty(0, int), ""
        try:
            config = own_config()
            found = open_pictures(config.data, config.resolution, self._preparing, config.preparation)
            self.holding.enter_context(use.hold(found.path.parent))
            pictures, training = found.array, places_of(self.order.studied, found.contents)
            if (training < 0).any():
                raise ForgerError("It has other pictures than the first.")
        except ForgerError as error:
            trouble = str(error)
        check_alike(self.team, config, pictures, self.device, trouble)
        return new_trainer(config, pictures, self.device, self.team, training)

    def _preparing(self, done: int, total: int | None) -> None:
        if self.stop_signal.came:
            raise ForgerError("It was stopped while it prepared the pictures.")
