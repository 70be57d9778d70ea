"""You against the inspector: ten answers, then the truth and not before; the class's scores; and whose pictures."""

from dataclasses import replace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gan import ownership, permits
from gan.data import open_pictures
from gan.generators import find_generator, load_discriminator, load_generator
from gan.generators.folder import save_moment
from gan.quality.against import COUNT
from ui import roles
from ui.classroom import against, opponents
from ui.classroom.rounds import Ten
from ui.classroom.scoreboard import Scoreboard

PERMIT = permits.issue("a test")


@pytest.fixture(autouse=True)
def board(monkeypatch):
    opponents.everyone.clear()
    board = Scoreboard(COUNT)
    monkeypatch.setattr(against, "BOARD", board)
    return board


@pytest.fixture
def ready(trained_run, config):
    """The run `demo`, and its pictures prepared on this machine."""
    open_pictures(config.data, config.resolution)
    return trained_run


@pytest.fixture
def visitor(monkeypatch):
    monkeypatch.setattr(roles, "is_owner", lambda: False)
    monkeypatch.setattr(roles, "may_see", lambda source: True)


def _page():
    from ui.classroom import against

    against.show()


def _open(**query):
    page = AppTest.from_function(_page, default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception and not page.error
    return page


def _press(page, label):
    next(one for one in page.button if one.label == label).click()
    page.run()
    assert not page.exception and not page.error


def _html(page):
    return "".join(one.proto.body for one in page.get("html"))


def _play(page, calls):
    for call in calls:
        _press(page, "Real" if call else "Forged")


def _ten(**different):
    urls = [f"data:{number}" for number in range(COUNT)]
    real = np.array([True, False, False, True, True, False, True, False, False, True])
    return replace(Ten(urls, real, np.array([True] * 5 + [False] * 5), "mark", True), **different)


def test_a_game_from_start_to_end(visitor, ready, board):
    page = _open(round="3")
    assert "This is round 3." in page.markdown[0].value and "**demo** after 0.04 kimg" in page.markdown[0].value
    assert sum(1 for one in page.button if one.label in ("Real", "Forged")) == 0
    _press(page, "Start")
    pictures = []
    for place in range(COUNT):
        assert page.markdown[0].value == f"**Picture {place + 1} of 10**: real or forged?"
        body = _html(page)
        assert body.count("<img") == 1
        pictures.append(body.split('src="')[1].split('"')[0])
        _press(page, "Real")
    assert len(set(pictures)) == COUNT and len(set(map(len, pictures))) == 1  # nothing to be told by their lengths
    body = _html(page)
    assert body.count("<img") == COUNT and body.count("<strong>real</strong>") == 5
    assert all(picture in body for picture in pictures)
    assert "<strong>5</strong>You" in body and "The inspector" in body
    (played,) = board._games
    assert played[:3] == ("run:demo", 40, 3) and board.counts(played)[5] == 1
    _press(page, "Round 4")
    assert "Picture 1 of 10" in page.markdown[0].value and page.query_params["round"] == "4"


def test_the_same_round_is_the_same_ten_for_all(visitor, ready):
    first, second = _open(), _open()
    for page in (first, second):
        _press(page, "Start")
    assert _html(first) == _html(second)


def _sent(page):
    return [node.proto.SerializeToString() for node in page if getattr(node, "proto", None) is not None]


def test_what_is_sent_before_the_last_answer_does_not_depend_on_the_truth(visitor, ready, monkeypatch):
    told = []
    truth = _ten()
    for seen in (truth, replace(truth, real=~truth.real, called=None, unseen=False)):
        monkeypatch.setattr(against, "ten", lambda *asked, seen=seen: seen)
        page = _open()
        sent = [_sent(page)]
        _press(page, "Start")
        for place in range(COUNT):
            sent.append(_sent(page))
            assert not any(b"data:%d" % later in one for one in sent[-1] for later in range(place + 1, COUNT))
            _press(page, "Forged")
        told.append((sent, _html(page)))
    assert told[0][0] == told[1][0] and len(told[0][0][3]) > 5
    assert told[0][1] != told[1][1]


def test_a_second_try_does_not_count(visitor, ready, board, monkeypatch):
    monkeypatch.setattr(against, "ten", lambda *asked: _ten())
    page = _open()
    _press(page, "Start")
    _play(page, [False] * COUNT)
    _press(page, "Another opponent")
    _press(page, "Start")
    _play(page, _ten().real)
    assert "<strong>10</strong>You" in _html(page)
    assert any("counts your first score" in one.value for one in page.caption)
    (played,) = board._games
    assert sum(board.counts(played)) == 1 and board.counts(played)[5] == 1


def test_the_lecturers_screen_shows_the_class_and_no_truth(ready, board, monkeypatch):
    monkeypatch.setattr(against, "ten", lambda *asked: _ten())
    page = _open()
    assert any("Nobody has played" in one.value for one in page.caption) and "The inspector" not in _html(page)
    for player, score in enumerate((4, 8, 9)):
        board.enter(str(player), ("run:demo", 40, 1, "mark"), score)
    page.run()
    assert "<strong>7.0</strong>The class, 3 players" in _html(page)
    assert f"<strong>{int((_ten().called == _ten().real).sum())}</strong>The inspector" in _html(page)
    assert "<img" not in _html(page)


def test_a_visitor_sees_the_class_only_afterwards(visitor, ready, board, monkeypatch):
    monkeypatch.setattr(against, "ten", lambda *asked: _ten())
    board.enter("somebody", ("run:demo", 40, 1, "mark"), 8)
    page = _open()
    assert "The class" not in _html(page)
    _press(page, "Start")
    _play(page, [True] * COUNT)
    assert "<strong>6.5</strong>The class, 2 players" in _html(page)


def test_pictures_of_the_class_are_kept_back(ready, monkeypatch):
    monkeypatch.setattr(roles, "is_owner", lambda: False)
    page = _open()
    assert not page.button and "<img" not in _html(page)
    assert "their owner has not let them be shown" in page.markdown[0].value
    ownership.show_pictures(PERMIT, True)
    _press(page.run(), "Start")
    assert "<img" in _html(page)
    ownership.show_pictures(PERMIT, False)  # in the middle of a game
    page.run()
    assert "<img" not in _html(page) and not page.button
    assert page.info[0].value == "This generator cannot be played against any more."


def test_the_owner_plays_with_them(ready):
    page = _open()
    _press(page, "Start")
    assert "<img" in _html(page)


def test_photographs_that_are_not_here(shipped, monkeypatch):
    monkeypatch.setattr(against.shell, "page", lambda name: f"http://here/{name}")
    page = _open()
    assert not page.button
    assert "the generators here learned from are not on this machine" in page.markdown[0].value
    assert "Drawn cats are on every machine" in page.markdown[1].value


def test_a_visitor_of_a_machine_without_any(visitor):
    page = _open()
    assert "no forger yet" in page.markdown[0].value and "owner of this app" in page.markdown[1].value


def test_another_generator_under_the_same_name_ends_a_round(visitor, ready, monkeypatch):
    monkeypatch.setattr(against, "ten", lambda *asked: _ten())
    page = _open()
    _press(page, "Start")
    _press(page, "Real")
    monkeypatch.setattr(against, "ten", lambda *asked: _ten(mark="another"))
    page.run()
    assert "this round is over" in page.info[0].value and [one.label for one in page.button] == ["Start"]


def test_of_a_run_that_trains_only_moments_that_stay(visitor, training_run, config):
    open_pictures(config.data, config.resolution)
    assert not opponents.mine()  # it has kept none yet
    model = find_generator("run:demo")
    save_moment(model.folder, load_generator(model), load_discriminator(model), 20)
    opponents.everyone.clear()
    assert opponents.mine()["run:demo"].moments == (20,)


def test_an_inspector_that_was_not_kept(visitor, ready, monkeypatch):
    monkeypatch.setattr(against, "ten", lambda *asked: _ten(called=None))
    page = _open()
    _press(page, "Start")
    _play(page, [True] * COUNT)
    assert "The inspector" not in _html(page) and any("was not kept" in one.value for one in page.caption)


@pytest.mark.parametrize("number", ["0", "-3", "99999", "abc", "9" * 400, "nan"])
def test_rounds_that_are_none(visitor, ready, number):
    page = _open(round=number)
    assert 1 <= page.number_input[0].value <= 9_999
