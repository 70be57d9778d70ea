"""On Generate: moving along directions, and finding the latent of one's own picture; and walking from it."""

import io
import json

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan import generators
from gan.generators import inversion, sampling
from gan.generators.directions import directions_of
from gan.latents.moves import moved
from gan.latents.texts import read_latent, write_latent
from gan.paths import PROJECT
from gan.pictures.files import png_bytes
from ui import generated, roles
from ui.limits import Limit
from ui.messages import plain
from ui.seeds import moving

LATENT = write_latent(torch.tensor([1.0, -1, 0.5, 2, -0.5, 1, 0, 0.3]), "normal")
HOSTILE = ["nonsense", "z", "zAAAAAAAAAAA", "z" * 100_000, "z<script>x</x", "é" * 12, LATENT + "AAAA", LATENT[:-1]]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name, value in {"SEEDS": 20, "USUAL": 4, "FIRST_STEPS": 2, "STEPS": 4}.items():
        monkeypatch.setattr(inversion, name, value)


def _page(name="generate", **query):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=60)
    for key, value in query.items():
        page.query_params[key] = value
    page.switch_page(f"pages/{name}.py").run()
    assert not page.exception
    return page


def _button(page, label):
    return next(button for button in page.button if button.label.startswith(label))


def _open(page, key):
    page.session_state[key] = True
    page.run()
    assert not page.exception
    return page


@pytest.fixture
def drawn(monkeypatch):
    """What the directions' panel drew, last: before, moved, and the strip."""
    sheets = []
    pictures = moving._pictures

    def record(*given):
        sheets.append(pictures(*given))
        return sheets[-1]

    monkeypatch.setattr(moving, "_pictures", record)
    return sheets


def _expected(model, z, moves):
    generator = generators.load_generator(model)
    z = moved(z, directions_of(generator), moves, "normal")
    return sampling.generate(generator, z)[0]


def test_both_are_folded_and_nothing_is_worked_out_before_somebody_looks(lively, monkeypatch):
    monkeypatch.setattr(moving, "_pictures", lambda *given: pytest.fail("drawn"))
    page = _page()
    assert {one.label for one in page.expander} >= {"Move along directions", "Find my picture"}
    assert [slider.key for slider in page.slider] == ["columns"]
    assert not page.get("file_uploader")
    assert not page.query_params


def test_a_link_shows_the_moved_picture(lively, drawn):
    page = _page(seeds="5,7", moving="7", moved="1:1.5,3:-2")
    assert not page.error
    assert [page.slider(key=f"direction-{n}").value for n in range(1, 7)] == [1.5, 0, -2, 0, 0, 0]
    z = sampling.seed_latents(lively.config, [7])
    assert np.array_equal(drawn[-1][0], _expected(lively, z, {}))
    assert np.array_equal(drawn[-1][1], _expected(lively, z, {1: 1.5, 3: -2.0}))
    assert np.array_equal(drawn[-1][-1], _expected(lively, z, {1: 1.5, 3: 3.0}))  # the strip of the strongest move
    assert not np.array_equal(drawn[-1][0], drawn[-1][1])


def test_moving_a_slider_is_written_into_the_address_and_all_go_back(lively, drawn):
    page = _open(_page(seeds="5,7"), "directions")
    assert np.array_equal(drawn[-1][0], drawn[-1][1])
    page.slider(key="direction-2").set_value(-1.25).run()
    assert page.query_params["moved"] == "2:-1.25"
    z = sampling.seed_latents(lively.config, [5])
    assert np.array_equal(drawn[-1][1], _expected(lively, z, {2: -1.25}))
    assert np.array_equal(drawn[-1][2], _expected(lively, z, {2: -3.0}))
    _button(page, "All back to 0").click().run()
    assert "moved" not in page.query_params
    assert np.array_equal(drawn[-1][0], drawn[-1][1])


@pytest.mark.parametrize("text", ["1:nan", "9:1", "1:1e99", "x", "1:1,1:2", "1:" + "9" * 10_000])
def test_hostile_moves_in_the_address_are_explained_and_move_nothing(lively, drawn, text):
    page = _page(moved=text)
    assert len(page.error) == 1
    assert np.array_equal(drawn[-1][0], drawn[-1][1])
    page.slider(key="direction-1").set_value(1.0).run()
    assert not page.error
    assert page.query_params["moved"] == "1:1"


@pytest.mark.parametrize("sent", [float("nan"), float("inf"), 1e300, -4.0])
def test_what_no_slider_can_say_moves_no_further_than_one(lively, drawn, sent):
    page = _open(_page(seeds="5,7"), "directions")
    page.session_state["direction-1"] = sent
    page.run()
    assert not page.exception
    value = page.slider(key="direction-1").value
    assert -3 <= value <= 3
    z = sampling.seed_latents(lively.config, [5])
    assert np.array_equal(drawn[-1][1], _expected(lively, z, {1: value}))


def test_the_link_says_what_is_moved_and_how_far(lively):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=60)
    page.context = {"url": "https://forger.example/generate"}
    for key, value in {"seeds": "5,7", "moving": "7", "moved": "3:-2,1:1.5"}.items():
        page.query_params[key] = value
    page.switch_page("pages/generate.py").run()
    expected = "https://forger.example/generate?model=cats&seeds=7&moving=7&moved=1:1.5,3:-2"
    assert expected in [code.value for code in page.code]


def test_a_seed_that_is_no_longer_shown_gives_way_to_one_that_is(lively, drawn):
    page = _page(seeds="5,7", moving="7", moved="1:1")
    page.text_input(key="seeds").set_value("9").run()
    assert page.selectbox(key="moving").value == "9"
    assert not page.exception


@pytest.mark.parametrize(
    ("given", "labels"),
    [
        (["lighter", None, "*<b>"], ["lighter", "Direction 2", plain("*<b>")]),
        ("lighter", ["Direction 1", "Direction 2", "Direction 3"]),
        ([1, {"a": 2}, " "], ["Direction 1", "Direction 2", "Direction 3"]),
    ],
)
def test_directions_are_called_as_the_card_calls_them(lively, given, labels):
    generators.save_generator(lively.folder, generators.load_generator(lively), lively.card | {"directions": given})
    page = _open(_page(), "directions")
    assert [page.slider(key=f"direction-{n}").label for n in (1, 2, 3)] == labels


def _bring(page, content):
    page.get("file_uploader")[0].set_value(("mine.png", content, "image/png")).run()
    assert not page.exception
    return page


def test_the_latent_of_ones_own_picture_is_found_and_stands_in_the_address(lively, pictures):
    page = _bring(_open(_page(seeds="5,7"), "finding"), png_bytes(pictures[0]))
    assert "latent" not in page.query_params  # only when asked for
    _button(page, "Find it").click().run()
    assert not page.exception and not page.error
    text = page.query_params["latent"]
    text = text[0] if isinstance(text, list) else text
    assert read_latent(text, 8, "normal").isfinite().all()
    said = " ".join(part.value for part in page.markdown)
    assert "of the distance between your picture and an ordinary one" in said
    assert "can only draw what it has learned" in said
    assert page.get("html")[-1].proto.body.count("<figure>") == 3


def test_the_found_latent_can_be_moved_and_walked_from(lively, drawn):
    page = _page(seeds="5,7", latent=LATENT, moving="found", moved="1:2")
    z = read_latent(LATENT, 8, "normal")[None]
    assert np.array_equal(drawn[-1][0], sampling.generate(generators.load_generator(lively), z)[0])
    assert np.array_equal(drawn[-1][1], _expected(lively, z, {1: 2.0}))
    assert page.number_input(key="walk-to").value == 5
    assert _button(page, "Walk there")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_broken_latent_in_the_address_is_explained_and_the_rest_stays(lively, text):
    page = _page(latent=text, moved="1:1")
    assert len(page.error) == 1
    assert "latent" in page.error[0].value
    assert len(json.loads(page.get("bidi_component")[0].proto.json)["urls"]) == 16
    assert "found" not in page.selectbox(key="moving").options


def test_a_broken_picture_is_refused_in_a_sentence(lively):
    page = _bring(_open(_page(), "finding"), b"\x89PNG\r\n\x1a\n broken")
    assert len(page.error) == 1
    assert not any(button.label == "Find it" for button in page.button)


def test_a_visitor_may_search_so_often_in_a_minute(lively, limits, monkeypatch, pictures):
    monkeypatch.setattr(roles, "is_owner", lambda: False)
    limits.amounts = limits.amounts | {"searches": Limit(1, 12)}
    page = _open(_page(), "finding")
    for number, refused in ((1, False), (2, True)):
        page = _bring(page, png_bytes(pictures[number]))
        _button(page, "Find it").click().run()
        assert not page.exception
        assert any("You have asked for 1 searches" in error.value for error in page.error) == refused
    page.run()
    assert not page.error  # it does not ask again by itself


def test_a_walk_starts_at_the_latent_and_one_seed_is_enough(lively, asked):
    page = _page("interpolate", latent=LATENT, stops="8", frames="36")
    assert not page.error
    (walk,) = set(asked)
    assert (walk.latent, walk.stops) == (LATENT, (8,))
    frames = generated.walk_frames(lively, walk)
    generator = generators.load_generator(lively)
    assert np.array_equal(frames[0], sampling.generate(generator, read_latent(LATENT, 8, "normal")[None])[0])
    assert np.array_equal(frames[18], sampling.sample(generator, lively.config, [8])[0])
    animated = Image.open(io.BytesIO(generated.walk_film(lively, walk, ".gif")))
    assert animated.is_animated
    _button(page, "Start at the seeds").click().run()
    assert "latent" not in page.query_params
    assert "at least 2 seeds" in page.error[0].value


@pytest.mark.parametrize("text", HOSTILE)
def test_a_broken_latent_leaves_the_walk_between_the_seeds(shipped, asked, text):
    page = _page("interpolate", latent=text, stops="3,8", frames="36")
    assert len(page.error) == 1
    assert not page.exception
    assert asked[0] == generated.Walk((3, 8), shipped.images_seen, 36, "spherical", True)
