"""Many who look on at once ask less often, and as before once they have gone."""

from ui import crowd
from ui.crowd import FEW, GONE_SECONDS, MANY, Crowd


def test_crowded_from_many_until_few():
    now = [0.0]
    crowd = Crowd(lambda: now[0])
    assert not any(crowd.note(str(number)) for number in range(MANY))
    assert crowd.note("one more")
    now[0] += GONE_SECONDS / 2
    assert all(crowd.note(str(number)) for number in range(FEW - 1))  # the others may only be slow
    now[0] += GONE_SECONDS / 2
    assert not crowd.note("0")  # the others have gone
    assert not any(crowd.note(str(number)) for number in range(MANY))


def test_a_class_that_draws_sends_less_often(monkeypatch):
    monkeypatch.setattr(crowd, "_drawing", Crowd())
    monkeypatch.setattr(crowd.roles, "is_owner", lambda: False)
    assert crowd.drawing_seconds() == crowd.DRAWING_SECONDS
    for number in range(MANY):
        crowd._drawing.note(str(number))
    assert crowd.drawing_seconds() == crowd.CROWDED_DRAWING_SECONDS
    assert crowd.seconds() == crowd.SECONDS  # nobody looks on
    monkeypatch.setattr(crowd.roles, "is_owner", lambda: True)
    assert crowd.drawing_seconds() == crowd.DRAWING_SECONDS


def test_one_who_looks_on_often_is_no_crowd():
    crowd = Crowd()
    assert not any(crowd.note("lecturer") for _ in range(10 * MANY))


def test_alone_until_another_comes_and_after_it_has_gone(monkeypatch):
    now = [0.0]
    watching = Crowd(lambda: now[0])
    monkeypatch.setattr(crowd, "_watching", watching)
    assert crowd.alone()
    watching.note("lecturer")
    assert crowd.alone()
    watching.note("student")
    assert watching.count() == 2 and not crowd.alone()
    now[0] += GONE_SECONDS
    watching.note("lecturer")
    assert crowd.alone()
