"""A question on the page: who sees what, while it waits, is open, closed and shown."""

import pytest
from streamlit.testing.v1 import AppTest

from gan import permits
from ui import crowd, polls, roles
from ui.ballot import Ballot, State
from ui.crowd import Crowd
from ui.polls import Question

PERMIT = permits.issue("a test")
QUESTION = Question("rate", "What comes of <b>twice</b> the rate?", ("better *ones*", "worse", "no change"), 1, "So.")


@pytest.fixture(autouse=True)
def ballot(monkeypatch):
    ballot = Ballot()
    monkeypatch.setattr(polls, "BALLOT", ballot)
    monkeypatch.setattr(crowd, "_watching", Crowd())
    return ballot


@pytest.fixture
def visitor(monkeypatch):
    monkeypatch.setattr(roles, "is_owner", lambda: False)


def _page():
    from tests.ui.test_polls import QUESTION
    from ui import polls

    polls.show(QUESTION)


def _banner():
    from ui import messages, polls

    messages.show_kept()
    polls.banner()


def _open():
    return AppTest.from_function(_page).run()


def _html(page):
    return "".join(one.proto.body for one in page.get("html"))


def _labels(page):
    return [one.label for one in page.button]


def _press(page, label):
    next(one for one in page.button if one.label == label).click()
    page.run()
    assert not page.exception


ANSWERS = [r"better \*ones\*", "worse", "no change"]


def test_the_owner_asks_closes_and_shows(ballot):
    page = _open()
    assert _labels(page) == [*ANSWERS, "Ask the class"]
    assert all(one.disabled for one in page.button[:3])
    assert "&lt;b&gt;twice" in _html(page)
    _press(page, "Ask the class")
    ballot.vote("somebody", 1, 0)
    page.run()
    assert _labels(page) == ["Close and show", "Close"]  # the bars, for the wall
    assert "1 · 100%" in _html(page)
    _press(page, "Close")
    assert "so it was" not in _html(page) and _labels(page) == ["Show the answer", "Ask again"]
    _press(page, "Show the answer")
    assert _html(page).count("so it was") == 1 and page.markdown[-1].value == "So."
    _press(page, "Ask again")
    assert ballot.open().total == 0


def test_alone_the_owner_predicts_too(ballot):
    page = _open()
    _press(page, "Ask the class")
    assert _labels(page) == [*ANSWERS, "Close and show", "Close"]
    _press(page, "worse")
    assert ballot.open().counts == (0, 1, 0)
    assert "your answer" in _html(page)
    _press(page, "Close and show")
    assert "your answer" in _html(page)


def test_a_visitor_predicts_before_the_bars(visitor, ballot):
    page = _open()
    assert _labels(page) == ANSWERS and all(one.disabled for one in page.button)
    assert [one.value for one in page.caption] == ["Your lecturer will ask."]
    ballot.ask(PERMIT, QUESTION)
    ballot.vote("somebody", 1, 2)
    page.run()
    assert _labels(page) == ANSWERS and 'class="bars' not in _html(page)
    _press(page, "worse")
    assert ballot.open().counts == (0, 1, 1)
    assert _labels(page) == ["Change my answer"] and "2 answers so far." in page.caption[0].value
    _press(page, "Change my answer")
    _press(page, "no change")
    assert ballot.open().counts == (0, 0, 2)
    ballot.close(PERMIT, 1, show=True)
    page.run()
    assert not page.button and "so it was" in _html(page) and page.markdown[-1].value == "So."


def test_what_turned_out_true_is_not_sent_before(visitor, ballot):
    ballot.ask(PERMIT, QUESTION)
    page = _open()
    _press(page, "worse")
    ballot.close(PERMIT, 1, show=False)
    page.run()
    assert "so it was" not in _html(page) and "class=right" not in _html(page)
    assert "So." not in [one.value for one in page.markdown]


def test_a_tap_that_comes_too_late(visitor, ballot):
    ballot.ask(PERMIT, QUESTION)
    page = _open()
    page.button[0].click()
    ballot.close(PERMIT, 1, show=True)
    page.run()
    assert page.warning[0].value == "This question takes no more answers."
    assert ballot.find("rate").total == 0


def test_a_button_that_outlived_its_owner_asks_nothing(ballot, monkeypatch):
    page = _open()
    page.button[-1].click()
    monkeypatch.setattr(roles, "is_owner", lambda: False)
    page.run()
    assert ballot.open() is None and page.warning[0].value == "Only the owner can ask the class."


def test_the_banner_is_there_while_it_is_needed(visitor, ballot, monkeypatch):
    monkeypatch.setattr("ui.shell.page", lambda name: "https://e.org")  # there are no pages here
    page = AppTest.from_function(_banner).run()
    assert not page.button and not page.markdown and not page.get("html")
    ballot.ask(PERMIT, QUESTION)
    page.run()
    assert _labels(page) == ANSWERS
    _press(page, "worse")
    assert ballot.open().counts == (0, 1, 0)
    assert not page.button and page.toast[0].value == "You expect: worse."
    ballot.close(PERMIT, 1, show=True)
    assert ballot.find("rate").state == State.SHOWN
    assert not page.run().button
