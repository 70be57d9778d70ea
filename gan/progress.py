"""How whoever does something long says how far it is; an exception raised by whoever hears it ends the work."""

from collections.abc import Callable

# Hears how much is done, and of how much (None: not known).
Progress = Callable[[int, int | None], object]
# Hears also what is being done.
Steps = Callable[[str, int, int | None], object]


def ignore(done: int, total: int | None) -> None:
    """For work that nobody watches."""
