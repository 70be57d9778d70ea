"""Whose answer it is, so that each counts once: a browser, by the mark that Streamlit gives to each, else a session.

A class behind one address is thirty browsers. Who wants to count twice can, by clearing cookies; reloading the page is
not enough. Nothing of it is kept: what counts answers holds a digest with a salt of its own, which goes with it.
"""

import hashlib
import re

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

COOKIE = "_streamlit_xsrf"  # where uploads are protected; in another site's frame there is none
_MASKED = re.compile(r"2\|([0-9a-f]{8})\|([0-9a-f]{8,64})\|\d+")


def visitor() -> str:
    """The browser of this session; where it has no mark, the session."""
    if mark := mark_of(str(st.context.cookies.get(COOKIE, ""))):
        return mark
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


def mark_of(cookie: str) -> str:
    """What stays the same of the cookie: each answer of the server masks it anew ("2|mask|masked|time")."""
    found = _MASKED.fullmatch(cookie.strip("\"'"))
    if not found:
        return ""
    mask, masked = map(bytes.fromhex, (found[1], found[2][: len(found[2]) // 2 * 2]))
    return bytes(byte ^ mask[place % len(mask)] for place, byte in enumerate(masked)).hex()


def digest(who: str, salt: bytes) -> bytes:
    """What stands for a visitor where answers are counted."""
    return hashlib.blake2b(who.encode(errors="replace"), key=salt, digest_size=16).digest()
