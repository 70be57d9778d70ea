"""The whole product in a real browser: train, watch, stop, resume, generate, interpolate, redraw."""

import io
import re
from urllib.parse import urlencode, urlsplit

import pytest
from PIL import Image

from tests.browser.waiting import PATIENCE, until


@pytest.fixture(scope="module")
def address(browser, serve, tmp_path_factory, write_redrawing):
    """A server with a generator that makes pictures of drawings, and nothing else."""
    home = tmp_path_factory.mktemp("forger")
    write_redrawing(home / "checkpoints" / "sketches")
    with serve(home) as address:
        yield address


@pytest.mark.parametrize("path", ["", "generate", "interpolate", "redraw"])
def test_nothing_is_fetched_from_elsewhere(page, address, path):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/{path}")
    page.get_by_role("heading", level=1).wait_for()
    page.wait_for_load_state("networkidle")
    assert asked and not [url for url in asked if not url.startswith((address, "data:", "blob:"))]


def _grids(page):
    """The images seen by the newest grid."""
    caption = page.locator(".st-key-newest").get_by_text(re.compile(r"^After [\d,]+ images$")).first
    return int(re.sub(r"\D", "", caption.inner_text()))


def test_a_class_hour(page, browser, address):
    page.goto(address)
    page.get_by_role("button", name="Start training").click()
    page.get_by_role("button", name="Stop").wait_for()

    # A second browser sees the same run and cannot start another.
    other = browser.new_page()
    other.goto(address)
    other.get_by_text("quick-look").first.wait_for(timeout=PATIENCE)

    # Two grids, and they differ.
    first = _grids(page)
    picture = page.locator(".st-key-newest img").first.get_attribute("src")
    until(lambda: _grids(page) > first)
    assert page.locator(".st-key-newest img").first.get_attribute("src") != picture

    # New points arrive in the same chart, and the slider stays where the viewer put it.
    chart = page.locator(".js-plotly-plot").first
    chart.evaluate("chart => { chart.seen = true }")
    points = chart.evaluate("chart => chart.data[0].x.length")
    slider = page.locator(".st-key-history input[type=range]")
    slider.press("ArrowRight")
    chosen = slider.input_value()
    assert float(chosen) > 0
    until(lambda: chart.evaluate("chart => chart.data[0].x.length") > points)
    assert chart.evaluate("chart => chart.seen")
    assert slider.input_value() == chosen

    page.get_by_role("button", name="Stop").click()
    page.locator(".stMarkdownBadge", has_text="Stopped").wait_for()
    assert chart.evaluate("chart => chart.seen")  # a stop does not build the charts anew, so a zoom stays
    assert slider.input_value() == chosen
    other.locator(".stMarkdownBadge", has_text="Stopped").wait_for(timeout=PATIENCE)
    other.close()

    stopped_at = _grids(page)
    page.get_by_role("button", name="Resume").click()
    page.get_by_role("button", name="Stop").wait_for()
    until(lambda: _grids(page) > stopped_at)
    page.get_by_role("button", name="Stop").click()
    page.locator(".stMarkdownBadge", has_text="Stopped").wait_for()

    # The run's generator makes pictures, and the same link makes the same ones.
    page.get_by_role("link", name="Generate").click()
    page.get_by_role("heading", name="Ask the forger for pictures").wait_for()
    pictures = page.locator("figure img")
    pictures.nth(15).wait_for()
    sources = [pictures.nth(index).get_attribute("src") for index in range(16)]
    assert len(set(sources)) > 1
    page.goto(f"{address}/generate?model=run:quick-look&seeds=3,7")
    pictures.nth(1).wait_for()
    until(lambda: pictures.count() == 2)
    assert [pictures.nth(0).get_attribute("src"), pictures.nth(1).get_attribute("src")] == [sources[2], sources[6]]

    # Two of them are picked, and a film plays between them.
    page.locator("figure button").nth(0).click()
    page.locator("figure button").nth(1).click()
    page.get_by_role("button", name="Walk between the 2 you picked").click()
    film = page.locator("video")
    film.wait_for()
    until(lambda: film.evaluate("film => film.readyState >= 2 && film.currentTime > 0"))
    assert film.evaluate("film => film.videoWidth") >= 256


def _draw(page, *points):
    """One stroke on the sheet, through points from 0 to 1."""
    sheet = page.get_by_label("Sheet to draw on")
    sheet.scroll_into_view_if_needed()
    box = sheet.bounding_box()
    (x, y), *others = [(box["x"] + box["width"] * x, box["y"] + box["height"] * y) for x, y in points]
    page.mouse.move(x, y)
    page.mouse.down()
    for x, y in others:
        page.mouse.move(x, y, steps=5)
    page.mouse.up()


def _after(page):
    """The address of the picture that came out."""
    return page.locator('img[alt="what comes out"]').get_attribute("src")


def _another(page, before):
    """What comes out, once it is another."""
    until(lambda: _after(page) != before)
    return _after(page)


def test_what_a_hand_draws_or_brings_is_redrawn_at_once(page, address):
    page.goto(f"{address}/redraw")
    page.get_by_text("Your turn").wait_for()
    assert page.locator('img[alt="what comes out"]').count() == 0
    _draw(page, (0.3, 0.3))
    page.locator('img[alt="what comes out"]').wait_for()
    dot = _after(page)
    _draw(page, (0.3, 0.5), (0.3, 0.8), (0.7, 0.8), (0.7, 0.4))
    _another(page, dot)  # while the line is being drawn, perhaps
    page.get_by_role("button", name="Undo").click()
    until(lambda: _after(page) == dot)  # the same drawing, the same picture
    page.get_by_role("button", name="Redo").click()
    line = _another(page, dot)

    # The edge between the two pictures follows the mouse and the keys, and stays where it is while they change.
    edge = page.get_by_label("How much is shown of: what goes in")
    assert float(edge.input_value()) == 50
    source = page.locator('img[alt="what goes in"]')
    source.scroll_into_view_if_needed()
    box = source.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.8, box["y"] + box["height"] / 2)
    assert float(edge.input_value()) == pytest.approx(80, abs=1)
    edge.press("ArrowLeft")
    chosen = edge.input_value()
    assert float(chosen) == pytest.approx(78, abs=1)
    page.get_by_role("button", name="Undo").click()
    until(lambda: _after(page) == dot)
    page.get_by_role("button", name="Redo").click()
    until(lambda: _after(page) == line)
    assert edge.input_value() == chosen

    # A picture from a file: all of it, or the square that the frame says.
    page.get_by_text("Upload", exact=True).click()
    picture = Image.linear_gradient("L").convert("RGB").resize((120, 60))
    picture.paste((200, 30, 30), (10, 10, 50, 50))
    file = io.BytesIO()
    picture.save(file, "PNG")
    upload = {"name": "mine.png", "mimeType": "image/png", "buffer": file.getvalue()}
    page.locator("input[type=file]").set_input_files(upload)
    whole = _another(page, line)
    page.get_by_text("Square", exact=True).click()
    frame = page.get_by_label("Frame", exact=True)
    frame.wait_for()
    centre = _another(page, whole)
    frame.press("Shift+ArrowLeft")
    left = _another(page, centre)
    frame.press("Shift+ArrowRight")
    until(lambda: _after(page) == centre)
    page.get_by_role("button", name="Smaller frame").click()
    assert _another(page, centre) != left

    # The drawing is still there for who comes back to it.
    page.get_by_text("Draw", exact=True).click()
    until(lambda: _after(page) == line)


def test_two_first_visitors_of_a_cold_server_reach_the_pages_that_their_links_name(
    browser, serve, tmp_path, write_redrawing
):
    write_redrawing(tmp_path / "checkpoints" / "sketches")
    links = {"redraw": "Redraw a picture", "interpolate": "No forger has learned to draw yet"}
    with serve(tmp_path) as address:
        visitors = {link: browser.new_context().new_page() for link in links}
        try:
            for link, page in visitors.items():  # none waits until the other has seen anything
                page.goto(f"{address}/{link}", wait_until="commit")
            for link, page in visitors.items():
                page.get_by_text(links[link]).first.wait_for(timeout=PATIENCE)
                assert page.url == f"{address}/{link}"
                for name in ("Train", "Generate", "Interpolate", "Redraw"):
                    page.get_by_role("banner").get_by_role("link", name=name).wait_for(timeout=PATIENCE)
                until(lambda page=page, link=link: page.title() == f"{link.capitalize()} · Forger")
        finally:
            for page in visitors.values():
                page.context.close()


def test_what_an_address_asks_for_is_shown_as_text_and_fetches_nothing(page, address):
    name = "![x](http://a.bc) www.d.ef <b>g@h.ij $k$ :red[l]"
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/redraw?{urlencode({'redraw': name})}")
    box = page.get_by_role("alert")
    box.wait_for()
    assert f"“{name}”" in box.inner_text().replace("\u2060", "")
    assert box.locator("img, a, b, code, .katex").count() == 0
    assert "a.bc" not in {urlsplit(url).hostname for url in asked}
