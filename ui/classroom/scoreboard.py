"""How a class fares in a game: how many reached each score, in the server's memory, bounded, and nobody named.

A player counts once in each game, by the first score: kept for that is a digest with a salt of the game's own.
"""

import secrets
import threading
from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import partial

from ui.one_each import digest

MOST_PLAYERS, MOST_GAMES = 1_000, 64


@dataclass
class _Game:
    counts: list[int]
    turn: int = 0  # of the last player
    players: set[bytes] = field(default_factory=set)
    salt: bytes = field(default_factory=partial(secrets.token_bytes, 16))


class Scoreboard:
    """The scores 0 to `best` of all games that were played lately. Threads may share it.

    Of more than `most_games` the one with the fewest players is forgotten: so a single one who plays on and on pushes
    nobody's class out.
    """

    def __init__(self, best: int, most_players: int = MOST_PLAYERS, most_games: int = MOST_GAMES):
        self.best, self.most_players, self.most_games = best, most_players, most_games
        self._games: dict[Hashable, _Game] = {}
        self._turn = 0
        self._lock = threading.Lock()

    def enter(self, visitor: str, game: Hashable, score: int) -> bool:
        """Counts a player's score; returns whether it was the first in this game, which alone counts."""
        with self._lock:
            one = self._games.setdefault(game, _Game([0] * (self.best + 1)))
            who = digest(visitor, one.salt)
            if who in one.players or len(one.players) >= self.most_players:
                return False
            one.counts[score] += 1
            one.players.add(who)
            self._turn += 1
            one.turn = self._turn
            while len(self._games) > self.most_games:
                others = (other for other in self._games if other != game)
                del self._games[min(others, key=self._worth)]
            return True

    def _worth(self, game: Hashable) -> tuple[int, int]:
        return len(self._games[game].players), self._games[game].turn

    def counts(self, game: Hashable) -> tuple[int, ...]:
        """How many players reached each score from 0 on."""
        with self._lock:
            return tuple(self._games[game].counts) if game in self._games else (0,) * (self.best + 1)


def mean(counts: tuple[int, ...]) -> float:
    """The mean score of at least one player."""
    return sum(score * count for score, count in enumerate(counts)) / sum(counts)
