"""All that only the owner may do, tried by a stranger who sends what the owner's own browser would send."""

import hashlib
import os
import shutil
from dataclasses import replace

import psutil
import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState

from gan import ownership, runs
from gan.data import open_pictures
from gan.runs.run import State
from tests.websocket.visitor import Page, Visitor
from ui.roles import ACTIONS, COOKIE, Who

# Where the owner does it, and what the page has for it: a kind of element, and words of it.
PLACES = {
    "start a training": ("run=demo", "button", "Start training"),
    "stop a training": ("run=live", "button", "Stop"),
    "pause and step a training": ("run=live", "button", "Pause"),
    "turn a training's knobs": ("run=live", "button", "Turn"),
    "resume a training": ("run=demo", "button", "Resume"),
    "rename a run": ("run=demo", "button", "Rename"),
    "delete a run": ("run=demo", "button", "Delete"),
    "publish a generator": ("run=demo", "button", "Add to checkpoints"),
    "download a run's generator": ("run=demo", "download_button", "Download (ZIP)"),
    "upload a data set": ("run=demo", "file_uploader", "a ZIP of them"),
    "fetch a data set": ("run=demo", "button", "I accept these terms"),
    "make room on the disk": ("run=demo", "button", "Delete from the disk"),
    "see damaged runs": ("run=demo", "alert", "broken"),
    "see the class's own pictures": ("run=demo&view=projector", "imgs", ""),
    "show the class's own pictures": ("run=demo", "checkbox", "Visitors see our own pictures"),
    "ask the class": ("", "button", "Ask the class"),
}
PAGES = {"ask the class": "lesson"}  # else Train
CHOICES = {"upload a data set": "your own pictures", "fetch a data set": "celeba"}
OWNERS = [action for action, one in ACTIONS.items() if one.who == Who.OWNER]


def test_every_action_has_its_place():
    assert set(PLACES) == set(OWNERS)


def _page_of(action: str) -> str:
    return PAGES.get(action, "train")


@pytest.fixture
def home(own_folders, trained_run, config):
    """What a class's server has: a run that is finished, one that trains, one that is broken, pictures of its own."""
    shutil.copytree(trained_run.folder, trained_run.folder.with_name("live"))
    live = runs.find_run("live")
    process = {"pid": os.getpid(), "process_started": psutil.Process().create_time()}
    live.write_status(replace(live.status(), state=State.TRAINING, **process))
    (own_folders / "runs" / "broken").mkdir()
    (own_folders / "runs" / "broken" / "config.json").write_text("{")
    open_pictures(config.data, config.resolution)
    return own_folders


def _state(name: str, field: str, value: object) -> WidgetState:
    state = WidgetState(id=name)
    setattr(state, field, value)
    return state


def _asked(visitor: Visitor, action: str) -> Page:
    """The page on which the owner does it, with what has to be chosen before."""
    query, name = PLACES[action][0], _page_of(action)
    page = visitor.run(name, query=query)
    if action in CHOICES:
        chosen = [one.id for one in page.of("selectbox") if one.label == "Pictures to learn from"]
        states = {name: _state(name, "string_value", CHOICES[action]) for name in chosen}
        page = visitor.run(name, states, query)
    assert not page.exceptions
    return page


def _found(page: Page, action: str) -> list:
    _, kind, words = PLACES[action]
    return [one for one in page.of(kind) if words in str(getattr(one, "label", "") or getattr(one, "body", ""))]


def _fingerprint(home) -> dict[str, str]:
    files = [path for path in home.rglob("*") if path.is_file() and path.name != "server.log"]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_stranger_can_do_nothing_of_what_is_the_owners(serve, home):
    with serve(home) as address:
        key = ownership.open_session(ownership.token())
        with Visitor(address, "forger.test", f"{COOKIE}={key}") as owner:
            pages = {action: _asked(owner, action) for action in OWNERS}
        before = _fingerprint(home)
        for action, page in pages.items():
            there = _found(page, action)
            with Visitor(address, "forger.test") as stranger:
                theirs = _asked(stranger, action)
                assert len(there) > len(_found(theirs, action)), action
                if action != "see the class's own pictures":
                    assert not _found(theirs, action), action
                # All that can be pressed or ticked on the owner's page, at once.
                pressed = {one.id: _state(one.id, "trigger_value", True) for one in page.of("button")}
                ticked = {one.id: _state(one.id, "bool_value", True) for one in page.of("checkbox")}
                query = PLACES[action][0]
                assert not stranger.run(_page_of(action), ticked, query).exceptions
                assert not stranger.run(_page_of(action), pressed | ticked, query).exceptions
            assert _fingerprint(home) == before, action
        assert not ownership.shows_pictures()
