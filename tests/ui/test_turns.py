import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from gan.errors import ForgerError
from ui.kept import Kept
from ui.turns import Place, Turns


class ByHand(Turns):
    """Nothing is served but by `step`."""

    def _serve(self):
        pass


class Left(Exception):
    pass


@pytest.fixture
def turns():
    return ByHand(Kept(10_000), most=40)


@pytest.fixture
def people():
    with ThreadPoolExecutor(40) as pool:
        yield pool


def steps(name, count, log):
    def work():
        for number in range(count):
            if number:
                yield
            log.append(name)
        return name

    return work


def in_line(turns, count):
    """Until so many jobs are in the line."""
    while sum(map(len, turns._line.values())) < count:
        threading.Event().wait(0.001)


def asked(turns, people, visitor, key, work, **more):
    before = sum(map(len, turns._line.values()))
    answer = people.submit(turns.ask, visitor, key, work, every=0.01, **more)
    in_line(turns, before + 1)
    return answer


def test_visitors_are_served_in_turn_so_that_long_work_holds_nobody_up(turns, people):
    log = []
    long = asked(turns, people, "ann", "long", steps("long", 4, log))
    short = [asked(turns, people, name, name, steps(name, 1, log)) for name in ("bob", "cid")]
    for _ in range(6):
        turns.step()
    assert log == ["long", "bob", "cid", "long", "long", "long"]
    assert [answer.result(10) for answer in (long, *short)] == ["long", "bob", "cid"]


def test_many_requests_of_one_visitor_are_one_place_in_the_line(turns, people):
    log = []
    for number in range(3):
        asked(turns, people, "ann", number, steps(f"ann {number}", 1, log))
    asked(turns, people, "bob", "bob", steps("bob", 1, log))
    for _ in range(4):
        turns.step()
    assert log == ["ann 0", "bob", "ann 1", "ann 2"]


def test_ten_different_among_thirty_are_worked_out_ten_times(turns, people):
    log = []
    answers = []
    for number in range(10):
        answers.append(asked(turns, people, f"visitor {number}", number, steps(number, 1, log)))
    others = [people.submit(turns.ask, f"other {n}", n % 10, steps(n % 10, 1, log)) for n in range(20)]
    while sum(job.waiting for job in turns._jobs.values()) < 30:
        threading.Event().wait(0.001)
    for _ in range(10):
        turns.step()
    assert sorted(log) == list(range(10))
    assert [answer.result(10) for answer in answers + others] == [*range(10), *range(10), *range(10)]
    assert turns.ask("late", 3, steps(3, 1, log)) == 3
    assert len(log) == 10


def test_what_is_not_to_be_kept_is_worked_out_anew(turns, people):
    log = []
    for _ in range(2):
        answer = asked(turns, people, "ann", "key", steps("a", 1, log), keep=False)
        turns.step()
        assert answer.result(10) == "a"
    assert log == ["a", "a"]


def test_who_waits_sees_how_many_come_first(turns, people):
    log, places = [], []
    seen = threading.Event()

    def look(place):
        places.append(place)
        seen.set()

    for name in ("ann", "bob"):
        asked(turns, people, name, name, steps(name, 1, log))
    asked(turns, people, "cid", "cid", steps("cid", 2, log), look=look)
    for expected in (Place(2, False), Place(1, False), Place(0, False), Place(0, True)):
        seen.clear()
        while places[-1:] != [expected]:
            assert seen.wait(10)
            seen.clear()
        turns.step()


def test_who_leaves_is_out_of_the_line(turns, people):
    log = []

    def look(place):
        raise Left

    gone = asked(turns, people, "ann", "ann", steps("ann", 1, log))
    with pytest.raises(Left):
        turns.ask("bob", "bob", steps("bob", 1, log), look=look, every=0.01)
    assert list(turns._line) == ["ann"]
    turns.step()
    assert gone.result(10) == "ann"
    assert log == ["ann"]
    assert not turns._jobs


def test_what_another_waits_for_stays(turns, people):
    log = []
    stays = asked(turns, people, "ann", "both", steps("both", 1, log))

    def look(place):
        raise Left

    with pytest.raises(Left):
        turns.ask("bob", "both", steps("both", 1, log), look=look, every=0.01)
    turns.step()
    assert stays.result(10) == "both"


def test_work_that_nobody_waits_for_any_more_ends_after_its_step(turns, people):
    log, closed = [], threading.Event()
    leave = threading.Event()

    def work():
        try:
            leave.set()
            yield outside
        finally:
            closed.set()

    def look(place):
        if leave.is_set():
            raise Left

    outside = Future()
    answer = asked(turns, people, "ann", "ann", work, look=look)
    turns.step()
    with pytest.raises(Left):
        answer.result(10)
    assert outside.cancelled()
    assert not turns._jobs
    asked(turns, people, "bob", "bob", steps("bob", 1, log))
    turns.step()
    assert log == ["bob"]
    del answer


def test_the_line_goes_on_while_a_job_waits_for_something_outside(turns, people):
    log, outside = [], Future()

    def work():
        log.append((yield outside))
        return "made"

    first = asked(turns, people, "ann", "ann", work)
    turns.step()
    asked(turns, people, "bob", "bob", steps("bob", 1, log))
    turns.step()
    outside.set_result("written")
    turns.step()
    assert first.result(10) == "made"
    assert log == ["bob", "written"]


def test_a_failure_is_told_to_all_who_wait_and_not_kept(turns, people):
    def work():
        raise ForgerError("No such walk.")
        yield

    answer = asked(turns, people, "ann", "key", work)
    turns.step()
    with pytest.raises(ForgerError, match="No such walk"):
        answer.result(10)
    log = []
    again = asked(turns, people, "ann", "key", steps("a", 1, log))
    turns.step()
    assert again.result(10) == "a"


def test_a_full_line_and_a_refusal_leave_no_trace(people):
    turns = ByHand(Kept(1000), most=1)

    def refuse():
        raise ForgerError("Too many.")

    with pytest.raises(ForgerError, match="Too many"):
        turns.ask("ann", "a", steps("a", 1, []), admit=refuse)
    waiting = asked(turns, people, "ann", "a", steps("a", 1, []))
    with pytest.raises(ForgerError, match=r"requests are waiting here already \(1\)"):
        turns.ask("bob", "b", steps("b", 1, []))
    turns.step()
    assert waiting.result(10) == "a"


def test_a_thread_of_its_own_serves():
    assert Turns(Kept(1000), most=1).ask("ann", "a", steps("a", 3, [])) == "a"
