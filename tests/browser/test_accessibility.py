"""Every page, in the light and in the dark, by the rules of axe-core, which is inside axe-playwright-python."""

import shutil

import pytest

from gan import runs
from gan.learning.config import configure
from gan.learning.recipes import RECIPES
from gan.training import worker
from tests.browser.waiting import PATIENCE, until

# What Streamlit's own markup does, and we cannot mend: the rule, the element, and why.
STREAMLITS: list[tuple[str, str, str]] = []

# The page's address and what is on it once it is drawn.
PAGES = {
    "Train, before the first run": ("bare", "/", ".stMain img"),
    "Generate, before the first run": ("bare", "/generate", ".stMain h2"),
    "Train, a run": ("address", "/?run=demo", ".js-plotly-plot"),
    "Train, a run that redraws": ("address", "/?run=pairs", ".js-plotly-plot"),
    "Generate": ("address", "/generate?picked=1,2", ".pictures figure:nth-child(16) img"),
    "Interpolate": ("address", "/interpolate", ".pictures img[alt^='The picture of frame']"),
    "Redraw, the sheet": ("address", "/redraw", "canvas"),
    "Redraw, an example": ("address", "/redraw?bring=example", "img[alt='what comes out']"),
}
WIDTHS = {"light": 1280, "dark": 390}

# Findings as texts, without those that the list allows. Most elements of the components are in shadow roots.
FINDINGS = """async (allowed) => {
  const { violations } = await axe.run({ resultTypes: ["violations"], elementRef: true });
  const ours = (rule, element) => !allowed.some(([name, selector]) => name === rule && element.closest(selector));
  return violations
    .filter(({ impact }) => impact === "critical" || impact === "serious")
    .flatMap(({ id, nodes }) => nodes.filter(({ element }) => ours(id, element)).map(({ html, any, target }) =>
      `${id}: ${any[0]?.message ?? ""} ${html.slice(0, 300)} at ${target.flat().join(" ")}`));
}"""
STILL = """() => !document.querySelector("[data-stale=true], [data-testid=stStatusWidget], [data-testid=stSkeleton]")
  && document.getAnimations().every((one) => one.playState !== "running")"""


@pytest.fixture(scope="module")
def bare(browser, serve, tmp_path_factory):
    """A server with nothing to show."""
    with serve(tmp_path_factory.mktemp("bare")) as address:
        yield address


@pytest.fixture(scope="module")
def address(browser, serve, tmp_path_factory, config, _trained_folder, write_redrawing):
    """A server with two finished runs, one of which redraws, and a generator that makes pictures of drawings."""
    home = tmp_path_factory.mktemp("full")
    write_redrawing(home / "checkpoints" / "sketches")
    shutil.copytree(_trained_folder, home / "runs" / "demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORGER_RUNS", str(home / "runs"))
        patch.setenv("FORGER_DATA", str(home / "data"))
        pairs = configure(config, **RECIPES["redraw"].settings | {"width_g": 4, "width_d": 4, "measure_every": 0})
        worker.train(runs.create("pairs", pairs), 32, "cpu")
    with serve(home) as address:
        yield address


@pytest.fixture(params=PAGES)
def opened(request, browser):
    """A page with all that it folds away unfolded."""
    server, path, landmark = PAGES[request.param]
    page = browser.new_page(color_scheme="light", reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(request.getfixturevalue(server) + path)
    page.locator(landmark).first.wait_for()
    folded = page.locator(".stMain details:not([open]) > summary:visible")
    while folded.count():
        count = folded.count()
        folded.first.click()
        until(lambda count=count: folded.count() != count)
    yield page
    page.close()


def test_axe_finds_nothing_serious_in_our_markup_and_what_is_said_of_pictures_and_charts(opened):
    from axe_playwright_python.base import AXE_SCRIPT

    opened.evaluate(AXE_SCRIPT)
    background = opened.locator(".stApp")
    colours = set()
    for scheme, width in WIDTHS.items():
        opened.emulate_media(color_scheme=scheme)
        opened.set_viewport_size({"width": width, "height": 900})
        until(lambda scheme=scheme: background.evaluate("app => getComputedStyle(app).colorScheme") == scheme)
        opened.wait_for_function(STILL)
        colours.add(background.evaluate("app => getComputedStyle(app).backgroundColor"))
        assert opened.evaluate(FINDINGS, [[rule, selector] for rule, selector, _ in STREAMLITS]) == [], scheme
    assert len(colours) == 2
