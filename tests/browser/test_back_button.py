"""The back button takes back one choice at a time, with all that the choice had changed."""

import pytest

from gan import generators
from gan.networks import new_generator
from tests.browser.waiting import until


@pytest.fixture(scope="module")
def address(browser, serve, tmp_path_factory, config):
    """A server with two generators for seeds, which have learned nothing."""
    home = tmp_path_factory.mktemp("forger")
    card = {"title": "Cats", "config": config.to_dict(), "images_seen": 300_000}
    for name in ("cats", "dogs"):
        generators.save_generator(home / "checkpoints" / name, new_generator(config), card)
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


def test_back_and_forward_through_seeds_picks_and_generators(page, address):
    page.goto(f"{address}/generate?model=cats&seeds=1-4")
    seeds, pictures = page.get_by_label("Seeds", exact=True), page.locator("figure img")
    until(lambda: pictures.count() == 4)
    pictures.nth(1).click()
    until(lambda: asked(page) == {"seeds": "1-4", "picked": "2"})
    page.get_by_role("button", name="Redraw seed 2").or_(page.get_by_text("Redraw seed 2")).first.wait_for()
    pictures.nth(3).click()
    until(lambda: asked(page) == {"seeds": "1-4", "picked": "2,4"})
    page.get_by_role("button", name="Surprise me").click()  # one step, though it changes seeds and picks
    until(lambda: asked(page).keys() == {"seeds"} and asked(page)["seeds"] != "1-4")
    surprise = asked(page)
    walk = page.get_by_role("button", name="Walk between the 2 you picked")
    until(lambda: walk.count() == 0)
    page.go_back()
    until(lambda: asked(page) == {"seeds": "1-4", "picked": "2,4"} and seeds.input_value() == "1-4")
    walk.wait_for()
    page.go_back()
    until(lambda: asked(page) == {"seeds": "1-4", "picked": "2"})
    page.get_by_role("button", name="Redraw seed 2").wait_for()
    page.go_forward()
    walk.wait_for()
    page.go_forward()
    until(lambda: asked(page) == surprise and seeds.input_value() == surprise["seeds"])
    until(lambda: walk.count() == 0)

    model = page.get_by_role("combobox", name="Generator")
    model.click()
    page.get_by_role("option", name="dogs").click()
    until(lambda: "model=dogs" in page.evaluate("location.search"))
    page.go_back()
    until(lambda: "model=cats" in page.evaluate("location.search"))
    until(lambda: model.input_value() == "cats")
    assert asked(page) == surprise
