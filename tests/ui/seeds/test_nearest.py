"""The searches for nearest training pictures: one for each data set, and one at a time."""

import threading
import time

import pytest

from ui.seeds import nearest


@pytest.fixture
def opened(monkeypatch) -> list[str]:
    """The data sets that were described, none of which takes longer than a moment; two at once fail the search."""
    names, busy = [], threading.Lock()

    def open_album(source, resolution, features, progress, preparation, run):
        assert busy.acquire(blocking=False), "two at once"
        time.sleep(0.05)
        busy.release()
        names.append(source)
        return source

    monkeypatch.setattr(nearest, "choose_features", lambda: None)
    monkeypatch.setattr(nearest, "open_album", open_album)
    nearest._searches.clear()
    yield names
    nearest._searches.clear()


def test_several_data_sets_polled_in_turn_are_each_searched_once(opened):
    names = ["one", "two", "three"]
    searches = [nearest.search(name, 32) for name in names]
    assert [nearest.search(name, 32) for name in names] == searches
    for search in searches:
        search.thread.join()
    assert sorted(opened) == sorted(names)
    assert [nearest.search(name, 32).album for name in names] == names


def test_searches_take_turns(opened):
    searches = [nearest.Search(name, 32) for name in ("one", "two", "three")]
    for search in searches:
        search.thread.join()
    assert [search.error for search in searches] == ["", "", ""]
