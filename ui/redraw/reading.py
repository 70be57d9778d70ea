"""Visitors' pictures, read in turn: one that takes long keeps nobody else's waiting for long."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from gan.data import decoder
from gan.data.decoder import TooDear
from gan.data.incoming import Incoming, check_bytes
from gan.errors import ForgerError
from ui import asking
from ui.asking import Visitor
from ui.kept import Kept
from ui.turns import Steps

# Of the processor's time that a picture may take. Nearly all are read in it; for the rest a visitor may ask seldom.
QUICK_SECONDS = 0.5
# What one that took longer counts for: with three, a visitor's minute is over.
SLOW_COUNTS = 10

_pool = ThreadPoolExecutor(decoder.AT_ONCE, "reading")
_refused = Kept(2**20)  # the sentences, by the file's content: a page asks again whenever it is drawn


def read(data: bytes) -> Incoming:
    """What `gan.data.decoder` gives for a file.

    Raises ForgerError as it does, and for what is beyond a visitor's limits.
    """
    check_bytes(len(data), "This file")
    key = "read", hashlib.sha256(data).hexdigest()
    if sentence := _refused.get(key):
        raise ForgerError(sentence)
    me = asking.visitor()
    return asking.ask("redraw a picture", key, lambda: _steps(key, data, me), {"uploads": 1}, keep=False)


def _steps(key: tuple[str, str], data: bytes, me: Visitor) -> Steps:
    answer = yield _pool.submit(_try, data, QUICK_SECONDS)
    if isinstance(answer, TooDear):
        if me.limited:
            asking.LEDGER.spend(me.session, {"slow uploads": 1})
            with suppress(ForgerError):
                asking.LEDGER.spend(me.session, {"uploads": SLOW_COUNTS})
        answer = yield _pool.submit(_try, data, decoder.CPU_SECONDS - QUICK_SECONDS)
    if isinstance(answer, ForgerError):
        _refused.put(key, str(answer))
        raise answer
    return answer


def _try(data: bytes, seconds: float) -> Incoming | ForgerError:
    try:
        return decoder.read_strangers_picture(data, seconds)
    except ForgerError as error:
        return error
