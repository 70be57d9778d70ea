"""A real browser, where one is installed."""

import shutil

import pytest

from tests.browser.waiting import PATIENCE

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
BROWSER = next(filter(None, map(shutil.which, ("chromium", "google-chrome", "chromium-browser"))), None)


@pytest.fixture(scope="module")
def browser():
    playwright = pytest.importorskip("playwright.sync_api", reason="the browser tests need playwright")
    if BROWSER is None:
        pytest.skip("the browser tests need Chromium or Chrome")
    with playwright.sync_playwright() as driver:
        # For it forger.test is this machine, too: by that name it comes as from elsewhere.
        rules = "--host-resolver-rules=MAP forger.test 127.0.0.1"
        browser = driver.chromium.launch(executable_path=BROWSER, args=["--no-sandbox", rules])
        yield browser
        browser.close()


@pytest.fixture
def visit(browser):
    """Opens an address as another visitor, with a browser's window and cookies of their own."""
    contexts = []

    def open_page(address, **device):
        contexts.append(browser.new_context(**device))
        contexts[-1].set_default_timeout(PATIENCE)
        page = contexts[-1].new_page()
        page.goto(address)
        return page

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.set_default_timeout(PATIENCE)
    yield page
    page.close()
