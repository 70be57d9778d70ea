"""The back button takes back one choice at a time, with all that the choice had changed."""

import pytest

from gan import generators
from gan.networks import new_generator
from tests.browser.waiting import until


@pytest.fixture(scope="module")
def address(browser, serve, tmp_path_factory, config):
    """A server with a generator for seeds, which has learned nothing."""
    home = tmp_path_factory.mktemp("forger")
    card = {"title": "Cats", "config": config.to_dict(), "images_seen": 300_000}
    generators.save_generator(home / "checkpoints" / "cats", new_generator(config), card)
    with serve(home) as address:
        yield address


def asked(page) -> dict[str, str]:
    """What the address asks for, without the generator."""
    query = page.evaluate("Object.fromEntries(new URLSearchParams(location.search))")
    return {name: value for name, value in query.items() if name != "model"}


def values(slider) -> list[str]:
    """Where a slider stands: two values while the page still shows the one before, too."""
    return slider.evaluate_all("sliders => sliders.map((slider) => slider.value)")


def test_back_to_the_second_part_of_more_seeds(page, address):
    page.goto(f"{address}/generate?model=cats&seeds=1-130")
    seeds, first = page.get_by_label("Seeds", exact=True), page.locator("figure figcaption span").first
    until(lambda: first.inner_text() == "1")
    page.get_by_role("button", name="Page 2").click()
    until(lambda: first.inner_text() == "65")
    until(lambda: asked(page) == {"seeds": "1-130", "page": "2"})
    seeds.fill("1-70")
    seeds.press("Enter")
    until(lambda: asked(page) == {"seeds": "1-70"})
    until(lambda: first.inner_text() == "1")
    page.go_back()
    until(lambda: asked(page) == {"seeds": "1-130", "page": "2"})
    until(lambda: seeds.input_value() == "1-130" and first.inner_text() == "65")
    page.go_back()
    until(lambda: first.inner_text() == "1")
    assert asked(page) == {"seeds": "1-130"}


def test_back_to_a_frame_of_a_shorter_walk(page, address):
    page.goto(f"{address}/interpolate?model=cats&stops=3,8")
    frame, frames = (page.locator(f".st-key-{key} input[type=range]") for key in ("frame", "frames"))
    until(lambda: values(frame) == ["25"])
    frame.press("ArrowRight")
    until(lambda: asked(page) == {"stops": "3,8", "frame": "26"})
    frames.press("ArrowRight")
    until(lambda: asked(page) == {"stops": "3,8", "frames": "108"})
    until(lambda: values(frame) == ["28"])
    page.go_back()
    until(lambda: asked(page) == {"stops": "3,8", "frame": "26"})
    until(lambda: (values(frames), values(frame)) == (["96"], ["26"]))
