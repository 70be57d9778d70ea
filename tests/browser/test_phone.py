"""Drawing with a finger on a phone: the sheet and what comes out of it are both in sight, and nothing moves."""

import pytest

from tests.browser.waiting import PATIENCE, until

WIDTH, HEIGHT = 390, 844


@pytest.fixture
def phone(browser):
    context = browser.new_context(viewport={"width": WIDTH, "height": HEIGHT}, has_touch=True, is_mobile=True)
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    context.close()


def test_sheet_and_result_are_in_sight_and_stay_where_they_are_while_a_finger_draws(
    browser, serve, tmp_path, write_redrawing, phone
):
    write_redrawing(tmp_path / "checkpoints" / "sketches")
    with serve(tmp_path) as address:
        phone.goto(f"{address}/redraw")
        sheet, result = phone.get_by_label("Sheet to draw on"), phone.locator('img[alt="what comes out"]')
        phone.get_by_text("Your turn").wait_for()
        phone.wait_for_timeout(1000)  # until the page has settled
        sheet.scroll_into_view_if_needed()
        before = sheet.bounding_box()
        touches = phone.context.new_cdp_session(phone)

        def touch(kind: str, *points: tuple[float, float]) -> None:
            """A finger at places on the sheet, from 0 to 1."""
            for x, y in points:
                place = {"x": before["x"] + x * before["width"], "y": before["y"] + y * before["height"]}
                touches.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [place]})

        touch("touchStart", (0.3, 0.2))
        touch("touchMove", *((0.3, y / 50) for y in range(10, 45)))
        result.wait_for()
        touch("touchMove", *((x / 50, 0.9) for x in range(15, 40)))
        assert sheet.bounding_box() == before
        boxes = []  # while one picture takes another's place there is none
        until(lambda: boxes.append(result.bounding_box()) or boxes[-1] is not None)
        picture = boxes[-1]
        assert picture["y"] >= 0
        assert picture["y"] + picture["height"] <= before["y"]
        assert before["y"] + before["height"] <= HEIGHT
        assert picture["height"] > 140
        assert phone.evaluate("document.documentElement.scrollWidth") <= WIDTH
        touches.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        phone.wait_for_timeout(700)
        assert sheet.bounding_box() == before
