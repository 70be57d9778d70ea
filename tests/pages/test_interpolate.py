"""The Interpolate page: with no generator, with one, with links, and with stops of every kind."""

import io
import json

import av
import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan import generators
from gan.generators import sampling
from gan.latents.seeds import parse_seeds
from gan.paths import PROJECT
from ui import generated

NEWEST = 300_000  # images that the shipped generator has seen


def _page(**query):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.switch_page("pages/interpolate.py").run()
    assert not page.exception
    return page


def _stops(page):
    """The pictures beside the input; those to pick from are before them, the frame to look at is after them."""
    choice, stops, _ = (json.loads(part.proto.json) for part in page.get("bidi_component"))
    assert choice["pickable"]
    assert not stops["pickable"]
    return stops["seeds"]


def test_without_a_generator_it_explains_and_leads_to_training():
    page = _page()
    assert "Train one now" in [link.value for link in page.page_link]
    assert not page.error
    assert not page.get("video")


def test_a_first_visit_shows_a_film(shipped, asked):
    page = _page()
    film = page.get("video")[0].proto
    assert (film.loop, film.autoplay, film.muted) == (True, True, True)
    assert _stops(page) == [3, 8]
    assert asked == [generated.Walk((3, 8), NEWEST, 96, "spherical", True)]
    assert not page.query_params


def test_a_link_says_the_whole_walk(shipped, trained_run, asked):
    link = {"model": "run:demo", "stops": "3, 8, 21"}
    page = _page(**link, way="linear", frames="36", back="false", frame="5")
    assert page.selectbox(key="model").value == "run:demo"
    assert _stops(page) == [3, 8, 21]
    assert asked == [generated.Walk((3, 8, 21), 40, 36, "linear", False)]
    assert page.slider(key="frame").value == 5
    still = json.loads(page.get("bidi_component")[2].proto.json)
    assert (still["seeds"], still["stem"]) == ([5], "demo-3,8,21-frame")


def test_one_stop_is_too_few_and_the_last_walk_stays(shipped, asked):
    page = _page(stops="4,5", frames="36")
    page.text_input(key="stops").set_value("4").run()
    assert "at least 2 seeds" in page.error[0].value
    assert _stops(page) == [4, 5]
    assert {walk.stops for walk in asked} == {(4, 5)}


def test_a_link_with_an_impossible_way(shipped, asked):
    _page(way="crooked", frames="36")
    assert asked[0].mode == "spherical"


def test_too_many_stops_are_refused_in_words(shipped):
    page = _page(stops="1-17", frames="36")
    assert "more than 16 seeds" in page.error[0].value
    assert _stops(page) == [3, 8]


def test_a_walk_with_more_legs_than_frames_is_not_possible_to_ask_for(shipped, asked):
    page = _page(stops="1-16", frames="36")  # the most stops and the fewest frames there are
    assert asked == [generated.Walk(tuple(range(1, 17)), NEWEST, 36, "spherical", True)]
    assert page.get("video")


def test_surprise_me_walks_between_as_many_others(shipped):
    page = _page(stops="1-3", frames="36")
    next(button for button in page.button if button.label == "Surprise me").click().run()
    assert not page.exception
    stops = _stops(page)
    assert len(set(stops)) == 3
    assert stops != [1, 2, 3]
    assert parse_seeds(page.query_params["stops"]) == stops


def test_the_pictures_to_pick_from_are_those_made_on_generate(shipped):
    page = _page(frames="36")
    assert json.loads(page.get("bidi_component")[0].proto.json)["seeds"] == list(range(1, 25))
    page.switch_page("pages/generate.py").run()
    page.text_input(key="seeds").set_value("30-32").run()
    page.switch_page("pages/interpolate.py").run()
    assert not page.exception
    assert json.loads(page.get("bidi_component")[0].proto.json)["seeds"] == [30, 31, 32]


def test_the_generator_goes_along_from_page_to_page(shipped, trained_run):
    page = _page(frames="36")
    page.selectbox(key="model").select("run:demo").run()
    page.switch_page("pages/generate.py").run()
    assert page.selectbox(key="model").value == "run:demo"
    assert page.query_params["model"] == "run:demo"


def test_broken_weights_are_said_and_another_generator_can_be_chosen(shipped, trained_run):
    (shipped.folder / generators.WEIGHTS).write_bytes(b"not weights")
    page = _page(frames="36")
    assert "are broken" in page.error[0].value
    page.selectbox(key="model").select("run:demo").run()
    assert not page.error
    assert page.get("video")


def test_a_generator_deleted_before_its_frame_is_asked_for(shipped):
    shipped.folder.rename(shipped.folder.with_name("away"))
    with pytest.raises(generated.ForgerError, match="just been deleted"):
        generated.walk_frames(shipped, generated.Walk((1, 2), shipped.images_seen, 4, "linear", False))


def test_films_of_a_walk_hold_its_frames(lively):
    walk = generated.Walk((1, 2), lively.images_seen, 6, "linear", False)
    frames = generated.walk_frames(lively, walk)
    ends = sampling.sample(generators.load_generator(lively), lively.config, [1, 2])
    assert np.array_equal(frames[[0, -1]], ends)
    with av.open(io.BytesIO(generated.walk_film(lively, walk, ".mp4"))) as film:
        assert film.streams.video[0].frames == 6
    for suffix in (".gif", ".webp"):
        assert Image.open(io.BytesIO(generated.walk_film(lively, walk, suffix))).is_animated


def test_a_run_that_is_still_training_makes_films(training_run, asked):
    page = _page(model="run:demo")
    assert page.get("video")
    assert any("still learning" in caption.value for caption in page.caption)


def test_what_a_link_says_can_be_changed_on_the_page_and_the_address_follows(shipped, asked):
    page = _page(frames="240", back="true", frame="200")
    assert (page.slider(key="frames").value, page.slider(key="frame").value) == (240, 200)
    page.toggle(key="back").set_value(False).run()
    page.slider(key="frames").set_value(48).run()
    assert asked[-1] == generated.Walk((3, 8), NEWEST, 48, "spherical", False)
    assert not page.exception
    assert (page.query_params["frames"], page.query_params["back"]) == ("48", "false")
    # Of another walk, the frame to look at is chosen anew.
    assert page.slider(key="frame").value == 13
    assert "frame" not in page.query_params
    page.slider(key="frame").set_value(7).run()
    assert page.slider(key="frame").value == 7
    assert page.query_params["frame"] == "7"


@pytest.mark.parametrize("nonsense", ["", "many", "nan", "-5", "1e9", "37.5"])
def test_a_link_with_nonsense_shows_a_walk_all_the_same(shipped, asked, nonsense):
    page = _page(frames=nonsense, back=nonsense, frame=nonsense, way=nonsense)
    assert asked[-1].stops == (3, 8) and 36 <= asked[-1].frames <= 240
    assert not page.exception and not page.error


def test_the_length_of_a_walk_in_a_link_is_one_that_the_slider_has(shipped, asked):
    _page(frames="100")
    assert asked[-1].frames == 96
