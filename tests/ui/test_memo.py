import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from ui.memo import Memo


def test_a_value_holds_for_a_while_and_is_then_made_anew():
    now, made = [0.0], []
    memo = Memo(lambda name: made.append(name) or len(made), 1, lambda: now[0])
    assert [memo("a"), memo("a"), memo("b")] == [1, 1, 2]
    now[0] = 1.5
    assert [memo("a"), memo("a")] == [3, 3]
    assert list(memo._entries) == [("a",)]  # what nobody asks for is not kept
    memo.clear()
    assert memo("a") == 4


def test_who_asks_meanwhile_waits_for_it_and_gets_the_same():
    begun, go_on, made = threading.Event(), threading.Event(), []

    def make():
        made.append(1)
        begun.set()
        go_on.wait()
        return object()

    memo = Memo(make, 1000)
    with ThreadPoolExecutor(5) as threads:
        asked = [threads.submit(memo) for _ in range(5)]
        begun.wait()
        go_on.set()
        assert len({one.result() for one in asked}) == 1 and made == [1]


def test_what_fails_is_tried_again():
    answers = iter([ValueError, None])

    def make():
        if error := next(answers):
            raise error
        return 1

    memo = Memo(make, 1000)
    with pytest.raises(ValueError):
        memo()
    assert memo() == 1


def test_at_the_end_of_its_time_it_is_there_for_all():
    """Streamlit's own cache raises KeyError here."""
    memo = Memo(lambda: 1, 1e-5)
    with ThreadPoolExecutor(8) as threads:
        assert all(threads.map(lambda _: memo() == 1, range(20_000)))
