"""Predict first: the owner asks the class one of the prepared questions, phones answer with one tap, and bars show how.

What is asked, and how often each answer was given, lies in the server's memory: see `ui.ballot`.
"""

from collections.abc import Callable
from html import escape
from pathlib import Path

import streamlit as st

from gan.errors import ForgerError
from ui import bars, crowd, one_each, roles, shell
from ui.ballot import BALLOT, Poll, Question, State
from ui.messages import plain, say_after_rerun, show_kept

__all__ = ["Question", "asking", "banner", "show"]

ACTION = "ask the class"
IDLE_SECONDS = 3.0  # while nothing is asked
MINE, CHANGING = "_answers", "_changing"  # of this session: the answer by asking; which asking it answers anew


def asking() -> int:
    """The number of the question that is open, 0 where none is: a page that has `banner` is drawn anew when it
    changes."""
    return BALLOT.asking


def show(question: Question) -> None:
    """The question at its place: for the owner with what asks, closes and shows it; for all others with its answers to
    tap while it is open, and with how the class has answered once they have."""
    every, turn = _every(), BALLOT.turn
    with st.container(key=f"poll-{question.key}"):
        _style()
        if BALLOT.asking:
            st.fragment(_live, run_every=every)(question, every, turn)
        else:  # nothing moves: thirty phones that draw it again and again would take a core's time
            _draw(question)
            st.fragment(_watch, run_every=every)(every, turn)


def banner() -> None:
    """At the foot of another page's window, while something is asked that this visitor has not answered. It asks for
    nothing by itself: see `asking`."""
    with st.container(key="poll-banner"):
        poll = BALLOT.open()
        if poll is None or roles.may(ACTION) or _mine(poll) is not None:
            return
        _style()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(poll.question.text)}**", width="content")
            st.page_link(shell.page("lesson"), label="To the lesson")
        with st.container(horizontal=True):
            for place, answer in enumerate(poll.question.answers):
                st.button(plain(answer), key=f"banner-{poll.asking}-{place}", on_click=_vote, args=(poll, place, True))


def _every() -> float:
    seconds = crowd.seconds()  # always, so that it is known who is here when a question is asked
    return seconds if BALLOT.asking else IDLE_SECONDS


def _watch(every: float, turn: int) -> None:
    if _every() != every or BALLOT.turn != turn:
        st.rerun()  # the whole page, which alone can change how often it asks


def _live(question: Question, every: float, turn: int) -> None:
    _watch(every, turn)
    _draw(question)


def _draw(question: Question) -> None:
    poll = BALLOT.find(question.key)
    owner = roles.may(ACTION)
    st.html(f'<div class="question"><p>{escape(question.text)}</p></div>')
    with st.container():  # these are there always, so that nothing below is built anew
        _answers(question, poll, owner)
    with st.container():
        if poll and poll.state == State.SHOWN:
            st.markdown(question.why)
    show_kept(f"poll-{question.key}")
    with st.container(horizontal=True):
        if owner:
            _buttons(question, poll)


def _answers(question: Question, poll: Poll | None, owner: bool) -> None:
    if poll is None:
        _tiles(question, None)
        if not owner:
            st.caption("Your lecturer will ask.")
        return
    mine = _mine(poll)
    # Whoever has a class on the phones looks at the bars; alone one predicts, too.
    answers = not owner or (crowd.alone() and poll.total == (mine is not None))
    if poll.state == State.OPEN and answers and (mine is None or st.session_state.get(CHANGING) == poll.asking):
        _tiles(question, poll)
        st.caption("Tap what you expect. What the others expect comes after that.")
        return
    st.html(bars.rows(question.answers, poll.counts, question.right if poll.state == State.SHOWN else None, mine))
    with st.container(horizontal=True, vertical_alignment="center"):
        many = f"{poll.total} {'answer' if poll.total == 1 else 'answers'}"
        ends = {State.OPEN: " so far.", State.CLOSED: ". Now see what happens.", State.SHOWN: "."}
        st.caption(many + ends[poll.state], width="content")
        if poll.state == State.OPEN and mine is not None:
            st.button("Change my answer", key=f"change-{poll.asking}", type="tertiary", on_click=_change, args=(poll,))


def _tiles(question: Question, poll: Poll | None) -> None:
    """The answers to tap; grey where nothing is asked."""
    with st.container(key=f"answers-{question.key}", gap="small"):
        for place, answer in enumerate(question.answers):
            asking = poll.asking if poll else 0
            st.button(
                plain(answer), key=f"answer-{question.key}-{asking}-{place}", width="stretch", disabled=not poll,
                on_click=_vote, args=(poll, place),
            )  # fmt: skip


def _buttons(question: Question, poll: Poll | None) -> None:
    def button(label: str, act: Callable[[], None], primary: bool = False) -> None:
        kind = "primary" if primary else "secondary"
        key = f"{label.lower().replace(' ', '-')}-{question.key}"
        st.button(label, key=key, type=kind, on_click=_do, args=(question, act))  # type: ignore[arg-type]

    def ask() -> None:
        BALLOT.ask(roles.permit(ACTION), question)

    def close(show: bool) -> Callable[[], None]:
        assert poll
        return lambda: BALLOT.close(roles.permit(ACTION), poll.asking, show)

    if poll is None:
        button("Ask the class", ask, primary=True)
    elif poll.state == State.OPEN:
        button("Close and show", close(True), primary=True)
        button("Close", close(False))
    else:
        if poll.state == State.CLOSED:
            button("Show the answer", close(True), primary=True)
        button("Ask again", ask)


def _mine(poll: Poll) -> int | None:
    """What this visitor has answered: as the server knows while it is open, afterwards as this session does."""
    if poll.state == State.OPEN:
        return BALLOT.answer(one_each.visitor(), poll.asking)
    return st.session_state.get(MINE, {}).get(poll.asking)


def _vote(poll: Poll, place: int, elsewhere: bool = False) -> None:
    try:
        BALLOT.vote(one_each.visitor(), poll.asking, place)
    except ForgerError as error:  # closed just now
        say_after_rerun(plain(str(error)), st.warning, "top" if elsewhere else f"poll-{poll.question.key}")
        return
    st.session_state.setdefault(MINE, {})[poll.asking] = place
    st.session_state.pop(CHANGING, None)
    if elsewhere:
        say_after_rerun(f"You expect: {plain(poll.question.answers[place])}.", st.toast)


def _change(poll: Poll) -> None:
    st.session_state[CHANGING] = poll.asking


def _do(question: Question, act: Callable[[], None]) -> None:
    try:
        act()
    except ForgerError as error:  # signed out in another tab
        say_after_rerun(plain(str(error)), st.warning, f"poll-{question.key}")


def _style() -> None:
    st.html(Path(__file__).with_suffix(".css"))
