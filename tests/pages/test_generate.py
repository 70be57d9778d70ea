"""The Generate page: with no generator, with a shipped one, with a run's, and with links and seeds of every kind."""

import base64
import io
import json
import os
import threading

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan import generators
from gan.errors import ForgerError
from gan.generators import folder, sampling
from gan.latents.seeds import parse_seeds
from gan.learning.config import configure
from gan.networks import new_discriminator, new_generator
from gan.paths import PROJECT, checkpoints_root
from gan.pictures.files import png_bytes
from gan.pictures.sheet import grid
from gan.quality.simple_features import SimpleFeatures
from ui import generated, roles
from ui.limits import Limit
from ui.seeds import nearest


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
    assert "No forger has learned" in page.header[0].value
    assert "Train one now" in [link.value for link in page.page_link]
    assert not page.error
    assert not page.text_input


def test_a_first_visit_shows_sixteen_pictures_of_the_first_shipped_generator(lively, trained_run):
    page = _page()
    shown = _grid(page)
    assert page.selectbox(key="model").value == "cats"
    assert page.selectbox(key="model").options == ["cats", "run:demo"]
    assert shown["seeds"] == list(range(1, 17))
    expected = sampling.sample(generators.load_generator(lively), lively.config, range(1, 17))
    assert len({picture.tobytes() for picture in expected}) == 16
    assert all(np.array_equal(_picture(url), picture) for url, picture in zip(shown["urls"], expected, strict=True))
    assert shown["stem"] == "cats"
    assert not page.query_params  # a plain address says the defaults


def test_a_run_is_chosen_and_draws_anew_after_its_next_checkpoint(trained_run):
    page = _page(model="run:demo", seeds="7")
    before = _grid(page)
    assert (before["stem"], before["seeds"]) == ("demo", [7])
    model = generators.find_generator("run:demo")
    generator = generators.load_generator(model)
    for weights in generator.parameters():
        weights.mul_(3)
    generators.save_generator(model.folder, generator, model.card)
    os.utime(model.folder / generators.WEIGHTS, ns=(1, 1))  # however coarse the file system's clock
    page.run()
    assert _grid(page)["urls"] != before["urls"]


def test_a_link_says_generator_seeds_and_columns(lively):
    page = _page(model="cats", seeds="3,8,20-24", columns="4")
    shown = _grid(page)
    assert shown["seeds"] == [3, 8, 20, 21, 22, 23, 24]
    assert shown["columns"] == 4
    expected = sampling.sample(generators.load_generator(lively), lively.config, [3])[0]
    assert np.array_equal(_picture(shown["urls"][0]), expected)


def test_choices_are_written_into_the_address(shipped, trained_run):
    page = _page()
    page.selectbox(key="model").select("run:demo")
    page.text_input(key="seeds").set_value("5, 6")
    page.slider(key="columns").set_value(4).run()
    assert page.query_params == {"model": "run:demo", "seeds": "5, 6", "columns": "4"}


@pytest.mark.parametrize("url", ["https://forger.example/class", "https://forger.example/class/generate"])
def test_the_link_to_pass_on_says_everything(shipped, url):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    page.context = {"url": url}
    page.query_params["seeds"] = "3, 8"
    page.switch_page("pages/generate.py").run()
    expected = "https://forger.example/class/generate?model=cats&seeds=3,8&columns=8"
    assert page.code[0].value == expected


@pytest.mark.parametrize(("truncation", "said"), [("1.0", False), ("0.5", True), ("much", True)])
def test_an_old_link_goes_on_and_says_why_nothing_is_truncated(shipped, truncation, said):
    page = _page(truncation=truncation, seeds="3")
    assert _grid(page)["seeds"] == [3]
    assert any("no longer offered" in info.value for info in page.info) == said
    assert "truncation" not in page.query_params


def test_seeds_through_time(shipped, trained_run):
    """A run's generator as it was earlier draws the same seeds otherwise; the link says when that was."""
    weights = trained_run.folder / generators.WEIGHTS
    model = generators.find_generator("run:demo")
    early = new_generator(configure(model.config, seed=7))
    folder.save_moment(trained_run.folder, early, new_discriminator(model.config), 16)
    now = _grid(_page(model="run:demo", seeds="3"))["urls"]
    page = _page(model="run:demo", seeds="3", moment="16")
    assert page.select_slider(key="moment").value == 16
    assert page.select_slider(key="moment").options == ["0.016", "0.04"]
    assert _grid(page)["urls"] != now
    early = generators.load_generator(model, images_seen=16)
    assert np.array_equal(_picture(_grid(page)["urls"][0]), sampling.sample(early, model.config, [3])[0])
    page.select_slider(key="moment").set_value(40).run()
    assert _grid(page)["urls"] == now
    assert weights.exists()


def test_a_link_to_a_generator_that_is_gone_shows_another_and_says_so(shipped):
    page = _page(model="../../secret", seeds="7")
    assert "no generator “../../secret”" in page.warning[0].value
    assert page.selectbox(key="model").value == "cats"
    assert _grid(page)["seeds"] == [7]
    page.run()
    assert not page.warning


def test_a_generator_that_is_deleted_during_the_visit(shipped, trained_run):
    page = _page(model="run:demo")
    (trained_run.folder / generators.WEIGHTS).unlink()
    page.run()
    assert not page.exception
    assert "run:demo" in page.warning[0].value
    assert page.selectbox(key="model").value == "cats"


def test_broken_weights_are_said_and_another_generator_can_be_chosen(shipped, trained_run):
    (shipped.folder / generators.WEIGHTS).write_bytes(b"not weights")
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
    assert parse_seeds(page.query_params["seeds"]) == shown
    assert "picked" not in page.query_params


def test_hundreds_of_seeds_come_in_pages(shipped):
    page = _page(seeds="1-150", page="3")
    assert _grid(page)["seeds"] == list(range(129, 151))


def test_two_picked_pictures_lead_to_the_walk_between_them(shipped, trained_run):
    page = _page(model="run:demo")
    assert any("two or more to **walk between them**" in text.value for text in page.markdown)
    page.query_params["picked"] = "8,3"
    page.run()
    assert _grid(page)["picked"] == [8, 3]
    _button(page, "Walk between the 2").click().run()
    assert not page.exception
    assert page.text_input(key="stops").value == "8,3"
    assert page.selectbox(key="model").value == "run:demo"


def test_one_picked_picture_leads_to_redrawing_it(shipped, trained_run, redrawing):
    page = _page(model="run:demo")
    assert any("Click a picture to **redraw it**" in text.value for text in page.markdown)
    assert not any(button.label.startswith("Redraw") for button in page.button)
    page.query_params["picked"] = "8"
    page.run()
    _button(page, "Redraw seed 8").click().run()
    assert not page.exception
    assert page.title[0].value == "Redraw a picture"
    assert page.button_group(key="bring").value == "seed"
    assert page.selectbox(key="from").value == "run:demo"
    assert page.number_input(key="seed").value == 8


def test_the_picture_to_redraw_is_the_one_picked_last(shipped, redrawing):
    page = _page()
    for seed in (8, 3):
        page.switch_page("pages/generate.py")
        page.query_params = {"picked": str(seed)}
        _button(page.run(), f"Redraw seed {seed}").click().run()
        assert page.number_input(key="seed").value == seed


def test_of_several_that_redraw_the_one_that_learned_from_the_same_pictures_is_chosen(shipped, write_redrawing):
    write_redrawing(checkpoints_root() / "a-stranger", data="elsewhere.zip")
    write_redrawing(checkpoints_root() / "relative", data=shipped.config.data)
    _button(page := _page(picked="8"), "Redraw seed 8").click().run()
    assert page.selectbox(key="redraw").value == "relative"


def test_where_nothing_redraws_yet_a_picked_picture_leads_to_how_to_get_one(shipped):
    page = _page(picked="8")
    _button(page, "Redraw seed 8").click().run()
    assert not page.exception
    assert "No forger has learned to redraw" in page.header[0].value


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
    expected = sampling.sample(generators.load_generator(lively), lively.config, range(70))
    assert generated.sheet(lively, tuple(range(70)), lively.images_seen, 8) == png_bytes(grid(expected, 8))
    assert (
        generated.archive(lively, (5, 5), lively.images_seen).count(b"5 (2).png") == 2
    )  # at the picture and in the list


def test_a_run_that_is_still_training_draws(training_run):
    page = _page(model="run:demo", seeds="1-4")
    assert _grid(page)["seeds"] == [1, 2, 3, 4]
    assert any("still learning" in caption.value for caption in page.caption)


def _said(page):
    return "\n".join(text.value for text in (*page.markdown, *page.caption))


QUALITY = {"features": "simple-1", "count": 2000, "kid": 0.25, "kid_error": 0.01, "pixels": 34.2, "diversity": 0.97,
           "sentence": "as close to real pictures as real pictures seen through 34 pixels"}  # fmt: skip


def test_what_was_measured_stands_on_the_card_in_plain_words(shipped):
    before = _page()
    assert "How close" not in _said(before)
    quality = QUALITY | {"memorisation": {"ratio": 1.05, "copies": 0.012}}
    generators.save_generator(shipped.folder, generators.load_generator(shipped), shipped.card | {"quality": quality})
    page = _page()
    assert any(
        "300 kimg · as close to real pictures as real pictures seen through 34 pixels" in c.value for c in page.caption
    )
    for text in (
        "**How close.**",
        "0.250 ± 0.010",
        "**How varied.**",
        "**Does it copy?**",
        "1.2 %",
        "no sign of copying",
    ):
        assert text in _said(page)


SECOND = {"features": "efficientnet-lite1-128-1", "count": 500, "kid": 0.0123, "kid_error": 0.0004, "pixels": 28.7,
          "sentence": "as close to real pictures as real pictures seen through 29 pixels", "held_out": 440,
          "apart": False}  # fmt: skip


def test_a_second_opinion_stands_on_the_card_beside_the_first(shipped):
    quality = QUALITY | {"second_opinion": SECOND}
    generators.save_generator(shipped.folder, generators.load_generator(shipped), shipped.card | {"quality": quality})
    page = _page()
    assert any("seen through 34 pixels (by a second opinion: 29)" in c.value for c in page.caption)
    assert "**A second opinion.** By another network" in _said(page)


def test_one_that_was_edited_by_hand_hides_no_page(shipped):
    quality = QUALITY | {"second_opinion": SECOND | {"pixels": "many"}}
    generators.save_generator(shipped.folder, generators.load_generator(shipped), shipped.card | {"quality": quality})
    assert len(_grid(_page())["urls"]) == 16


@pytest.mark.parametrize("quality", ["very good", {}, {"sentence": "x"}, QUALITY | {"kid": None}])
def test_a_card_edited_by_hand_is_no_hindrance(shipped, quality):
    generators.save_generator(shipped.folder, generators.load_generator(shipped), shipped.card | {"quality": quality})
    page = _page()
    assert "How close" not in _said(page)
    assert len(_grid(page)["urls"]) == 16


def test_the_best_of_a_run_is_still_learning_with_it_and_its_files_are_named_plainly(training_run):
    last = generators.find_generator("run:demo")
    generators.save_generator(
        training_run.folder / "best", generators.load_generator(last), last.card | {"images_seen": 32}
    )
    page = _page(model="run:demo/best")
    assert _grid(page)["stem"] == "demo-best"
    assert any("still learning" in caption.value for caption in page.caption)


@pytest.fixture
def learned_from(trained_run, many, monkeypatch):
    """A folder of 320 pictures, which the run `demo` says it learned from; and a measure that needs no installing."""
    monkeypatch.setattr(nearest, "choose_features", lambda: SimpleFeatures(torch.device("cpu")))
    (trained_run.folder / "config.json").write_text(json.dumps(trained_run.config.to_dict() | {"data": many}))
    return many


def _look(page, source):
    """Presses the button, where somebody else's search has just ended."""
    nearest.search(source, 32).thread.join()
    return _button(page, "Find the nearest training pictures").click().run()


def test_nothing_is_searched_before_somebody_asks(learned_from, monkeypatch):
    monkeypatch.setattr(nearest, "Search", lambda *place: pytest.fail("searched"))
    page = _page(model="run:demo")
    assert _button(page, "Find the nearest training pictures")
    assert not any("<figure>" in part.proto.body for part in page.get("html"))


def test_the_pictures_just_made_stand_above_their_nearest_training_pictures(learned_from):
    page = _look(_page(model="run:demo", seeds="3-22"), learned_from)
    assert not page.error
    sheet = page.get("html")[-1].proto.body
    assert sheet.count("<figure>") == 16  # the first of twenty
    assert sheet.count('class="made"') == 16
    assert sheet.count("data:image/jpeg") == 48
    made = _grid(page)["urls"][0]
    assert f'src="{made}" alt="The picture of seed 3"' in sheet
    assert "288 training pictures of many" in _said(page)
    assert "Of these 16" in _said(page)
    page.text_input(key="seeds").set_value("5").run()
    assert page.get("html")[-1].proto.body.count("<figure>") == 1  # it follows what is made


def test_one_search_is_enough_for_all_visitors(learned_from, monkeypatch):
    _look(_page(model="run:demo"), learned_from)
    monkeypatch.setattr(nearest, "open_album", lambda *_: pytest.fail("searched again"))
    page = _look(_page(model="run:demo"), learned_from)
    assert not page.error
    assert page.get("html")[-1].proto.body.count("<figure>") == 16


def test_while_the_search_goes_on_it_says_how_far_it_is(learned_from, monkeypatch):
    go_on = threading.Event()

    def slow(source, resolution, features, progress, *rest):
        progress("Looking at the training pictures", 30, 120)
        go_on.wait(30)
        raise ForgerError("The disk is full.")

    monkeypatch.setattr(nearest, "open_album", slow)
    page = _page(model="run:demo")
    _button(page, "Find the nearest").click().run()
    try:
        assert page.get("progress")[0].proto.value == 25
        assert page.get("progress")[0].proto.text == "Looking at the training pictures"
        assert len(_grid(page)["urls"]) == 16
    finally:
        search = nearest.search(learned_from, 32)
        go_on.set()
        search.thread.join()
    page.run()
    assert page.error[0].value == "The disk is full."
    page.run()
    assert _button(page, "Find the nearest")  # to try again


def test_a_search_that_breaks_down_does_not_go_on_for_ever(learned_from, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", lambda caught: None)
    monkeypatch.setattr(nearest, "open_album", lambda *_: 1 / 0)
    page = _look(_page(model="run:demo"), learned_from)
    assert page.error[0].value == "The search failed: ZeroDivisionError."


def test_photographs_that_are_not_here_are_named(shipped):
    page = _page(model="cats")
    assert "they are not on this machine" in _said(page)
    assert not any(button.label.startswith("Find") for button in page.button)


def test_a_data_set_that_is_too_small_says_so(trained_run):
    page = _look(_page(model="run:demo"), trained_run.config.data)
    assert "300 pictures at least; this one has 22" in page.error[0].value


def test_the_part_that_is_shown_and_the_columns_stand_in_the_address(shipped):
    page = _page(seeds="1-130", columns="99", page="2")
    assert _grid(page)["seeds"][0] == 65
    assert _grid(page)["columns"] == 12
    page.slider(key="columns").set_value(4).run()
    assert (page.query_params["columns"], page.query_params["page"]) == ("4", "2")
    page.text_input(key="seeds").set_value("1-70").run()  # of other parts, the first is shown again
    assert _grid(page)["seeds"][0] == 1
    assert "page" not in page.query_params


def test_who_has_asked_for_too_much_is_told_so_and_the_page_stays(shipped, limits, monkeypatch):
    monkeypatch.setattr(roles, "is_owner", lambda: False)
    limits.amounts = {"pictures": Limit(20, 100), "pixels": Limit(10**6, 10**6)}
    page = _page(seeds="1-16")
    page = page.text_input(key="seeds").set_value("21-40").run()
    (complaint,) = page.error
    assert "You have asked for 16 pictures in this minute" in complaint.value
    assert "Try again in 60 s" in complaint.value
    assert page.text_input(key="seeds").value == "21-40"
    page = page.text_input(key="seeds").set_value("1-16").run()
    assert not page.error
    assert len(_grid(page)["urls"]) == 16


def test_the_owner_has_no_limits(shipped, limits):
    limits.amounts = {"pictures": Limit(20, 100), "pixels": Limit(10**6, 10**6)}
    page = _page(seeds="1-40")
    assert not page.error and _grid(page)["seeds"][-1] == 40
