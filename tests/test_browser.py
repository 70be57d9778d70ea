"""The whole product in a real browser: train, watch, stop, resume, generate, interpolate."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="the browser test needs playwright")

BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)
pytestmark = pytest.mark.skipif(BROWSER is None, reason="the browser test needs Chromium or Chrome")
PROJECT = Path(__file__).parent.parent
PATIENCE = 90_000  # milliseconds; generous, because nothing here measures speed


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A server of its own, with runs, checkpoints and data of its own."""
    home = tmp_path_factory.mktemp("forger")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    places = {f"FORGER_{name}": str(home / name.lower()) for name in ("RUNS", "CHECKPOINTS", "DATA")}
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    log = (home / "server.log").open("wb")
    server = subprocess.Popen(command, cwd=PROJECT, env=os.environ | places, stdout=log, stderr=log)
    try:
        _wait_for(port, server, home / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
        log.close()
        for stop in (home / "runs").glob("*/status.json"):  # a failed test must not leave a trainer behind
            (stop.parent / "stop").touch()


def _wait_for(port, server, log):
    for _ in range(600):
        assert server.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not start")


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()


def _grids(page):
    """The images seen by the newest grid."""
    caption = page.locator(".st-key-newest").get_by_text(re.compile(r"^After [\d,]+ images$")).first
    return int(re.sub(r"\D", "", caption.inner_text()))


def _until(condition):
    deadline = time.monotonic() + PATIENCE / 1000
    while not condition():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.2)


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
    _until(lambda: _grids(page) > first)
    assert page.locator(".st-key-newest img").first.get_attribute("src") != picture

    # New points arrive in the same chart, and the slider stays where the viewer put it.
    chart = page.locator(".js-plotly-plot").first
    chart.evaluate("chart => { chart.seen = true }")
    points = chart.evaluate("chart => chart.data[0].x.length")
    slider = page.locator(".st-key-history input[type=range]")
    slider.press("ArrowRight")
    chosen = slider.input_value()
    assert float(chosen) > 0
    _until(lambda: chart.evaluate("chart => chart.data[0].x.length") > points)
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
    _until(lambda: _grids(page) > stopped_at)
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
    _until(lambda: pictures.count() == 2)
    assert [pictures.nth(0).get_attribute("src"), pictures.nth(1).get_attribute("src")] == [sources[2], sources[6]]

    # Two of them are picked, and a film plays between them.
    page.locator("figure button").nth(0).click()
    page.locator("figure button").nth(1).click()
    page.get_by_role("button", name="Walk between the 2 you picked").click()
    film = page.locator("video")
    film.wait_for()
    _until(lambda: film.evaluate("film => film.readyState >= 2 && film.currentTime > 0"))
    assert film.evaluate("film => film.videoWidth") >= 256
