"""The Generate page: with no generator, with a shipped one, with a run's, and with links and seeds of every kind."""

import base64
import io
import json
import os

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan import models, sampling
from gan.paths import PROJECT
from gan.pictures import grid, png_bytes
from ui import drawing


def _page(**query):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.switch_page("pages/generate.py").run()
    assert not page.exception
    return page


def _grid(page):
    return json.loads(page.get("bidi_component")[0].proto.json)


def _picture(url):
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.removeprefix("data:image/png;base64,")))))


def _button(page, label):
    return next(button for button in page.button if button.label.startswith(label))


def test_without_a_generator_it_explains_and_leads_to_training():
    page = _page()
    assert "No forger has learned" in page.subheader[0].value
    assert page.page_link[0].value == "Train one now"
    assert not page.error
    assert not page.text_input


def test_a_first_visit_shows_sixteen_pictures_of_the_first_shipped_generator(lively, trained_run):
    page = _page()
    shown = _grid(page)
    assert page.selectbox(key="model").value == "cats"
    assert page.selectbox(key="model").options == ["cats", "run:demo"]
    assert shown["seeds"] == list(range(1, 17))
    expected = sampling.draw(models.load_generator(lively), lively.config, range(1, 17))
    assert len({picture.tobytes() for picture in expected}) == 16
    assert all(np.array_equal(_picture(url), picture) for url, picture in zip(shown["urls"], expected, strict=True))
    assert shown["stem"] == "cats"
    assert not page.query_params  # a plain address says the defaults


def test_a_run_is_chosen_and_draws_anew_after_its_next_checkpoint(trained_run):
    page = _page(model="run:demo", seeds="7")
    before = _grid(page)
    assert (before["stem"], before["seeds"]) == ("demo", [7])
    model = models.find_model("run:demo")
    generator = models.load_generator(model)
    for weights in generator.parameters():
        weights.mul_(3)
    models.save_generator(model.folder, generator, model.card)
    os.utime(model.folder / models.WEIGHTS, ns=(1, 1))  # however coarse the file system's clock
    page.run()
    assert _grid(page)["urls"] != before["urls"]


def test_a_link_says_generator_seeds_truncation_and_columns(lively):
    page = _page(model="cats", seeds="3,8,20-24", truncation="0.5", columns="4")
    shown = _grid(page)
    assert shown["seeds"] == [3, 8, 20, 21, 22, 23, 24]
    assert shown["columns"] == 4
    expected = sampling.draw(models.load_generator(lively), lively.config, [3], truncation=0.5)[0]
    assert np.array_equal(_picture(shown["urls"][0]), expected)


def test_choices_are_written_into_the_address(shipped, trained_run):
    page = _page()
    page.selectbox(key="model").select("run:demo")
    page.text_input(key="seeds").set_value("5, 6")
    page.slider(key="truncation").set_value(0.5).run()
    assert page.query_params == {"model": "run:demo", "seeds": "5, 6", "truncation": "0.5"}


@pytest.mark.parametrize("url", ["https://forger.example/class", "https://forger.example/class/generate"])
def test_the_link_to_pass_on_says_everything(shipped, url):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    page.context = {"url": url}
    page.query_params["seeds"] = "3, 8"
    page.switch_page("pages/generate.py").run()
    expected = "https://forger.example/class/generate?model=cats&seeds=3,8&truncation=1.0&columns=8"
    assert page.code[0].value == expected


@pytest.mark.parametrize(("truncation", "read"), [("7", 1.0), ("-1", 0.1), ("much", 1.0), ("nan", 0.1)])
def test_a_link_with_an_impossible_truncation(shipped, truncation, read):
    page = _page(truncation=truncation)
    assert page.slider(key="truncation").value == read


def test_a_link_to_a_generator_that_is_gone_shows_another_and_says_so(shipped):
    page = _page(model="../../secret", seeds="7")
    assert "no generator “../../secret”" in page.warning[0].value
    assert page.selectbox(key="model").value == "cats"
    assert _grid(page)["seeds"] == [7]
    page.run()
    assert not page.warning


def test_a_generator_that_is_deleted_during_the_visit(shipped, trained_run):
    page = _page(model="run:demo")
    (trained_run.folder / models.WEIGHTS).unlink()
    page.run()
    assert not page.exception
    assert "run:demo" in page.warning[0].value
    assert page.selectbox(key="model").value == "cats"


def test_broken_weights_are_said_and_another_generator_can_be_chosen(shipped, trained_run):
    (shipped.folder / models.WEIGHTS).write_bytes(b"not weights")
    page = _page()
    assert "weights of the generator 'cats' are broken" in page.error[0].value
    page.selectbox(key="model").select("run:demo").run()
    assert not page.error
    assert len(_grid(page)["urls"]) == 16


def test_bad_seeds_are_explained_and_the_last_good_pictures_stay(shipped):
    page = _page(seeds="4-6")
    page.text_input(key="seeds").set_value("4-6, cat").run()
    assert "“cat” is not a seed" in page.error[0].value
    assert "Still shown: 4-6" in page.error[0].value
    assert _grid(page)["seeds"] == [4, 5, 6]
    page.text_input(key="seeds").set_value("9").run()
    assert not page.error
    assert _grid(page)["seeds"] == [9]


def test_a_link_with_bad_seeds_shows_the_default(shipped):
    page = _page(seeds="1-9999999999")
    assert "too big" in page.error[0].value
    assert _grid(page)["seeds"] == list(range(1, 17))


def test_surprise_me_draws_as_many_others_and_drops_the_picks(shipped):
    page = _page(seeds="1-12", picked="3,8")
    _button(page, "Surprise me").click().run()
    shown = _grid(page)["seeds"]
    assert len(shown) == 12
    assert shown != list(range(1, 13))
    assert sampling.parse_seeds(page.query_params["seeds"]) == shown
    assert "picked" not in page.query_params


def test_hundreds_of_seeds_come_in_pages(shipped):
    page = _page(seeds="1-150", page="3")
    assert _grid(page)["seeds"] == list(range(129, 151))


def test_two_picked_pictures_lead_to_the_walk_between_them(shipped, trained_run):
    page = _page(model="run:demo", picked="8", truncation="0.5")
    assert any("Click two pictures" in text.value for text in page.markdown)
    page.query_params["picked"] = "8,3"
    page.run()
    assert _grid(page)["picked"] == [8, 3]
    _button(page, "Walk between the 2").click().run()
    assert not page.exception
    assert page.text_input(key="stops").value == "8,3"
    assert page.selectbox(key="model").value == "run:demo"
    assert page.slider(key="truncation").value == 0.5


def test_the_pictures_are_not_sent_again_while_nothing_changes(shipped):
    page = _page(picked="8,3")
    before = _grid(page)
    page.run()
    assert _grid(page) == before
    page.query_params["picked"] = "8"  # by the back button, not by a click: the grid has to be told
    page.run()
    assert _grid(page) == before | {"picked": [8], "turn": before["turn"] + 1}


def test_nonsense_among_the_picks_counts_as_none(shipped):
    assert _grid(_page(picked="<b>"))["picked"] == []


def test_the_sheet_and_the_zip_hold_every_picture(lively):
    expected = sampling.draw(models.load_generator(lively), lively.config, range(70))
    assert drawing.sheet(lively, tuple(range(70)), 1.0, 8) == png_bytes(grid(expected, 8))
    assert drawing.archive(lively, (5, 5), 1.0).count(b"5 (2).png") == 2  # at the picture and in the list of contents


def test_a_run_that_is_still_training_draws(training_run):
    page = _page(model="run:demo", seeds="1-4")
    assert _grid(page)["seeds"] == [1, 2, 3, 4]
    assert any("still learning" in caption.value for caption in page.caption)
