"""Who learns together: one process by itself, or several that share each batch (see `gan.training.processes`)."""

from collections.abc import Iterable
from typing import Any

from torch import Tensor, nn

from gan.errors import ForgerError
from gan.learning.config import Config
from gan.networks import new_discriminator
from gan.networks.contract import Judge


class Team:
    """One process by itself, which has all of each batch. Several average what each made of its share."""

    rank, size = 0, 1

    def share(self, batch: range) -> range:
        """Which of the images of a batch are this process's: equal parts, one after the other."""
        length = len(batch) // self.size
        return batch[self.rank * length : (self.rank + 1) * length]

    def prepare(self, network: nn.Module) -> None:
        """Makes the network on every process the same, and what it computes over a batch a matter of all of it."""

    def average_gradients(self, parameters: Iterable[Tensor]) -> None:
        """Sets every gradient to its mean over all processes."""

    def mean(self, measured: dict[str, Tensor]) -> dict[str, Tensor]:
        """Each number () as its mean over all processes."""
        return measured

    def any(self, wanted: bool) -> bool:
        """Whether one process at least wants something: the same answer on all of them."""
        return wanted

    def check_agreement(self, state: dict[str, Any]) -> None:
        """Raises ForgerError, on every process and naming the parts, where a `Trainer.state_dict` is not the same on
        all of them."""


def check_shares(config: Config, processes: int) -> None:
    """Raises ForgerError, saying what would do, where a batch cannot be shared by so many processes.

    Equal shares are needed, and those that the inspector compares with each other must lie in one of them.
    """
    inspector = new_discriminator(config)
    assert isinstance(inspector, Judge)
    batch, group = config.batch_size, inspector.group or 1
    if processes == 1 or (processes > 0 and batch % (processes * group) == 0):
        return
    fitting = [count for count in range(1, batch + 1) if count == 1 or batch % (count * group) == 0]
    numbers = f"{', '.join(map(str, fitting[:-1]))} or {fitting[-1]}" if len(fitting) > 1 else "1"
    compared = f", of which the inspector compares {group} with each other," if group > 1 else ""
    sentence = f"A batch of {batch} pictures{compared} cannot be shared by {processes} processes: choose {numbers}"
    if processes > 1 and group > 1:
        smaller = batch // processes
        ways = [f"set batch_size to {processes * group}"]
        if batch % processes == 0 and smaller > 1:
            ways.insert(0, f"set deviation_group to {smaller}")
        raise ForgerError(f"{sentence}, or {' or '.join(ways)}.")
    if processes > 1:
        above = -(-batch // processes) * processes
        raise ForgerError(f"{sentence}, or set batch_size to {above}.")
    raise ForgerError(f"{sentence}.")
