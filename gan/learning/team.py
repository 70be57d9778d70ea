"""Who learns together: one process by itself, or several that share each batch (see `gan.training.processes`)."""

from collections.abc import Iterable

from torch import Tensor, nn


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
