"""A visitor's requests for what takes time: within limits, in turn, with the place in the line shown meanwhile."""

from collections.abc import Callable, Generator, Hashable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from ui import roles
from ui.kept import Kept
from ui.limits import MOST_WAITING, Ledger
from ui.turns import Place, Steps, Turns

Made = TypeVar("Made")

ROOM = 96 * 2**20  # bytes of results that are kept
TURNS = Turns(Kept(ROOM), MOST_WAITING)
LEDGER = Ledger()


@dataclass(frozen=True)
class Visitor:
    """Whoever asks: a session, and whether limits hold for it."""

    session: str
    limited: bool


_acting: ContextVar[Visitor | None] = ContextVar("acting", default=None)


def visitor() -> Visitor:
    """Who asks now: outside of a page's run and of `later`, somebody without a name."""
    context = get_script_run_ctx(suppress_warning=True)
    if (acting := _acting.get()) or context is None:
        return acting or Visitor("", limited=True)
    return Visitor(context.session_id, limited=not roles.is_owner())


def later(make: Callable[[], Made]) -> Callable[[], Made]:
    """What a download button calls when it is clicked, outside of the page's run: `make` in this visitor's name."""
    me = visitor()

    def made() -> Made:
        with _as(me):
            return make()

    return made


def ask(
    action: str,
    key: Hashable,
    work: Callable[[], Steps],
    costs: Mapping[str, int],
    keep: bool = True,
    look: Callable[[], None] = lambda: None,
) -> Any:
    """What `work` makes (see `ui.turns`), asked for by whoever looks at this page.

    `costs` are what `action`, one of `ui.roles.ACTIONS`, is limited by; `keep` is whether what is made is kept for
    others; `look` is called now and then meanwhile, and what it raises ends the waiting. Raises ForgerError for what is
    beyond the limits, and whatever `work` raises.
    """
    me = visitor()
    assert costs.keys() <= set(roles.ACTIONS[action].counted)

    def admit() -> None:
        if me.limited:
            LEDGER.spend(me.session, costs)

    with _place_shown() as show:

        def look_and_show(place: Place) -> None:
            look()
            show(place)

        return TURNS.ask(me.session, key, work, admit, look_and_show, keep=keep)


def words(place: Place) -> str:
    """A place in the line as a sentence."""
    if place.begun:
        return "Yours is being made" + (", in turn with others." if place.before else ".")
    if not place.before:
        return "You are next."
    return "One person is before you." if place.before == 1 else f"{place.before} people are before you."


@contextmanager
def _place_shown() -> Iterator[Callable[[Place], None]]:
    if get_script_run_ctx(suppress_warning=True) is None:  # a download: there is nowhere to show it
        yield lambda place: None
        return
    spot, shown = st.empty(), False

    def show(place: Place) -> None:
        nonlocal shown
        shown = True
        spot.caption(f":material/hourglass_top: {words(place)}")  # ends the waiting, too, of who has left the page

    yield show
    if shown:
        spot.empty()


@contextmanager
def _as(me: Visitor) -> Generator[None]:
    token = _acting.set(me)
    try:
        yield
    finally:
        _acting.reset(token)
