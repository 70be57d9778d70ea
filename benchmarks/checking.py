"""A table of checks that fills itself while they are made, within so many minutes; one that fails ends no other.

A check is a function that is given a `Deadline` and yields `Row`s, so that each is printed as soon as it is known and
the next one is only begun while there is time.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

# What a row's last column can say. A figure by itself neither holds nor not.
YES, NO, FIGURE, NEEDS_A_CARD, NO_TIME = "yes", "NO", "", "needs a card", "no time left"
WIDTHS = (50, 34, 74)


@dataclass(frozen=True)
class Row:
    """What was asked, what the answer should be, what it is, and whether it holds (one of the words above)."""

    check: str
    wanted: str
    seen: str
    holds: str = FIGURE


class Deadline:
    """A moment on the clock after which nothing new is begun."""

    def __init__(self, seconds: float):
        self.moment = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds until then; 0 afterwards."""
        return max(0.0, self.moment - time.monotonic())

    def part(self, share: float) -> "Deadline":
        """An earlier one, after `share` of the time that is left."""
        return Deadline(share * self.left)


@dataclass(frozen=True)
class Check:
    """A check and the share of the time left at its beginning that it may take."""

    make: Callable[[Deadline], Iterator[Row]]
    share: float = 1.0


def make_all(checks: dict[str, Check], deadline: Deadline, clean_up: Callable[[], None]) -> list[dict[str, Any]]:
    """Makes all checks in turn, printing each row as it comes; the rows as plain values.

    A check that raises gets a row that says so. `clean_up` is called after each.
    """
    rows: list[dict[str, Any]] = []

    def add(name: str, row: Row) -> None:
        print_cells(row.check, row.wanted, row.seen, row.holds)
        rows.append({"group": name} | asdict(row))

    print_cells("check", "wanted", "seen", "holds")
    for name, check in checks.items():
        until = deadline.part(check.share)
        try:
            found = check.make(until)
            while until.left > 0:
                row = next(found, None)
                if row is None:
                    break
                add(name, row)
            else:
                add(name, Row(f"{name}: the rest", "", "not begun", NO_TIME))
        except Exception as error:
            first_line = (str(error).strip().splitlines() or [""])[0]
            add(name, Row(name, "an answer", f"{type(error).__name__}: {first_line}"[:300], NO))
        clean_up()
    return rows


def print_cells(*cells: str) -> None:
    """One line of the table, at once: whoever waits for a card wants to see how far it is."""
    padded = [f"{cell:<{width}}" for cell, width in zip(cells, WIDTHS, strict=False)] + [*cells[len(WIDTHS) :]]
    print("  ".join(padded).rstrip(), flush=True)
