"""Who owns this installation, where it is open to others: who came by the owner's link or knows the passphrase.

The link ends in a token that lies in a file beside the runs. Who shows it, or the passphrase, gets a session: a random
key that the browser keeps. The file has only the session's fingerprint, so that it outlives a restart, and ends where
its owner signs out.
"""

import hashlib
import hmac
import json
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

from gan import permits
from gan.errors import ForgerError
from gan.paths import locked, read_json, runs_root, write_atomically
from gan.permits import Permit

MOST_SESSIONS = 50
# After so many wrong tries each further one has to wait, twice as long every time, up to the longest.
FREE_TRIES, FREE_TRIES_OF_ALL, LONGEST_WAIT = 5, 100, 300.0
MOST_PLACES = 1000
_EVERYBODY = "*"


def token() -> str:
    """What the owner's link ends in; made when it is first asked for. Raises ForgerError where it cannot be kept."""
    with _lock():
        return str(_read()["token"])


def renew(permit: Permit) -> str:
    """Another token: the old link and all sessions end. Raises ForgerError where it cannot be kept."""
    permits.check(permit)
    with _lock():
        _write(fresh := _new())
        return str(fresh["token"])


def open_session(shown: str, passphrase: str = "") -> str | None:
    """The key of a new session for who shows the token, or the passphrase where there is one; None for others.

    Raises ForgerError where it cannot be kept.
    """
    with _lock():
        known = _read()
        right = _same(shown, str(known["token"]))
        if passphrase:
            right |= _same(shown, passphrase)
        if not right:
            return None
        session = secrets.token_urlsafe(32)
        _write(known | {"sessions": [*known["sessions"], _fingerprint(session)][-MOST_SESSIONS:]})
        return session


def is_open(session: str) -> bool:
    """Whether a session with this key was opened, and has not ended."""
    known = read_json(_path())
    if not isinstance(known, dict) or not isinstance(known.get("sessions"), list):
        return False
    mine = _fingerprint(session)
    return any(_same(mine, str(one)) for one in known["sessions"])


def close_session(session: str) -> None:
    """Ends a session, in every tab that has its key. Raises ForgerError where that cannot be kept."""
    with _lock():
        known, mine = _read(), _fingerprint(session)
        _write(known | {"sessions": [one for one in known["sessions"] if one != mine]})


def shows_pictures() -> bool:
    """Whether visitors may see the class's own pictures: not before the owner says so."""
    known = read_json(_path())
    return isinstance(known, dict) and known.get("shows_pictures") is True


def show_pictures(permit: Permit, shown: bool) -> None:
    """Lets visitors see the class's own pictures, or no longer. Raises ForgerError where that cannot be kept."""
    permits.check(permit)
    with _lock():
        _write(_read() | {"shows_pictures": shown})


class Attempts:
    """Wrong tries, which slow down guessing: a passphrase is shorter than a token. Threads may share it.

    They are counted by where they come from, so that a stranger's do not keep the owner waiting, and all together.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self.clock = clock
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()  # how many, and when the next may come
        self._lock = threading.Lock()

    def judge(self, place: str, attempt: Callable[[], str | None]) -> str | None:
        """What `attempt` gives to who comes from `place`; None is a wrong one. One after the other.

        Raises ForgerError, and tries nothing, while the next one has to wait.
        """
        with self._lock:
            wait = max(self._wrong.get(who, (0, 0.0))[1] for who in (place, _EVERYBODY)) - self.clock()
            if wait > 0:
                raise ForgerError(f"That was wrong too often. Try again in {math.ceil(wait)} s.")
            key = attempt()
            for who, free in ((place, FREE_TRIES), (_EVERYBODY, FREE_TRIES_OF_ALL)):
                wrong = self._wrong.pop(who, (0, 0.0))[0] + 1
                if key is None:
                    late = min(2.0 ** min(wrong - free, 30), LONGEST_WAIT) if wrong >= free else 0.0
                    self._wrong[who] = wrong, self.clock() + late
            while len(self._wrong) > MOST_PLACES:
                self._wrong.popitem(last=False)
            return key


def _path() -> Path:
    return runs_root() / ".owner.json"


def _lock() -> AbstractContextManager[None]:
    return locked(runs_root() / ".owner.lock", "The owner's link")


def _new() -> dict:
    return {"token": secrets.token_urlsafe(24), "sessions": []}


def _read() -> dict:
    """What is kept; made anew where there is nothing usable."""
    try:
        _path().read_bytes()
    except FileNotFoundError:
        pass
    except OSError as error:  # another token would end the link that somebody has written down
        raise ForgerError(f"“{_path()}” cannot be read: {error.strerror}.") from error
    known = read_json(_path())
    if isinstance(known, dict) and isinstance(known.get("token"), str) and known["token"]:
        sessions = known.get("sessions")
        return known | {"sessions": sessions if isinstance(sessions, list) else []}
    _write(fresh := _new())
    return fresh


def _write(known: dict) -> None:
    def write(path: Path) -> None:
        path.touch(mode=0o600)
        path.write_text(json.dumps(known))

    write_atomically(_path(), write)


def _same(shown: str, right: str) -> bool:
    return hmac.compare_digest(shown.encode(errors="replace"), right.encode(errors="replace"))


def _fingerprint(session: str) -> str:
    return hashlib.sha256(session.encode(errors="replace")).hexdigest()
