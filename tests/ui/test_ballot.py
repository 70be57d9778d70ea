"""A class's answers: counted once each, bounded, the owner's to open and close, and nobody kept."""

import threading

import pytest

from gan import permits
from gan.errors import ForgerError
from ui.ballot import Ballot, Question, State
from ui.one_each import mark_of

PERMIT = permits.issue("a test")
FIRST = Question("first", "What comes?", ("more", "less", "the same"), 1, "Because.")
SECOND = Question("second", "And then?", ("yes", "no"), None, "Nobody knows.")


@pytest.fixture
def ballot():
    ballot = Ballot()
    ballot.ask(PERMIT, FIRST)
    return ballot


def test_each_counts_once_and_may_change(ballot):
    for who, answer in (("a", 0), ("b", 0), ("a", 2), ("a", 2)):
        ballot.vote(who, 1, answer)
    assert ballot.find("first").counts == (1, 0, 1)
    assert [ballot.answer(who, 1) for who in "abc"] == [2, 0, None]


@pytest.mark.parametrize("answer", [-1, 3, 10**30, True, 1.0, "1", None, float("nan")])
def test_no_answer_that_there_is_not(ballot, answer):
    with pytest.raises(ForgerError, match="no such answer"):
        ballot.vote("a", 1, answer)
    assert ballot.find("first").total == 0


def test_a_closed_question_takes_none_and_knows_nobody(ballot):
    ballot.vote("a", 1, 0)
    ballot.close(PERMIT, 1, show=False)
    with pytest.raises(ForgerError, match="no more answers"):
        ballot.vote("b", 1, 0)
    kept = ballot._asked["first"]
    assert (ballot.find("first").state, kept.voters, kept.salt) == (State.CLOSED, {}, b"")
    ballot.close(PERMIT, 1, show=True)
    ballot.close(PERMIT, 1, show=False)  # what was told stays told
    assert ballot.find("first").state == State.SHOWN
    assert ballot.find("first").counts == (1, 0, 0)
    assert ballot.asking == 0


def test_what_the_owner_does_is_noticed(ballot):
    turns = [ballot.turn]
    for act in (
        lambda: ballot.close(PERMIT, 1, False),
        lambda: ballot.close(PERMIT, 1, True),
        lambda: ballot.ask(PERMIT, FIRST),
    ):
        act()
        turns.append(ballot.turn)
    assert len(set(turns)) == 4
    ballot.vote("a", 2, 0)
    assert ballot.turn == turns[-1]  # bars come with the next look


def test_asked_anew_it_begins_anew(ballot):
    ballot.vote("a", 1, 0)
    ballot.ask(PERMIT, FIRST)
    assert (ballot.find("first").counts, ballot.asking) == ((0, 0, 0), 2)
    with pytest.raises(ForgerError):
        ballot.vote("a", 1, 0)  # by a phone that still shows the first asking
    ballot.close(PERMIT, 1, show=True)  # so does another tab of the owner's
    assert ballot.open().asking == 2


def test_one_is_open_at_a_time(ballot):
    ballot.ask(PERMIT, SECOND)
    assert ballot.open().question == SECOND
    assert ballot.find("first").state == State.CLOSED


def test_room_is_bounded():
    ballot = Ballot(most_voters=2, most_kept=2)
    for key in ("a", "b", "c"):
        ballot.ask(PERMIT, Question(key, "", ("yes", "no"), 0, ""))
    assert ballot.find("a") is None and ballot.find("b")
    ballot.vote("a", 3, 0)
    ballot.vote("b", 3, 0)
    with pytest.raises(ForgerError, match="room for 2"):
        ballot.vote("c", 3, 0)
    ballot.vote("b", 3, 1)  # who is in may still change
    assert ballot.find("c").counts == (1, 1)


def test_a_hall_votes_at_once(ballot):
    def vote(number):
        for answer in (0, 1, number % 3):
            ballot.vote(str(number), 1, answer)

    threads = [threading.Thread(target=vote, args=(number,)) for number in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ballot.find("first").counts == (20, 20, 20)


@pytest.mark.parametrize("change", [lambda one: one.ask(None, FIRST), lambda one: one.close(None, 1, True)])
def test_changes_take_a_permit(ballot, change):
    with pytest.raises(TypeError):
        change(ballot)


@pytest.mark.parametrize(("answers", "right"), [(("one",), 0), (("a",) * 7, 0), (("a", "b"), 2), (("a", "b"), -1)])
def test_a_question_that_is_none(answers, right):
    with pytest.raises(ValueError):
        Question("a", "", answers, right, "")


def test_a_browsers_mark_outlasts_its_masks():
    """As Streamlit's own `generate_xsrf_token_string` masks it; what is no such cookie says nothing."""
    from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

    token = bytes(range(16))
    assert {mark_of(generate_xsrf_token_string(token, 5)) for _ in range(5)} == {token.hex()}
    assert mark_of(generate_xsrf_token_string()) != token.hex()
    assert [mark_of(cookie) for cookie in ("", "2|", "2|zz|00|1", "x" * 9999, "2|00000000||1")] == [""] * 5
