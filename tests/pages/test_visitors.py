"""Every page as a stranger sees it: something to do everywhere, and no button that is the owner's."""

from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from gan import ownership, runs
from gan.errors import ForgerError
from gan.learning.config import configure
from gan.learning.recipes import RECIPES
from gan.paths import PROJECT, last_name, write_json
from tests.websocket.visitor import Visitor
from ui import roles, sign_in


@pytest.fixture
def stranger(monkeypatch):
    monkeypatch.setattr(roles, "is_local", lambda: False)
    # AppTest runs no page a second time that has a component; what this one does a real browser shows.
    monkeypatch.setattr("ui.sign_in.component", lambda *given: lambda **also: SimpleNamespace(token=None))


def _page(file="app.py", **query):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    return page if file == "app.py" else page.switch_page(file).run()


def _labels(page):
    return {button.label for button in page.button} | {field.label for field in [*page.text_input, *page.number_input]}


OWNERS = {"Start training", "Stop", "Resume", "Rename", "Delete", "Add to checkpoints", "Train on until (kimg)"}


@pytest.mark.parametrize("run", ["trained_run", "training_run"])
def test_a_stranger_watches_and_changes_nothing(stranger, request, run):
    request.getfixturevalue(run)
    page = _page(run="demo")
    assert not page.exception and not page.error
    assert not _labels(page) & OWNERS and not page.get("file_uploader")
    assert any("You are a visitor here" in caption.value for caption in page.caption)


@pytest.mark.parametrize("file", ["pages/generate.py", "pages/interpolate.py", "pages/redraw.py"])
def test_a_stranger_has_something_to_do(stranger, lively, file):
    page = _page(file)
    assert not page.exception and not page.error and not _labels(page) & OWNERS


@pytest.mark.parametrize("name", ["generate", "interpolate", "redraw"])
def test_where_there_is_no_generator_one_can_still_become_the_owner(serve, own_folders, name):
    with serve(own_folders) as address, Visitor(address, host="forger.test") as visitor:
        page = visitor.run(name)
    bodies = [one.body for one in page.of("markdown")]
    assert any("The owner of this app starts them" in body for body in bodies)  # no button that is not theirs
    assert not any("Train one now" in one.label for one in page.of("page_link"))
    assert any("You are a visitor here" in body for body in bodies) and not page.exceptions


@pytest.mark.parametrize("file", ["app.py", "pages/generate.py", "pages/interpolate.py", "pages/redraw.py"])
def test_no_page_writes_the_address_unasked(stranger, trained_run, lively, redrawing, file):
    """Else the owner's link loses its token before anybody has read it, and the token stays in the history."""
    assert not _page(file).query_params


def _last_line():
    from ui import sign_in

    sign_in.show()


def test_the_owner_by_session_has_all_buttons(stranger, training_run):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    page.session_state[roles.KEY] = ownership.open_session(ownership.token())
    page.run()
    assert {"Stop", "Start training", "Sign out"} <= _labels(page)


def test_the_owner_signs_out(stranger):
    line = AppTest.from_function(_last_line)
    line.session_state[roles.KEY] = key = ownership.open_session(ownership.token())
    line.run()
    line.button[0].click().run()
    assert "You are a visitor here" in line.caption[0].value and not ownership.is_open(key)


def test_the_passphrase_makes_the_owner(stranger, monkeypatch):
    line = AppTest.from_function(_last_line).run()
    assert not line.button  # there is none
    monkeypatch.setenv("FORGER_PASSPHRASE", "open sesame")
    monkeypatch.setattr(sign_in, "ATTEMPTS", ownership.Attempts())
    line = AppTest.from_function(_last_line)
    line.session_state["owner-form"] = True  # unfolded
    line.run()
    for guess in range(ownership.FREE_TRIES):
        line.text_input[0].set_value(f"open {guess}")
        line.button[0].click().run()
        assert line.error[0].value == "That is not the passphrase."
    st.cache_resource.clear()  # as any browser may have it done
    line.text_input[0].set_value("open sesame")
    line.button[0].click().run()
    assert "wrong too often" in line.error[0].value
    monkeypatch.setattr(sign_in, "ATTEMPTS", ownership.Attempts())
    line.text_input[0].set_value("open sesame")
    line.button[0].click().run()
    assert "You are the owner here" in line.caption[0].value


def test_whose_pictures_a_run_has_learned_from_is_not_said(stranger, trained_run):
    texts = [text.value for kind in ("markdown", "caption") for text in _page(run="demo").get(kind)]
    assert any("pictures of the class" in text for text in texts)
    assert not any(last_name(trained_run.config.data) in text for text in texts)


def test_a_button_that_outlived_its_owner_does_nothing(stranger, training_run):
    """As when the owner signs out in another tab while this one still shows Stop."""
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    page.session_state[roles.KEY] = key = ownership.open_session(ownership.token())
    page.run()
    ownership.close_session(key)
    page.button(key="stop-demo").click().run()
    assert not training_run.stop_path.exists() and not page.exception


@pytest.mark.parametrize("task", ["", "grey"])
def test_sheets_with_pictures_of_the_class_stay_with_it(stranger, trained_run, task):
    """Those of a run that redraws hold pictures of its data set."""
    if task:
        own = configure(trained_run.config, **RECIPES["redraw"].settings | {"task": task})
        write_json(trained_run.folder / "config.json", own.to_dict())
    page = _page(run="demo")
    kept_back = any("its owner's to show" in caption.value for caption in page.caption)
    assert kept_back == bool(task) and not page.exception


def test_stopping_names_who_stopped(training_run, monkeypatch):
    page = _page()
    page.button(key="stop-demo").click().run()
    assert training_run.stop_path.read_text().startswith("the page of its owner")
    with pytest.raises(TypeError):
        runs.request_stop(None, training_run)
    with pytest.raises(ForgerError):
        monkeypatch.setattr(roles, "is_local", lambda: False)
        roles.permit("stop a training")
