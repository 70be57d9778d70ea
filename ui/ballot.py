"""What a class answers to a question: one question at a time, in the server's memory, bounded, and nobody named.

A question is asked (open), closed, and then shown with what turned out true; each is the owner's to do. While it is
open, the answer of each browser is kept under a salted digest, so that it can be changed; once it is closed, only how
many gave which answer is left.
"""

import secrets
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from enum import StrEnum

from gan import permits
from gan.errors import ForgerError
from gan.permits import Permit
from ui.one_each import digest

MOST_VOTERS = 1_000
MOST_KEPT = 64  # questions whose counts are kept; the eldest is forgotten first
MOST_ANSWERS = 6


@dataclass(frozen=True)
class Question:
    """One that was prepared: its `answers`, which of them turns out to be `right` (None where none does), and `why`, a
    sentence of Markdown for when that is shown."""

    key: str
    text: str
    answers: tuple[str, ...]
    right: int | None
    why: str

    def __post_init__(self) -> None:
        if not 2 <= len(self.answers) <= MOST_ANSWERS or self.right not in (None, *range(len(self.answers))):
            raise ValueError(f"The question {self.key!r} has {len(self.answers)} answers, right is {self.right}.")


class State(StrEnum):
    OPEN = "open"
    CLOSED = "closed"
    SHOWN = "shown"


@dataclass(frozen=True)
class Poll:
    """How a question stands: `asking` is another number each time that one is asked; `counts` are by answer."""

    question: Question
    asking: int
    state: State
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.counts)


@dataclass
class _Asked:
    question: Question
    asking: int
    state: State = State.OPEN
    counts: list[int] = field(default_factory=list)
    voters: dict[bytes, int] = field(default_factory=dict)
    salt: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    def close(self, state: State) -> None:
        self.state, self.voters, self.salt = state, {}, b""

    @property
    def poll(self) -> Poll:
        return Poll(self.question, self.asking, self.state, tuple(self.counts))


class Ballot:
    """The questions that were asked since the server started. Threads may share it."""

    def __init__(self, most_voters: int = MOST_VOTERS, most_kept: int = MOST_KEPT):
        self.most_voters, self.most_kept = most_voters, most_kept
        self._asked: OrderedDict[str, _Asked] = OrderedDict()  # the last is the newest, and alone may be open
        self._number = 0
        self.turn = 0  # another number after everything that the owner does
        self._lock = threading.Lock()

    @property
    def asking(self) -> int:
        """The number of the question that is open; 0 where none is."""
        poll = self.open()
        return poll.asking if poll else 0

    def open(self) -> Poll | None:
        """The question that can be answered now."""
        with self._lock:
            newest = next(reversed(self._asked.values()), None)
            return newest.poll if newest and newest.state == State.OPEN else None

    def find(self, key: str) -> Poll | None:
        """How the question of that key stands; None where it was not asked."""
        with self._lock:
            return self._asked[key].poll if key in self._asked else None

    def ask(self, permit: Permit, question: Question) -> None:
        """Asks a question, for the first time or anew; one that is open is closed."""
        permits.check(permit)
        with self._lock:
            for one in self._asked.values():
                if one.state == State.OPEN:
                    one.close(State.CLOSED)
            self._asked.pop(question.key, None)
            self._number += 1
            self.turn += 1
            self._asked[question.key] = _Asked(question, self._number, counts=[0] * len(question.answers))
            while len(self._asked) > self.most_kept:
                self._asked.popitem(last=False)

    def close(self, permit: Permit, asking: int, show: bool) -> None:
        """Takes no more answers to the question of this number; with `show`, tells what turned out true, too.

        Of a question that is no more, or was asked anew meanwhile, nothing changes.
        """
        permits.check(permit)
        with self._lock:
            self.turn += 1
            for one in self._asked.values():
                if one.asking == asking and one.state != State.SHOWN:
                    one.close(State.SHOWN if show else State.CLOSED)

    def vote(self, visitor: str, asking: int, answer: int) -> None:
        """Counts a visitor's answer, in the place of one given before. Raises ForgerError where the question of that
        number is not open, it has no such answer, or too many have answered."""
        with self._lock:
            one = next((one for one in self._asked.values() if one.asking == asking), None)
            if one is None or one.state != State.OPEN:
                raise ForgerError("This question takes no more answers.")
            if type(answer) is not int or not 0 <= answer < len(one.counts):
                raise ForgerError("There is no such answer.")
            who = digest(visitor, one.salt)
            before = one.voters.get(who)
            if before is None and len(one.voters) >= self.most_voters:
                raise ForgerError(f"There is room for {self.most_voters:,} answers, and all of them are given.")
            if before is not None:
                one.counts[before] -= 1
            one.voters[who] = answer
            one.counts[answer] += 1

    def answer(self, visitor: str, asking: int) -> int | None:
        """What this visitor has answered, as long as the question of that number is open."""
        with self._lock:
            one = next((one for one in self._asked.values() if one.asking == asking), None)
            return one.voters.get(digest(visitor, one.salt)) if one and one.voters else None


BALLOT = Ballot()  # not in Streamlit's cache, which any visitor can have emptied
