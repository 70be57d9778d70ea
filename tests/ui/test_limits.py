import pytest

from gan.errors import ForgerError
from ui.limits import AMOUNTS, Ledger, Limit
from ui.roles import ACTIONS, Who


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def ledger(clock):
    return Ledger({"pictures": Limit(each=32, all=80), "pixels": Limit(each=1000, all=2000)}, clock)


def test_a_visitor_who_has_asked_for_too_much_is_told_when_to_come_again(ledger, clock):
    ledger.spend("ann", {"pictures": 20})
    clock.now += 20
    ledger.spend("ann", {"pictures": 12})
    with pytest.raises(ForgerError, match=r"asked for 32 pictures in this minute.*32. Try again in 40 s\.$"):
        ledger.spend("ann", {"pictures": 6})
    clock.now += 40
    ledger.spend("ann", {"pictures": 6})


def test_the_others_are_served_meanwhile_until_all_together_are_at_the_limit(ledger, clock):
    for visitor in ("ann", "bob"):
        ledger.spend(visitor, {"pictures": 30})
    clock.now += 1
    with pytest.raises(ForgerError, match=r"All visitors together .* Try again in 59 s\."):
        ledger.spend("cid", {"pictures": 3})


def test_who_asks_for_little_is_served_from_a_part_that_nobody_else_can_take(ledger):
    for tab in range(2):
        ledger.spend(f"tab {tab}", {"pictures": 30})
    for student in range(10):
        ledger.spend(f"student {student}", {"pictures": 2})
    with pytest.raises(ForgerError, match="All visitors together"):
        ledger.spend("student 11", {"pictures": 2})


def test_more_than_ever_fits_is_refused_without_a_time(ledger):
    with pytest.raises(ForgerError, match=r"33 pictures at once.*choose fewer"):
        ledger.spend("ann", {"pictures": 33})


def test_what_is_refused_is_not_noted(ledger):
    with pytest.raises(ForgerError):
        ledger.spend("ann", {"pictures": 32, "pixels": 1001})
    ledger.spend("ann", {"pictures": 32, "pixels": 1000})


def test_the_book_forgets_who_has_gone(ledger, clock):
    for number in range(25):
        ledger.spend(f"visitor {number}", {"pictures": 1})
    clock.now += 61
    ledger.spend("ann", {"pictures": 1})
    assert len(ledger._spent) == 2


def test_every_action_counts_something_that_has_a_limit():
    assert {one for about in ACTIONS.values() for one in about.counted} == set(AMOUNTS)
    assert not any(about.counted for about in ACTIONS.values() if about.who == Who.OWNER)
    assert all(limit.each < limit.all for limit in AMOUNTS.values())
