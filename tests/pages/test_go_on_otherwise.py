"""Resuming from the page Train with other pictures or another batch size."""

import os
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from gan import runs
from gan.learning.config import configure
from gan.paths import PROJECT
from gan.runs import changes
from gan.runs.run import State
from gan.training.estimate import Measured
from gan.training.pace import Pace
from gan.training.past import ON_THE_PAGE
from ui.watch import go_on_otherwise


@pytest.fixture(autouse=True)
def known_speed(monkeypatch):
    pace = Pace(start=0.0, image=0.005, grid=0.0, judged=0.0, checkpoint=0.0)
    monkeypatch.setattr("ui.start.measuring.measure_pace", lambda config, device, given_up: Measured(pace, busy=False))
    monkeypatch.setattr("gan.training.estimate.drawing_seconds", lambda source, resolution: 0.0)


@pytest.fixture
def commands(monkeypatch):
    """What would have been started."""
    found = []

    class Process:
        pid = os.getpid()

    monkeypatch.setattr(
        "gan.runs.start.subprocess.Popen", lambda command, **options: found.append(command) or Process()
    )
    return found


def refused(run):
    """The page of a run whose resume was refused: the form is open."""
    run.write_status(replace(run.status(), state=State.FAILED, message=f"They are others: “{ON_THE_PAGE}”."))
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    page.query_params["run"] = run.name
    page.run()
    assert not page.exception
    return page


def go(page):
    return page.button(key="otherwise-demo-go")


def test_where_a_resume_was_refused_it_says_what_changes_and_its_button_goes_on(trained_run, commands):
    page = refused(trained_run)
    assert any("stays studied" in one.value for one in page.markdown)
    page.radio(key="otherwise-demo-which").set_value(go_on_otherwise.SAME).run()
    assert go(page).disabled  # that is what Resume is for
    page.radio(key="otherwise-demo-which").set_value(go_on_otherwise.HERE).run()
    go(page).click().run()
    (command,) = commands
    assert command[command.index("--data") + 1] == trained_run.config.data
    assert "--batch-size" not in command


def test_other_pictures_and_another_batch_size(trained_run, commands):
    page = refused(trained_run)
    page.radio(key="otherwise-demo-which").set_value(go_on_otherwise.OTHERS).run()
    assert go(page).disabled  # nothing was uploaded
    page.selectbox(key="otherwise-demo-data").set_value("drawn-faces").run()
    page.number_input(key="otherwise-demo-batch-4").set_value(8).run()
    go(page).click().run()
    (command,) = commands
    assert command[command.index("--data") + 1] == "drawn-faces"
    assert command[command.index("--batch-size") + 1] == "8"


def test_a_place_that_is_gone_is_said_and_nothing_starts(trained_run, commands, tmp_path):
    changes.note_change(trained_run.folder, 40, "data", str(tmp_path / "gone"))
    page = refused(runs.find_run("demo"))
    assert page.radio(key="otherwise-demo-which").value == go_on_otherwise.OTHERS
    page.radio(key="otherwise-demo-which").set_value(go_on_otherwise.HERE).run()
    go(page).click().run()
    assert commands == []
    assert any("neither a folder" in one.value for one in page.error)


def test_what_was_changed_stands_beside_how_it_was_trained(trained_run):
    changes.note_change(trained_run.folder, 32, "batch_size", 8)
    changes.note_change(trained_run.folder, 40, changes.PICTURES, {"new": 2, "gone": 1})
    page = refused(trained_run)
    said = "Changed meanwhile: batch size 8 after 0.032 kimg; pictures: 2 new, 1 gone after 0.04 kimg."
    assert any(said in one.value.replace("\\", "") for one in page.caption)
    assert runs.find_run("demo").config == configure(trained_run.config, batch_size=8)
