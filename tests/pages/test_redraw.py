"""The Redraw page: with no generator, with those for every task, and with drawings by hand."""

import os
import shutil

import numpy as np
import pytest

from gan import generators, runs
from gan.generators.folder import EARLY
from gan.generators.redraw import Redrawer
from gan.paths import checkpoints_root
from gan.pictures.overlays import verdict_picture
from gan.tasks import TASKS
from tests.pages.redraw_page import (
    CAT,
    DOG,
    components,
    draw,
    file_of,
    flag_picture,
    nothing_shown,
    open_page,
    said,
    sheet,
    shown,
    upload,
)
from ui.seeds import generators as choices


def test_without_a_generator_that_redraws_it_says_how_to_get_one(shipped):
    page = open_page()
    assert page.header[0].value == "No forger has learned to redraw yet"
    assert "Choose *Redraw* among what to train" in said(page)
    assert "Train one now" in [link.value for link in page.page_link]
    assert not page.error
    assert not page.get("bidi_component")


def test_a_first_visit_shows_a_blank_sheet_and_what_to_do_with_it(redrawing):
    page = open_page()
    assert page.selectbox(key="redraw").value == "sketches"
    assert page.button_group(key="bring").value == "draw"
    assert len(components(page, "sketch_pad")) == 1
    assert nothing_shown(page)
    assert "Draw on the sheet" in said(page)
    assert "sketch to picture" in said(page)
    assert not page.error
    assert not page.query_params  # a plain address says the defaults


def test_the_shipped_one_for_cats_is_the_first_to_be_seen(write_redrawing):
    for name, task in (("another", "cartoon"), ("sketch-cat", "sketch"), ("zebra", "sketch")):
        write_redrawing(checkpoints_root() / name, task=task)
    page = open_page()
    assert page.selectbox(key="redraw").options == [  # by task
        "Sketch to picture: sketch-cat", "Sketch to picture: zebra", "Picture to cartoon: another"
    ]  # fmt: skip
    assert page.selectbox(key="redraw").value == "sketch-cat"


def test_each_page_offers_only_the_generators_that_it_can_use(shipped, redrawing, trained_run):
    assert open_page().selectbox(key="redraw").options == ["Sketch to picture: sketches"]
    for other in ("generate", "interpolate"):
        assert open_page(other).selectbox(key="model").options == ["cats", "run:demo"]
    assert "no generator “cats”" in open_page(redraw="cats").warning[0].value
    assert "no generator “sketches”" in open_page("generate", model="sketches").warning[0].value


def test_the_address_chooses_a_runs_generator_and_keeps_what_is_chosen(redrawing, write_redrawing):
    run = runs.create("learner", redrawing.config)
    write_redrawing(run.folder, task="grey")
    page = open_page(redraw="run:learner", bring="upload")
    assert page.selectbox(key="redraw").value == "run:learner"
    assert page.button_group(key="bring").value == "upload"
    page.selectbox(key="redraw").select("sketches").run()
    page.button_group(key="bring").select("camera").run()
    assert page.query_params == {"redraw": "sketches", "bring": "camera"}


@pytest.mark.parametrize("task", TASKS)
def test_a_sheet_to_draw_on_is_there_only_where_the_task_starts_from_drawings(write_redrawing, task):
    write_redrawing(checkpoints_root() / task, task=task)
    page = open_page(bring="draw")
    ways = ["Draw"] * TASKS[task].drawable + ["Examples", "Upload", "Camera", "From a seed"]
    assert page.button_group(key="bring").options == ways
    assert page.button_group(key="bring").value == ("draw" if TASKS[task].drawable else "example")


def test_a_way_that_nobody_knows_is_the_first_one(redrawing, colours):
    assert open_page(redraw="sketches", bring="telepathy").button_group(key="bring").value == "draw"
    assert open_page(redraw="colours", bring="telepathy").button_group(key="bring").value == "example"


def test_another_generator_that_does_not_start_from_drawings_takes_the_sheet_away(redrawing, colours):
    page = draw(open_page(redraw="sketches"), CAT)
    page.selectbox(key="redraw").select("colours").run()
    assert page.button_group(key="bring").value == "example"
    assert not components(page, "sketch_pad")
    assert len(shown(page)) == 2


def test_what_comes_out_follows_the_drawing(redrawing):
    redrawer = Redrawer(redrawing)
    page = open_page()
    results = []
    for drawing in (CAT, DOG):
        source, result = shown(draw(page, drawing))
        expected = redrawer.source(drawing, finished=True)
        assert np.array_equal(source, expected)
        assert np.array_equal(result, redrawer.redraw(expected).result)
        results.append(result)
    assert not np.array_equal(*results)
    assert page.download_button[0].label == "Download"


def test_a_drawing_outlives_a_visit_to_another_page_and_another_way(shipped, redrawing):
    page = draw(open_page(), CAT)
    before = shown(page)
    page.button_group(key="bring").select("seed").run()
    assert not np.array_equal(shown(page)[0], before[0])
    page.switch_page("pages/generate.py").run()
    page.switch_page("pages/redraw.py").run()
    page.button_group(key="bring").select("draw").run()
    assert np.array_equal(shown(page), before)


def test_a_sheet_that_was_cleared_asks_for_a_drawing_again(redrawing):
    page = draw(open_page(), CAT)
    assert len(shown(page)) == 2
    assert nothing_shown(draw(page, sheet()))
    assert "Draw on the sheet" in said(page)


def test_nonsense_for_a_drawing_is_said_beside_the_sheet(redrawing):
    page = open_page()
    page.session_state["sheet"] = {"drawing": "nonsense"}
    page.run()
    assert page.error[0].value == "The drawing is not a PNG that can be read."
    assert len(components(page, "sketch_pad")) == 1
    assert nothing_shown(page)


def test_an_early_moment_draws_another_picture_than_the_last(redrawing):
    page = draw(open_page(), CAT)
    _, last = shown(page)
    slider = page.select_slider(key="moment")
    assert slider.options == ["1", "2"]
    slider.set_value(1000).run()
    source, early = shown(page)
    assert not np.array_equal(early, last)
    assert np.array_equal(early, Redrawer(redrawing, images_seen=1000).redraw(source).result)


@pytest.mark.parametrize(
    ("asked", "read"), [("1000", 1000), ("1400", 1000), ("-7", 1000), ("9" * 400, 2000), ("nan", 2000), ("", 2000)]
)
def test_a_link_says_the_moment_and_nonsense_is_the_nearest_or_the_last(redrawing, asked, read):
    assert open_page(moment=asked).select_slider(key="moment").value == read


def test_the_moment_stands_in_the_address_until_another_generator_is_chosen(redrawing, write_redrawing):
    write_redrawing(checkpoints_root() / "others")
    page = open_page()
    page.select_slider(key="moment").set_value(1000).run()
    assert page.query_params["moment"] == "1000"
    page.selectbox(key="redraw").set_value("others" if page.selectbox(key="redraw").value != "others" else "sketches")
    page.run()
    assert "moment" not in page.query_params
    assert page.select_slider(key="moment").value == 2000


def test_a_generator_that_was_kept_once_has_no_moment_to_choose(redrawing):
    shutil.rmtree(redrawing.folder / EARLY)
    page = open_page()
    assert not page.select_slider
    assert len(shown(draw(page, CAT))) == 2


def _open(page, key):
    page.session_state[key] = True
    return page.run()


def test_the_verdicts_are_worked_out_only_where_somebody_looks(redrawing, monkeypatch):
    page = draw(open_page(), CAT)
    assert not page.get("image")
    assert "**Red**" not in said(page)
    asked = []
    monkeypatch.setattr(
        "gan.pictures.overlays.verdict_picture", lambda *given: asked.append(given) or verdict_picture(*given)
    )
    page.run()
    assert not asked
    _open(page, "verdicts")
    assert not page.exception
    assert "**Red**" in said(page)
    ((result, verdicts),) = asked
    assert np.array_equal(result, shown(page)[1])
    assert verdicts.shape == (8, 8)


def test_without_the_inspector_there_are_no_verdicts(redrawing):
    (redrawing.folder / generators.DISCRIMINATOR).unlink()
    page = _open(draw(open_page(), CAT), "verdicts")
    assert "inspector of this generator was not kept" in said(page)
    assert len(shown(page)) == 2


@pytest.mark.parametrize(("skips", "words"), [(True, "*Skip connections* also hand"), (False, "no skip connections")])
def test_the_maps_of_the_bottleneck_are_shown_where_somebody_looks(write_redrawing, skips, words):
    write_redrawing(checkpoints_root() / "sketches", skips=skips)
    page = draw(open_page(), CAT)
    assert "maps of 4 x 4" not in said(page)
    _open(page, "maps")
    assert not page.exception
    assert "**16 maps of 4 x 4**: 256 numbers, 8% of them" in said(page)  # of 3 x 32 x 32
    assert words in said(page)
    assert [image.proto.imgs[0].caption.split(":")[0] for image in page.get("image")] == [
        "The narrowest place",
        "On the way there",
        "On the way there",
    ]


def test_broken_weights_are_said_and_another_generator_can_be_chosen(redrawing, write_redrawing):
    write_redrawing(checkpoints_root() / "whole")
    (redrawing.folder / generators.WEIGHTS).write_bytes(b"not weights")
    page = draw(open_page(), CAT)
    assert nothing_shown(page)
    assert "weights of the generator 'sketches' are broken" in page.error[0].value
    assert len(components(page, "sketch_pad")) == 1
    page.selectbox(key="redraw").select("whole").run()
    assert not page.error
    assert len(shown(page)) == 2


@pytest.mark.parametrize("part", [generators.DISCRIMINATOR, "early/0000001000.safetensors"])
def test_any_broken_part_is_said_once_it_is_needed(redrawing, part):
    (redrawing.folder / part).write_bytes(b"not weights")
    page = draw(open_page(), CAT)
    assert not page.error
    if "early" in part:
        page.select_slider(key="moment").set_value(1000).run()
    else:
        _open(page, "verdicts")
    assert not page.exception
    assert "weights of the generator 'sketches' are broken" in page.error[0].value


def test_a_generator_that_is_deleted_during_the_visit_gives_way_to_another(redrawing, colours):
    page = open_page(redraw="sketches", bring="upload")
    upload(page, file_of(flag_picture()))
    shutil.rmtree(redrawing.folder)
    page.run()
    assert "no generator “sketches”" in page.warning[0].value
    assert page.selectbox(key="redraw").value == "colours"
    assert len(shown(page)) == 2


def test_the_only_generator_deleted_during_the_visit_leads_to_training(redrawing):
    page = draw(open_page(), CAT)
    shutil.rmtree(redrawing.folder)
    page.run()
    assert not page.exception
    assert "No forger has learned to redraw" in page.header[0].value


def test_a_generator_that_is_deleted_in_this_very_moment_is_said(redrawing, monkeypatch):
    page = draw(open_page(), CAT)
    monkeypatch.setattr(choices, "describe", lambda model: shutil.rmtree(model.folder))
    page.run()
    assert nothing_shown(page)
    assert "“sketches” has just been deleted" in page.error[0].value


def test_a_run_draws_anew_after_its_next_checkpoint(redrawing, write_redrawing):
    run = runs.create("learner", redrawing.config)
    write_redrawing(run.folder)
    page = draw(open_page(redraw="run:learner"), CAT)
    before = shown(page)
    model = generators.find_generator("run:learner")
    generator = generators.load_generator(model)
    for weights in generator.parameters():
        weights.mul_(2)
    generators.save_generator(model.folder, generator, model.card | {"images_seen": 3000})
    os.utime(model.folder / generators.WEIGHTS, ns=(1, 1))  # however coarse the file system's clock
    page.run()
    after = shown(page)
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[1], after[1])
