"""One lesson, played through at once by its owner on a projector's window and by a visitor on a phone."""

import pytest

from tests.browser.conftest import PHONE
from tests.browser.waiting import until
from ui.classroom.lesson_plan import STEPS

WALL = {"viewport": {"width": 1280, "height": 720}}


@pytest.fixture
def room(serve, shipped, own_folders):
    """The wall's page and a phone's, both at the lesson, on a server where nothing was trained yet."""
    with serve(own_folders) as local:
        yield local.replace("127.0.0.1", "forger.test"), local


def heading(page, number: int):
    return page.get_by_role("heading", name=f"{number} · {STEPS[number - 1].title}")


def only_one_enabled(button) -> bool:
    """Whether it can be pressed: while a page is being redrawn, what goes stands beside what comes for a moment."""
    return button.count() == 1 and button.is_enabled()


def test_a_lesson_is_led_on_the_wall_and_followed_on_a_phone(visit, room):
    phone, wall = visit(f"{room[0]}/lesson", **PHONE), visit(f"{room[1]}/lesson", **WALL)
    heading(wall, 1).wait_for()
    heading(phone, 1).wait_for()

    # Predict first: asked on the wall, answered with one tap, and shown on both.
    question = STEPS[0].question
    wall.get_by_role("button", name="Ask the class").click()
    answer = phone.get_by_role("button", name=question.answers[1])
    until(lambda: only_one_enabled(answer))
    assert answer.bounding_box()["height"] >= 44
    answer.tap()
    wall.get_by_text("1 answer so far").wait_for()
    wall.get_by_role("button", name="Close and show").click()
    for page in (wall, phone):
        page.get_by_text("so it was").wait_for()
        page.get_by_text(question.why[:40]).wait_for()

    # The phone goes where the wall goes, and has none of the owner's buttons.
    wall.get_by_role("button", name=f"Next: {STEPS[1].title}").click()
    heading(phone, 2).wait_for()
    assert "step=2" in wall.evaluate("location.search")
    start = wall.get_by_role("button", name="Start the quick look")
    until(lambda: only_one_enabled(start))
    assert not phone.get_by_role("button", name="Start the quick look").count()
    start.click()
    for page in (wall, phone):  # the run is seen on both, without a step to another page
        page.get_by_text("quick-look", exact=True).wait_for()
        page.get_by_alt_text("Forgeries by quick-look").first.wait_for()

    # One lesson at a time.
    wall.get_by_role("button", name="Page 4").click()
    heading(phone, 4).wait_for()
    wall.get_by_role("button", name="Pause").click()
    wall.get_by_role("button", name="Inspector only").click()
    for page in (wall, phone):
        page.get_by_text("only the inspector learned").wait_for()
    assert not phone.get_by_role("button", name="Go on").count()

    # A failure: the good run stops and is kept, the other begins, and its cure stands beside it.
    wall.get_by_role("button", name="Page 6").click()
    heading(phone, 6).wait_for()
    wall.get_by_role("button", name="Start: Inspector too weak").click()
    for page in (wall, phone):
        page.get_by_text("Made to fail:").wait_for()
    cure = wall.get_by_role("button", name="Cure it")
    cure.wait_for()
    assert not phone.get_by_role("button", name="Cure it").count()
    wall.locator(".stMarkdownBadge", has_text="Training").wait_for()
    cure.click()
    for page in (wall, phone):
        page.get_by_text("Cured: its knobs are turned back").wait_for()

    # Who chooses a step alone is left alone, and can come back.
    phone.get_by_role("button", name="Page 8").tap()
    heading(phone, 8).wait_for()
    phone.get_by_text("Your lecturer is at step 6.").wait_for()
    phone.get_by_role("button", name="Go there").tap()
    heading(phone, 6).wait_for()
    for page in (wall, phone):
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
