"""The owner's panel on Train: what is kept of data sets, and deleting it."""

import pytest
from streamlit.testing.v1 import AppTest

from gan import runs
from gan.data import open_pictures
from gan.data.uploads import keep_upload
from gan.learning.config import configure
from gan.paths import PROJECT
from gan.permits import issue
from gan.training.estimate import Measured
from tests.gan.data.test_uploads import pictures_zip
from tests.pages.test_train import PACE
from ui import roles


@pytest.fixture(autouse=True)
def known_speed(monkeypatch):
    monkeypatch.setattr("ui.start.measuring.measure_pace", lambda config, device, given_up: Measured(PACE, busy=False))
    monkeypatch.setattr("gan.training.estimate.drawing_seconds", lambda source, resolution: 0.0)


@pytest.fixture
def upload(config):
    path = keep_upload(issue("a test"), pictures_zip(16, 0), "a.zip")
    runs.create("mine", configure(config, data=str(path)))
    return path


def page() -> AppTest:
    shown = AppTest.from_file(PROJECT / "app.py", default_timeout=30).run()
    assert not shown.exception
    return shown


def button(shown: AppTest):
    return next(one for one in shown.button if one.label == "Delete from the disk")


def choose(shown: AppTest, name: str) -> AppTest:
    (chosen,) = (one for one in shown.multiselect if one.label == "What to delete")
    return chosen.select(name).run()


def test_what_is_kept_is_listed_without_the_folders_of_the_server(upload, own_folders):
    array = open_pictures(str(upload), 32).path.parent
    shown = page()
    (table,) = (one.value for one in shown.dataframe if "needed by" in one.value.columns)
    assert set(table["pictures"]) == {upload.name} and set(table["needed by"]) == {"mine"}
    assert sorted(table["what"]) == ["cached array, made again when needed", "upload"]
    assert button(shown).disabled
    shown = choose(shown, array.name)
    button(shown).click().run()
    assert not array.exists() and upload.exists()
    assert str(own_folders) not in table.to_string()


def test_an_upload_that_a_run_needs_goes_only_after_another_question(upload):
    shown = choose(page(), upload.name)
    assert any("is needed: mine could not be trained on" in one.value for one in shown.warning)
    assert button(shown).disabled
    shown.checkbox(key="room-sure").check().run()
    button(shown).click().run()
    assert not shown.exception and not upload.exists()


def test_a_visitor_sees_nothing_of_it(upload, monkeypatch):
    monkeypatch.setattr(roles, "is_owner", lambda: False)
    assert not [one for one in page().button if one.label == "Delete from the disk"]


def test_a_limit_that_is_none_is_said_and_the_page_stays(upload, monkeypatch):
    monkeypatch.setenv("FORGER_DATA_GB", "much")
    shown = page()
    assert any("must be a number of gigabytes" in one.value for one in shown.error)
