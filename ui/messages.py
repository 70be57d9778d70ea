"""What went wrong or right, said to the visitor: also across the rerun that an action ends with."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from gan.data.store import cache_root
from gan.errors import ForgerError
from gan.paths import PROJECT, checkpoints_root, runs_root

LONGEST = 600  # characters of one message
_MARKS = re.compile(r"[\\`*_\[\]<~$&]|(?<!\w):(?=\w)|^[#>+=-]")
_NUMBERED = re.compile(r"^(\d{1,9})(?=[.)])")
_CODE = re.compile(r"(`[^`]+`)")  # means nothing but itself, and our own sentences have commands
# Streamlit makes links of these, escaped or not. A joiner, which nobody sees, keeps them words.
_LINKS = re.compile(r"(?=://)|(?<=www)(?=\.)|(?=@)", re.IGNORECASE)
_JOINER = "\u2060"
# What begins at the root of a disk. Between quotation marks all of it, spaces and all; else up to a space.
_ROOTED = r"(?:~[\w.-]*[\\/]|/(?=[^\s/])|[A-Za-z]:[\\/]|\\\\(?=\w))"
_QUOTED_PATHS = [re.compile(rf"(?<={begin}){_ROOTED}[^{end}\n]*(?={end})") for begin, end in ("“”", "''", '""')]
_BARE_PATH = re.compile(rf"(?<![\w/\\.:<)\]=]){_ROOTED}[^\s“”'\"<>|*?]*[^\s“”'\"<>|*?.,:;)\]}}…]")


def plain(text: str) -> str:
    """`text` for a place that takes Markdown, to be seen as it stands: what a visitor, an address or a file has to say
    becomes no picture, link, formula or heading of ours. What is very long is cut."""
    text = without_paths(text[: 4 * LONGEST])
    text = text if len(text) <= LONGEST else text[:LONGEST] + "…"
    parts = _CODE.split(" ".join(text.split()))
    parts[::2] = [_MARKS.sub(r"\\\g<0>", _LINKS.sub(_JOINER, part)) for part in parts[::2]]
    return _NUMBERED.sub(r"\1\\", "".join(parts))


def without_paths(text: str) -> str:
    """`text` without the places of this server, which only the command line shows: what lies in Forger's own folders
    is named from there, and of any other path its last part is left."""
    for root, name in _known_roots():
        text = re.sub(rf"{re.escape(root)}(?![\w-])", name, text)
    for quoted in _QUOTED_PATHS:
        text = quoted.sub(_last_part, text)
    return _BARE_PATH.sub(_last_part, text)


def _known_roots() -> list[tuple[str, str]]:
    """Each of Forger's folders, as it is called and where it really is, with a name; the longest first: some lie in
    others."""
    named = {"runs": runs_root(), "checkpoints": checkpoints_root(), "data": cache_root(), "forger": PROJECT}
    roots = {str(path): name for name, given in named.items() for path in (given.absolute(), given.resolve())}
    return sorted(roots.items(), key=lambda one: -len(one[0]))


def _last_part(path: re.Match[str]) -> str:
    parts = [part for part in re.split(r"[\\/]+", path[0]) if part.strip()]
    return parts[-1] if parts else ""


def complain(error: Exception) -> None:
    """What is wrong, in a box."""
    st.error(plain(str(error)), icon=":material/error:")


@contextmanager
def errors_shown() -> Iterator[None]:
    """Shows a ForgerError where it happens, instead of ending the page."""
    try:
        yield
    except ForgerError as error:
        complain(error)


def say_after_rerun(message: str, how: Callable[[str], object] = st.info, place: str = "top") -> None:
    """Keeps `message` for the next run of the page, where `show_kept` of the same place shows it."""
    st.session_state[f"_message-{place}"] = how, message


def show_kept(place: str = "top") -> None:
    """Shows what the last action had to say, once: what went wrong stands beside the button that caused it.

    Its place is there always, so that nothing below is built anew.
    """
    with st.container():
        how, message = st.session_state.pop(f"_message-{place}", (None, ""))
        if how:
            how(message)
