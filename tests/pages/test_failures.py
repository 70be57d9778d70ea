"""Failures on purpose on the Train page: begun, made of a copy, and cured; a visitor reads what goes on."""

import pytest
from streamlit.testing.v1 import AppTest

from gan import permits, runs
from gan.errors import ForgerError
from gan.paths import PROJECT
from gan.training import failures
from ui import roles

PERMIT = permits.issue("a test")


@pytest.fixture(autouse=True)
def no_estimate(monkeypatch) -> None:
    monkeypatch.setattr("ui.start.new_run._estimate", lambda *given: None)


@pytest.fixture
def started(monkeypatch) -> list[tuple[str, dict]]:
    """What was started, without a trainer."""
    taken: list[tuple[str, dict]] = []
    monkeypatch.setattr(runs, "resume", lambda permit, run, goal, device, turns: taken.append((run.name, dict(turns))))
    return taken


def page(run: str, unfolded: bool = True) -> AppTest:
    shown = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    shown.query_params["run"] = run
    shown.session_state["failures"] = unfolded
    shown.run()
    assert not shown.exception
    return shown


def press(shown: AppTest, label: str) -> AppTest:
    return next(one for one in shown.button if one.label == label).click().run()


def words(shown: AppTest) -> str:
    return "\n".join(one.value for one in [*shown.markdown, *shown.caption, *shown.warning])


def test_a_failure_says_what_to_expect_and_begins_as_a_run_of_its_own(trained_run, started):
    shown = page("demo")
    assert failures.FAILURES["too-strong"].expect in words(shown)
    press(shown, "Start: Inspector too strong")
    assert started == [("too-strong", {})]
    assert runs.find_run("too-strong").config.learning_rate_d == 2e-3


def test_a_copy_fails_beside_the_good_run_and_is_cured(trained_run, started):
    shown = page("demo")
    shown.button_group(key="failure").set_value("too-weak").run()
    press(shown, "Make it of a copy of demo")
    assert started == [("demo-too-weak", {"learning_rate_d": 1e-6})]
    copied = page("demo-too-weak", unfolded=False)
    assert failures.FAILURES["too-weak"].why in words(copied)
    assert "beside=demo" in words(copied)
    press(copied, "Cure it")
    assert started[1] == ("demo-too-weak", {"learning_rate_d": trained_run.config.learning_rate_d})


def test_what_cannot_be_started_is_said_beside_its_button(trained_run, monkeypatch):
    def refuse(*_, **__):
        raise ForgerError("there is no room")

    monkeypatch.setattr(runs, "resume", refuse)
    shown = page("demo")
    press(shown, "Start: Inspector too strong")
    assert "there is no room" in words(shown)
    assert [run.name for run in runs.list_runs()] == ["demo"]


def test_a_visitor_reads_why_it_fails_and_can_start_nothing(trained_run, started, monkeypatch):
    monkeypatch.setattr(roles, "is_local", lambda: False)
    failing = failures.spoil(PERMIT, "too-weak", trained_run).run
    shown = page(failing.name)
    assert failures.FAILURES["too-weak"].why in words(shown)
    assert not [one for one in shown.button if one.label.startswith(("Start", "Make", "Cure"))]
