"""Who may do what: visitors look and play, the owner decides what is trained and kept.

On one's own machine everybody is the owner, and nothing has to be set up. Elsewhere the owner comes by a link or a
passphrase (`gan.ownership`, `ui.sign_in`), and everybody else is a visitor.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

import streamlit as st

from gan import ownership, permits
from gan.data.drawn import DRAWN
from gan.data.known import KNOWN
from gan.errors import ForgerError
from gan.paths import last_name
from gan.permits import Permit
from ui.messages import plain

COOKIE = "forger_owner"
KEY = "_owner"  # of the session's key, where it was signed in or out in this tab
# What a proxy adds. One that adds nothing makes its visitors look like this machine's own: docs/class.md.
FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Via")


class Who(StrEnum):
    VISITOR = "visitor"
    OWNER = "owner"


@dataclass(frozen=True)
class Action:
    """Who may do it, and which of `ui.limits.AMOUNTS` a visitor's requests are counted by."""

    who: Who
    counted: tuple[str, ...] = ()


# All that can be done on the pages; the words complete "Only the owner can ...".
ACTIONS: dict[str, Action] = {
    "look at trainings": Action(Who.VISITOR),
    "generate pictures": Action(Who.VISITOR, ("pictures", "pixels")),
    "walk between pictures": Action(Who.VISITOR, ("frames", "films", "pixels")),
    "play against the inspector": Action(Who.VISITOR, ("pictures", "pixels")),
    "find a picture": Action(Who.VISITOR, ("searches",)),
    "redraw a picture": Action(Who.VISITOR, ("redrawings", "uploads", "slow uploads")),
    "start a training": Action(Who.OWNER),
    "stop a training": Action(Who.OWNER),
    "pause and step a training": Action(Who.OWNER),
    "turn a training's knobs": Action(Who.OWNER),
    "resume a training": Action(Who.OWNER),
    "rename a run": Action(Who.OWNER),
    "delete a run": Action(Who.OWNER),
    "publish a generator": Action(Who.OWNER),
    "download a run's generator": Action(Who.OWNER),
    "upload a data set": Action(Who.OWNER),
    "fetch a data set": Action(Who.OWNER),
    "see damaged runs": Action(Who.OWNER),
    "make room on the disk": Action(Who.OWNER),
    "see the class's own pictures": Action(Who.OWNER),
    "show the class's own pictures": Action(Who.OWNER),
    "ask the class": Action(Who.OWNER),
}


def may(action: str) -> bool:
    """Whether the visitor of this session may do one of `ACTIONS`."""
    return ACTIONS[action].who == Who.VISITOR or is_owner()


def permit(action: str) -> Permit:
    """Leave to do `action` for the visitor of this session. Raises ForgerError where it is not theirs."""
    if not may(action):
        raise ForgerError(f"Only the owner can {action}.")
    place = f" at {st.context.ip_address}" if st.context.ip_address else ""
    return permits.issue(f"the page of its owner{place}")


def may_see(source: str) -> bool:
    """Whether pictures of a data set may be shown in this session: drawn and known ones to all; the class's own to the
    owner, and to visitors where the owner lets them."""
    return source in DRAWN or source in KNOWN or ownership.shows_pictures() or may("see the class's own pictures")


def source_name(source: str) -> str:
    """What a data set is called on a page, as Markdown; the class's own has no name for those who may not see it."""
    return plain(last_name(source)) if may_see(source) else "pictures of the class"


def is_owner() -> bool:
    """Whether this session is the owner's."""
    if is_local():
        return True
    key = session()
    return bool(key) and ownership.is_open(key)


def session() -> str:
    """The key of this session, from this tab or from the browser's cookie; "" for visitors."""
    return str(st.session_state.get(KEY, st.context.cookies.get(COOKIE, "")))


def is_local() -> bool:
    """Whether the browser runs on this machine, and asked for it by a name of its own.

    The address alone would not do: a foreign page can make a browser here ask (its Origin is foreign then), a foreign
    name can be made to mean this machine (the Host is foreign), and a proxy here asks for others.
    """
    headers = st.context.headers
    if not headers:  # no browser at all: a script that runs the page by itself
        return True
    return _from_here(headers, st.context.ip_address)


def owns(headers: Mapping[str, str], address: str | None, key: str) -> bool:
    """Whether a request beside the pages is the owner's: by its headers, where it came from, and the cookie."""
    address = None if address and _loopback(f"//[{address}]" if ":" in address else f"//{address}") else address
    return _from_here(headers, address) or bool(key and ownership.is_open(key))


def _from_here(headers: Mapping[str, str], address: str | None) -> bool:
    """`address` is None where that is this machine."""
    origin = headers.get("Origin")
    return (
        "SPACE_ID" not in os.environ
        and os.environ.get("FORGER_LOCAL_OWNER", "").lower() not in ("no", "0", "false", "off")
        and address is None
        and not any(name in headers for name in FORWARDED)
        and _loopback("//" + headers.get("Host", ""))
        and (origin is None or _loopback(origin))
    )


def _loopback(address: str) -> bool:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:  # brackets that do not match
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
