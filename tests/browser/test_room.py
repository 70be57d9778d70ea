"""A room: the wall, the phones, and how they get there."""

import io
import re

import numpy as np
import pytest
import zxingcpp
from PIL import Image

from tests.browser.conftest import PHONE
from tests.browser.waiting import until


@pytest.fixture
def room(serve, trained_run, shipped, own_folders):
    """A server with a run and a generator, as others come to it, and as its owner does."""
    with serve(own_folders) as local:
        yield local.replace("127.0.0.1", "forger.test"), local


def test_the_projector_shows_a_run_on_one_screen(page, room):
    page.set_viewport_size({"width": 1280, "height": 720})
    page.goto(f"{room[1]}/train?run=demo")
    link = page.get_by_role("link", name="Show it")

    def is_offered() -> bool:
        """A page that still loads may fold it up again."""
        if not link.is_visible():
            page.get_by_role("button", name="Projector").click()
            page.wait_for_timeout(1000)
        return link.is_visible()

    until(is_offered)
    with page.expect_popup() as opened:
        link.click()
    page = opened.value
    page.set_viewport_size({"width": 1280, "height": 720})
    sheet = page.locator(".st-key-projector-forgeries img")
    sheet.wait_for()
    charts = page.locator(".st-key-projector figure .js-plotly-plot")
    until(lambda: charts.count() == 2)
    assert "view=projector" in page.evaluate("location.search")
    main = page.get_by_test_id("stMain")
    assert main.evaluate("main => main.scrollHeight <= main.clientHeight")
    for part in (sheet, charts.nth(0), charts.nth(1)):
        box = part.bounding_box()
        assert box["x"] >= 0 and box["y"] >= 0, box
        assert box["x"] + box["width"] <= 1280 and box["y"] + box["height"] <= 720, box
    assert sheet.bounding_box()["height"] > 550
    assert not page.get_by_role("heading", level=1).count()
    page.locator(".st-key-projector a").first.click()  # back
    page.get_by_role("heading", name="Watch a forger learn").wait_for()


def test_on_a_phone_every_page_is_one_tap_away(visit, room):
    phone = visit(room[0], **PHONE)
    phone.get_by_role("heading", name="Ask the forger for pictures").wait_for()  # nothing trains: there is this to do
    links = phone.locator(".st-key-pages a")
    for name, title in (
        ("Train", "Watch a forger learn"),
        ("Interpolate", "Walk between two pictures"),
        ("Redraw", "Redraw a picture"),
        ("Generate", "Ask the forger for pictures"),
    ):
        link = links.filter(has_text=name)
        box = link.bounding_box()
        assert box["height"] >= 44 and box["width"] >= 44 and box["y"] < 100
        link.tap()
        phone.get_by_role("heading", name=title).wait_for()
        until(lambda name=name: phone.evaluate("location.pathname") == f"/{name.lower()}")
        assert phone.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_code_on_the_wall_leads_here(visit, room):
    desk = visit(f"{room[0]}/generate?seeds=3,7", color_scheme="dark")
    desk.get_by_role("button", name="Link to this").click()
    code = desk.get_by_alt_text("QR code of this address")
    code.wait_for()
    wanted = re.compile(rf"{re.escape(room[0])}/generate\?model=cats&seeds=3,7&columns=8")

    def read():
        # The box over the page moves while pictures come in below it: a phone, too, looks more than once.
        picture = Image.open(io.BytesIO(code.screenshot()))
        return [found.text for found in zxingcpp.read_barcodes(np.asarray(picture.convert("RGB")))]

    until(lambda: [text for text in read() if wanted.fullmatch(text)])


def test_every_start_folds_the_form(page, serve, tmp_path):
    with serve(tmp_path) as address:
        page.goto(address)
        start, stop = (page.get_by_role("button", name=name) for name in ("Start training", "Stop"))
        form = page.get_by_text("Start a new training")
        for first in (True, False):
            if not first:
                until(lambda: form.count() == 1)
                form.click()
            start.click()
            stop.wait_for()
            until(lambda: not start.is_visible())
            page.locator(".st-key-newest img").first.wait_for()
            stop.click()
            page.locator(".stMarkdownBadge", has_text="Stopped").wait_for()
            assert not start.is_visible()
