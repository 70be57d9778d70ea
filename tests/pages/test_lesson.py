"""The lesson: its owner leads, visitors follow until they choose a step themselves."""

import pytest
from streamlit.testing.v1 import AppTest

from gan import runs
from gan.paths import PROJECT
from ui import roles
from ui.ballot import BALLOT
from ui.classroom import lesson
from ui.classroom.lesson_plan import STEPS


@pytest.fixture(autouse=True)
def nobody_leads(monkeypatch) -> None:
    monkeypatch.setattr(lesson._Place, "step", 0)
    BALLOT._asked.clear()


@pytest.fixture
def visitor(monkeypatch) -> None:
    monkeypatch.setattr(roles, "is_local", lambda: False)


def page(**query: str) -> AppTest:
    shown = AppTest.from_file(PROJECT / "app.py", default_timeout=60)
    for name, value in query.items():
        shown.query_params[name] = value
    shown.switch_page("pages/lesson.py").run()
    assert not shown.exception
    return shown


def words(shown: AppTest) -> str:
    return "\n".join(one.value for one in [*shown.markdown, *shown.caption, *shown.header])


def labels(shown: AppTest) -> set[str]:
    return {button.label for button in shown.button}


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_every_step_has_a_link_and_shows_its_idea_question_and_what_to_do(number, trained_run, shipped):
    step, shown = STEPS[number - 1], page(step=str(number))
    assert f"{number} · {step.title}" in words(shown)
    assert step.idea in words(shown)
    assert step.do in words(shown)
    assert step.why in words(shown)
    assert set(step.question.answers) <= labels(shown)
    assert "Ask the class" in labels(shown)


@pytest.mark.parametrize("number", range(1, len(STEPS) + 1))
def test_a_visitor_sees_what_the_lecturer_will_do_and_cannot_do_it(number, trained_run, shipped, visitor):
    step, shown = STEPS[number - 1], page(step=str(number))
    assert step.seen in words(shown)
    assert not [label for label in labels(shown) if label.startswith(("Start", "Ask", "Cure", "Pause"))]


@pytest.mark.parametrize("step", ["0", "99", "x", "", "1e9", "-1"])
def test_a_wrong_step_is_the_nearest_or_the_first(step, shipped):
    assert f"{8 if step == '99' else 1} · " in words(page(step=step))


def test_it_begins_on_a_machine_where_nothing_was_trained(shipped):
    assert "Nothing has been trained here yet." in words(page(step="2"))


def test_the_owner_starts_the_quick_look_right_there(shipped, monkeypatch):
    asked = []
    monkeypatch.setattr(runs, "start_new", lambda permit, name, config, images: asked.append((name, images)))
    shown = page(step="2")
    next(one for one in shown.button if one.label == "Start the quick look").click().run()
    assert asked == [("quick-look", 40_000)]


def test_a_visitor_follows_the_lecturer(shipped, visitor, monkeypatch):
    shown = page()
    assert STEPS[0].title in words(shown)
    monkeypatch.setattr(lesson._Place, "step", 8)
    shown.run()
    assert STEPS[7].title in words(shown)


def test_who_came_by_a_link_to_a_step_stays_there_until_they_join(shipped, visitor, monkeypatch):
    monkeypatch.setattr(lesson._Place, "step", 8)
    shown = page(step="1")
    assert STEPS[0].title in words(shown)
    assert "Your lecturer is at step 8." in words(shown)
    next(one for one in shown.button if one.label == "Go there").click().run()
    assert STEPS[7].title in words(shown)


def test_who_goes_on_alone_is_left_alone(shipped, visitor, monkeypatch):
    monkeypatch.setattr(lesson._Place, "step", 1)
    shown = page()
    next(one for one in shown.button if one.label.startswith("Next")).click().run()
    assert STEPS[1].title in words(shown)
    shown.run()
    assert STEPS[1].title in words(shown)
