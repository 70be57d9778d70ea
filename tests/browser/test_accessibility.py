"""Every page, in the light and in the dark, by the rules of axe-core, which is inside axe-playwright-python."""

import shutil
from dataclasses import dataclass

import pytest

from gan import runs
from gan.learning.config import configure
from gan.learning.recipes import RECIPES
from gan.training import worker
from tests.browser.waiting import PATIENCE, until


@dataclass(frozen=True)
class View:
    """A page as somebody sees it: `landmark` is there once it is drawn, and `named` are pictures that say so."""

    path: str
    landmark: str
    named: tuple[str, ...] = ()
    trained: bool = True
    unfold: bool = True


PAIRS = "Row by row: sources, forgeries by pairs after {} images, targets"
CHART = "Losses: who is struggling? Chart of loss over images seen (thousands). At 0.0"
VIEWS = {
    "Train, before the first run": View(
        "/", ".stMain img", ("Sheet of 24 real pictures from drawn-cats",), trained=False, unfold=False
    ),
    "Generate, before the first run": View("/generate", ".stMain h2", trained=False),
    "Train, a run": View(
        "/?run=demo",
        ".js-plotly-plot",
        ("Forgeries by demo after 40 images", "Forgeries by demo after 0 images", CHART),
    ),
    "Train, a run that redraws": View(
        "/?run=pairs", ".js-plotly-plot", (PAIRS.format(32), PAIRS.format(0), CHART), unfold=False
    ),
    "Generate": View("/generate?picked=1,2", ".pictures figure:nth-child(16) img", ("The picture of seed 16",)),
    "Interpolate": View(
        "/interpolate", "img[alt^='The picture of frame']", ("12 pictures evenly spaced along the walk",)
    ),
    "Redraw, the sheet": View("/redraw", "canvas", ("Sheet to draw on",)),
    "Redraw, an example": View(
        "/redraw?bring=example",
        "img[alt='what comes out']",
        ("what goes in", "its patches coloured by the inspector", "Sheet of the bottleneck's first maps"),
    ),
}
LOOKS = {"light": 1280, "dark": 390}

# What Streamlit's own markup does and we cannot mend: a rule, whose elements, and why. Nothing at present.
STREAMLITS: list[tuple[str, str, str]] = []

# Findings as texts, without those that the list allows. Most elements of our components are in shadow roots.
FINDINGS = """async (allowed) => {
  const { violations } = await axe.run({ resultTypes: ["violations"], elementRef: true });
  const ours = (rule, element) => !allowed.some(([name, selector]) => name === rule && element.closest(selector));
  return violations
    .filter(({ impact }) => impact === "critical" || impact === "serious")
    .flatMap(({ id, nodes }) => nodes.filter(({ element }) => ours(id, element)).map(({ html, any, target }) =>
      `${id}: ${any[0]?.message ?? ""} ${html.slice(0, 300)} at ${target.flat().join(" ")}`));
}"""
# Clicks on whatever is folded and says how much was: what is inside may be folded, too.
UNFOLD = """() => {
  const folded = document.querySelectorAll(".stMain details:not([open]) > summary");
  for (const summary of folded) if (summary.checkVisibility()) summary.click();
  return folded.length;
}"""
STILL = """() => !document.querySelector("[data-stale=true], [data-testid=stStatusWidget], [data-testid=stSkeleton]")
  && document.getAnimations().every((one) => one.playState !== "running")"""


@pytest.fixture(scope="module")
def home(tmp_path_factory, config, _trained_folder, write_redrawing):
    """Two finished runs, one of which redraws, and a generator that makes pictures of drawings."""
    home = tmp_path_factory.mktemp("forger")
    write_redrawing(home / "checkpoints" / "sketches")
    shutil.copytree(_trained_folder, home / "runs" / "demo")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORGER_RUNS", str(home / "runs"))
        patch.setenv("FORGER_DATA", str(home / "data"))
        pairs = configure(config, **RECIPES["redraw"].settings | {"width_g": 4, "width_d": 4, "measure_every": 0})
        worker.train(runs.create("pairs", pairs), 32, "cpu")
    return home


@pytest.fixture(scope="module")
def address(browser, serve, home):
    with serve(home) as address:
        yield address


@pytest.fixture(params=VIEWS)
def view(request, home):
    view = VIEWS[request.param]
    if view.trained:
        yield view
        return
    (home / "runs").rename(home / "away")
    yield view
    (home / "away").rename(home / "runs")


@pytest.fixture
def opened(browser, address, view):
    """The page of `view`."""
    page = browser.new_page(reduced_motion="reduce", viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    page.goto(address + view.path)
    page.locator(view.landmark).first.wait_for()
    if view.unfold:
        until(lambda: page.evaluate(UNFOLD) == 0)
    yield page
    page.close()


def test_a_page_can_be_read_in_the_light_and_in_the_dark_and_says_what_its_pictures_are(opened, view):
    engine = pytest.importorskip("axe_playwright_python.base", reason="axe-core is in axe-playwright-python")
    for name in view.named:
        opened.get_by_role("img", name=name).first.wait_for()
    levels = opened.locator("h1, h2, h3, h4, h5, h6").evaluate_all("all => all.map((one) => Number(one.tagName[1]))")
    assert levels == [1] + [2] * (len(levels) - 1)
    assert opened.title() == f"{view.path.split('?')[0].strip('/').capitalize() or 'Train'} · Forger"

    opened.evaluate(engine.AXE_SCRIPT)
    scheme_of = "app => getComputedStyle(app).colorScheme"
    for scheme, width in LOOKS.items():
        opened.emulate_media(color_scheme=scheme)
        opened.set_viewport_size({"width": width, "height": 900})
        until(lambda scheme=scheme: opened.locator(".stApp").evaluate(scheme_of) == scheme)
        opened.wait_for_function(STILL)
        assert opened.evaluate(FINDINGS, [[rule, whose] for rule, whose, _ in STREAMLITS]) == [], scheme
