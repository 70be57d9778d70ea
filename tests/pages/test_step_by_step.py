"""A training step by step on the Train page, as its owner: pausing, stepping, what a lesson did, and the knobs."""

import io
import os
from dataclasses import replace

import numpy as np
import psutil
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan import runs
from gan.learning.knobs import Who
from gan.paths import PROJECT
from gan.pictures.files import jpeg_bytes
from gan.pictures.sheet import grid
from gan.runs.lesson import Lesson, keep_lesson
from gan.runs.requests import Do, Inbox, Request, note_turn
from gan.runs.run import Run, State
from ui import live
from ui.watch import step_by_step


@pytest.fixture
def run(trained_run) -> Run:
    """A run whose trainer is, so to speak, this process."""
    change(trained_run, State.TRAINING)
    return trained_run


def change(run: Run, state: State, message: str = "") -> None:
    process = {"pid": os.getpid(), "process_started": psutil.Process().create_time()}
    run.write_status(replace(run.status(), state=state, message=message, **process))
    live.view.clear()
    live.active_name.clear()


def keep(run: Run, **changes) -> None:
    numbers = {"forged_before": [-1.0, 0.5], "forged_after": [-2.0, -0.5], "real_before": [1.0], "real_after": [2.0]}
    fields = {"images_seen": run.status().images_seen, "who": Who.BOTH, "again": [0.25, 0.75]}
    lesson = Lesson(**numbers | fields | {"moved_d": 0.01, "moved_g": 0.002} | changes)
    pictures = np.zeros((4, run.config.resolution, run.config.resolution, 3), np.uint8)
    keep_lesson(run, lesson, jpeg_bytes(grid(pictures, 2)))


def page() -> AppTest:
    shown = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    shown.query_params["run"] = "demo"
    return shown.run()


def button(shown: AppTest, label: str):
    return next(one for one in shown.button if one.label == label)


def test_a_training_can_be_paused_and_then_taken_step_by_step(run):
    inbox = Inbox(run)
    button(page(), "Pause").click().run()
    assert inbox.new() == [Request(Do.PAUSE)]
    change(run, State.PAUSED)
    shown = page()
    assert not any(one.label == "Pause" for one in shown.button)
    for label, icon, request, help in step_by_step.BUTTONS:
        button(shown, label).click().run()
        assert inbox.new() == [request], (label, icon, help)


def test_a_pause_shows_what_the_last_step_did(run):
    change(run, State.PAUSED)
    keep(run)
    shown = page()
    text = "\n".join(one.value for one in shown.markdown)
    assert "both learned" in text
    assert "moved by 1.00% of their length, the forger's by 0.20%" in text
    assert "-0.25 before, **-1.25** from the inspector of now" in text
    assert "scores **+0.50**" in text
    html = "\n".join(one.proto.body for one in shown.get("html"))
    assert html.count("<figcaption>") == 4
    assert "-1.00 → -2.00" in html


def test_a_step_of_long_ago_is_not_shown_as_the_last(run):
    change(run, State.PAUSED)
    keep(run, images_seen=8)
    assert not any("The step that ended" in one.value for one in page().markdown)


def test_a_full_speed_training_shows_neither_steps_nor_lessons(run):
    keep(run)
    shown = page()
    assert not any("The step that ended" in one.value for one in shown.markdown)
    assert not any(one.label == "One step" for one in shown.button)


def test_a_training_that_cannot_be_asked_says_so_beside_the_button(run):
    shown = button(page(), "Pause").click().run()
    assert any("cannot be asked" in one.value for one in shown.warning)


def test_a_lesson_picture_that_is_broken_leaves_the_figures(run):
    change(run, State.PAUSED)
    keep(run)
    for content in (b"no picture", png()):
        (run.folder / "lesson.jpg").write_bytes(content)
        shown = page()
        assert not shown.exception
        assert any("The step that ended" in one.value for one in shown.markdown)


def png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (3, 3)).save(file, "PNG")
    return file.getvalue()


def test_turned_knobs_are_marked_on_the_charts(run):
    note_turn(run, 16, "learning_rate_g", 0.001)
    live.view.clear()
    _, figures = live.view("demo")
    first, second, *_ = figures
    assert first.marks == [(0.016, "learning rate g 0.001")]
    assert second.marks == [(0.016, "")]
    assert "At 0.016: learning rate g 0.001." in first.words
    assert runs.find_run("demo").config == run.config
