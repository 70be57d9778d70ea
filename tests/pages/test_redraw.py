"""The Redraw page: with no generator, with those for every task, and with pictures brought in every way."""

import base64
import io
import json
import os
import shutil
import struct
import subprocess
import sys
import zlib

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan import generators, runs
from gan.data import incoming
from gan.generators import sampling
from gan.generators.folder import EARLY
from gan.generators.redraw import Redrawer
from gan.latents.seeds import SEED_LIMIT
from gan.learning.config import configure
from gan.networks import new_generator
from gan.paths import PROJECT, checkpoints_root
from gan.pictures.crop import middle
from gan.pictures.overlays import verdict_picture
from gan.tasks import TASKS
from ui.redraw import bring
from ui.seeds import generators as choices


def _page(path="redraw", **query):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.switch_page(f"pages/{path}.py").run()
    assert not page.exception
    return page


def _components(page, name):
    found = [part.proto for part in page.get("bidi_component")]
    return [json.loads(proto.json) for proto in found if proto.component_name == f"forger_{name}"]


def _shown(page):
    """The pictures left and right of the edge: what goes in, and what comes out."""
    assert not page.exception
    (compare,) = _components(page, "compare")
    return [_decoded(picture["url"].split(",")[1]) for picture in compare["pictures"]]


def _decoded(text):
    return np.array(Image.open(io.BytesIO(base64.b64decode(text))))


def _nothing_shown(page):
    assert not page.exception
    return not _components(page, "compare")


def _said(page):
    parts = [*page.markdown, *page.caption, *page.info]
    return "\n".join(part.value for part in parts)


def _file(image, format="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def _sheet(*lines):
    """A drawing of horizontal bars, each (row, first column, last column), as the browser sends it."""
    picture = np.full((256, 256, 3), 255, np.uint8)
    for row, first, last in lines:
        picture[row : row + 8, first:last] = 0
    return picture


def _draw(page, picture):
    page.session_state["sheet"] = {"drawing": base64.b64encode(_file(Image.fromarray(picture))).decode()}
    return page.run()


CAT, DOG = _sheet((60, 40, 200)), _sheet((60, 40, 200), (180, 90, 160))


def _flag(width=64, height=48):
    """Red, green and blue, and black in one corner: turned or cut, it is another."""
    image = Image.new("RGB", (width, height), (220, 30, 30))
    image.paste((30, 200, 30), (width // 3, 0, 2 * width // 3, height))
    image.paste((30, 30, 220), (2 * width // 3, 0, width, height))
    image.paste((0, 0, 0), (0, 0, width // 3, height // 2))
    return image


def _upload(page, content, name="mine.png"):
    return page.file_uploader(key="upload").set_value((name, content, "image/png")).run()


@pytest.fixture
def colours(write_redrawing):
    """The generator `colours`, whose task does not start from drawings."""
    write_redrawing(checkpoints_root() / "colours", task="grey")
    return generators.find_generator("colours")


def test_without_a_generator_that_redraws_it_says_how_to_get_one(shipped):
    page = _page()
    assert page.header[0].value == "No forger has learned to redraw yet"
    assert "Choose *Redraw* among what to train" in _said(page)
    assert "Train one now" in [link.value for link in page.page_link]
    assert not page.error
    assert not page.get("bidi_component")


def test_a_first_visit_shows_a_blank_sheet_and_what_to_do_with_it(redrawing):
    page = _page()
    assert page.selectbox(key="redraw").value == "sketches"
    assert page.button_group(key="bring").value == "draw"
    assert len(_components(page, "sketch_pad")) == 1
    assert _nothing_shown(page)
    assert "Draw on the sheet" in _said(page)
    assert "sketch to picture" in _said(page)
    assert not page.error
    assert not page.query_params  # a plain address says the defaults


def test_the_shipped_one_for_cats_is_the_first_to_be_seen(write_redrawing):
    for name, task in (("another", "cartoon"), ("sketch-cat", "sketch"), ("zebra", "sketch")):
        write_redrawing(checkpoints_root() / name, task=task)
    page = _page()
    assert page.selectbox(key="redraw").options == [  # by task
        "Sketch to picture: sketch-cat", "Sketch to picture: zebra", "Picture to cartoon: another"
    ]  # fmt: skip
    assert page.selectbox(key="redraw").value == "sketch-cat"


def test_each_page_offers_only_the_generators_that_it_can_use(shipped, redrawing, trained_run):
    assert _page().selectbox(key="redraw").options == ["Sketch to picture: sketches"]
    for other in ("generate", "interpolate"):
        assert _page(other).selectbox(key="model").options == ["cats", "run:demo"]
    assert "no generator “cats”" in _page(redraw="cats").warning[0].value
    assert "no generator “sketches”" in _page("generate", model="sketches").warning[0].value


def test_the_address_chooses_a_runs_generator_and_keeps_what_is_chosen(redrawing, write_redrawing):
    run = runs.create("learner", redrawing.config)
    write_redrawing(run.folder, task="grey")
    page = _page(redraw="run:learner", bring="upload")
    assert page.selectbox(key="redraw").value == "run:learner"
    assert page.button_group(key="bring").value == "upload"
    page.selectbox(key="redraw").select("sketches").run()
    page.button_group(key="bring").select("camera").run()
    assert page.query_params == {"redraw": "sketches", "bring": "camera"}


@pytest.mark.parametrize("task", TASKS)
def test_a_sheet_to_draw_on_is_there_only_where_the_task_starts_from_drawings(write_redrawing, task):
    write_redrawing(checkpoints_root() / task, task=task)
    page = _page(bring="draw")
    ways = ["Draw"] * TASKS[task].drawable + ["Examples", "Upload", "Camera", "From a seed"]
    assert page.button_group(key="bring").options == ways
    assert page.button_group(key="bring").value == ("draw" if TASKS[task].drawable else "example")


def test_a_way_that_nobody_knows_is_the_first_one(redrawing, colours):
    assert _page(redraw="sketches", bring="telepathy").button_group(key="bring").value == "draw"
    assert _page(redraw="colours", bring="telepathy").button_group(key="bring").value == "example"


def test_another_generator_that_does_not_start_from_drawings_takes_the_sheet_away(redrawing, colours):
    page = _draw(_page(redraw="sketches"), CAT)
    page.selectbox(key="redraw").select("colours").run()
    assert page.button_group(key="bring").value == "example"
    assert not _components(page, "sketch_pad")
    assert len(_shown(page)) == 2


def test_what_comes_out_follows_the_drawing(redrawing):
    redrawer = Redrawer(redrawing)
    page = _page()
    results = []
    for drawing in (CAT, DOG):
        source, result = _shown(_draw(page, drawing))
        expected = redrawer.source(drawing, finished=True)
        assert np.array_equal(source, expected)
        assert np.array_equal(result, redrawer.redraw(expected).result)
        results.append(result)
    assert not np.array_equal(*results)
    assert page.download_button[0].label == "Download"


def test_a_drawing_outlives_a_visit_to_another_page_and_another_way(shipped, redrawing):
    page = _draw(_page(), CAT)
    before = _shown(page)
    page.button_group(key="bring").select("seed").run()
    assert not np.array_equal(_shown(page)[0], before[0])
    page.switch_page("pages/generate.py").run()
    page.switch_page("pages/redraw.py").run()
    page.button_group(key="bring").select("draw").run()
    assert np.array_equal(_shown(page), before)


def test_a_sheet_that_was_cleared_asks_for_a_drawing_again(redrawing):
    page = _draw(_page(), CAT)
    assert len(_shown(page)) == 2
    assert _nothing_shown(_draw(page, _sheet()))
    assert "Draw on the sheet" in _said(page)


def test_nonsense_for_a_drawing_is_said_beside_the_sheet(redrawing):
    page = _page()
    page.session_state["sheet"] = {"drawing": "nonsense"}
    page.run()
    assert page.error[0].value == "The drawing is not a PNG that can be read."
    assert len(_components(page, "sketch_pad")) == 1
    assert _nothing_shown(page)


def test_all_of_an_uploaded_picture_goes_in_as_the_task_has_it(colours):
    source, result = _shown(_upload(_page(bring="upload"), _file(_flag())))
    redrawer, flag = Redrawer(colours), np.array(_flag())
    expected, canvas = redrawer.source(flag), redrawer.canvas(flag)
    assert source.shape == (32, 43, 3)
    assert np.array_equal(source, canvas.cut(expected))
    assert np.array_equal(source[..., 0], source[..., 2])  # grey
    assert np.array_equal(result, canvas.cut(redrawer.redraw(expected).result))


def test_a_square_of_it_is_cut_from_its_middle_where_that_is_chosen(colours):
    page = _upload(_page(bring="upload"), _file(_flag()))
    assert not _components(page, "crop_box")
    source, result = _shown(_square(page))
    assert len(_components(page, "crop_box")) == 1
    expected = Redrawer(colours).source(middle(np.array(_flag())))
    assert np.array_equal(source, expected)
    assert np.array_equal(result, Redrawer(colours).redraw(expected).result)


def test_of_a_rectangle_the_inspector_says_nothing_and_why(colours):
    page = _page(bring="upload")
    page.session_state["verdicts"] = page.session_state["wishes"] = True
    page = _upload(page, _file(_flag()))
    assert not page.exception
    assert [caption.value for caption in page.caption].count(SQUARES_ONLY) == 2
    page = _square(page)
    assert SQUARES_ONLY not in _said(page)


SQUARES_ONLY = "The inspector judges squares only. Choose *Square* beside your picture, and it says what it thinks."


def _square(page, key="upload"):
    return page.button_group(key=f"{key}-part").select("square").run()


def _white_on_nothing():
    sprite = Image.new("RGBA", (12, 12))
    sprite.paste("white", (0, 0, 6, 12))
    return _file(sprite)


def test_what_was_done_to_read_a_picture_is_said(colours):
    page = _upload(_page(bring="upload"), _white_on_nothing())
    assert "laid on black" in _said(page) and "enlarged 21 times, without smoothing" in _said(page)
    assert page.toggle(key="upload-see-through").value
    page = _upload(page, _file(Image.fromarray(np.linspace(0, 4095, 64 * 64).reshape(64, 64).astype(np.uint16))))
    assert "0 (black) to 4095 (white)" in _said(page)
    assert not page.toggle


@pytest.mark.parametrize(
    "name", ["a.jfif", "A.JPE", "b.pjpeg", "c.apng", "d.dib", "e.HEIC", "f.heif", "g.hif", "h.tiff", "holiday", "i.txt"]
)
def test_a_picture_may_have_any_name(colours, name):
    uploader = _page(bring="upload").file_uploader(key="upload")
    assert not list(uploader.proto.type)
    page = uploader.set_value((name, _file(_flag(), "JPEG"), "")).run()
    assert len(_shown(page)) == 2 and not page.error


def _turned():
    exif = Image.Exif()
    exif[0x0112] = 6  # stored turned to the left, to be shown turned to the right
    return _file(_flag().transpose(Image.Transpose.ROTATE_90), exif=exif)


def _see_through():
    """Where the flag is black, it is see-through."""
    see_through = _flag().convert("RGBA")
    see_through.paste((90, 0, 90, 0), (0, 0, 64 // 3, 24))
    return _file(see_through)


def _on_white():
    on_white = _flag()
    on_white.paste((255, 255, 255), (0, 0, 64 // 3, 24))
    return on_white


def _animated():
    return _file(_flag(), "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48), "orange")])


@pytest.mark.parametrize(
    ("content", "meant"),
    [(_turned, _flag), (_see_through, _on_white), (_animated, _flag)],
    ids=["turned by EXIF", "see-through", "animated"],
)
def test_a_picture_of_any_kind_is_taken_as_it_was_meant(colours, content, meant):
    page = _square(_upload(_page(bring="upload"), content()))
    assert np.array_equal(_shown(page)[0], Redrawer(colours).source(middle(np.array(meant()))))
    assert not page.error


def _huge():
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + _file(_flag())[33:]


ODD = {
    "a text called .png": (b"My cat is called Mimi.", "is not a picture"),
    "half of a JPEG": (_file(_flag(640, 480), "JPEG")[:2000], "is a broken picture"),
    "3600 megapixels": (_huge(), "448 MB of memory"),
    "one pixel": (_file(Image.new("RGB", (1, 1))), "is too small"),
    "nothing": (b"", "is empty"),
    "a page of HTML": (b"<!DOCTYPE html><html></html>", "is not a picture"),
    "a drawing of lines": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is an SVG drawing"),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_picture_is_refused_in_one_sentence_and_the_page_goes_on(redrawing, kind):
    content, reason = ODD[kind]
    page = _upload(_page(bring="upload"), content)
    assert _nothing_shown(page)
    (error,) = page.error
    assert error.value.startswith("This file ")
    assert reason in error.value
    assert "Choose a picture file" in _said(page)
    assert page.expander[-1].label == "What happens here, and why"
    assert len(_shown(_upload(page, _file(_flag())))) == 2
    assert not page.error


def test_the_frame_says_which_part_is_meant(colours):
    page = _square(_upload(_page(bring="upload"), _file(_flag())))
    before = _shown(page)
    (frame,) = _components(page, "crop_box")
    page.session_state["upload-crop"] = {"frame": {"picture": frame["picture"], "box": [0, 0.5, 0.5]}}
    after = _shown(page.run())
    assert not np.array_equal(before[1], after[1])
    assert np.array_equal(after[0], Redrawer(colours).source(np.array(_flag())[24:, :24]))


def test_a_photographed_drawing_goes_in_as_it_is_and_of_other_pictures_the_lines_are_traced(redrawing):
    page = _upload(_page(bring="upload"), _file(Image.fromarray(CAT)))
    traced, _ = _shown(page)
    page.toggle(key="upload-finished").set_value(True).run()
    as_it_is, _ = _shown(page)
    assert np.array_equal(as_it_is, Redrawer(redrawing).source(CAT, finished=True))
    assert not np.array_equal(traced, as_it_is)


def test_only_where_drawings_go_in_can_a_picture_be_one_already(colours):
    page = _upload(_page(bring="upload"), _file(_flag()))
    assert not page.toggle


def test_a_photograph_from_the_camera_is_redrawn(colours):
    page = _page(bring="camera")
    assert _nothing_shown(page)
    assert "Take a photograph" in _said(page)
    photograph = _file(_flag(), "JPEG")
    page.camera_input(key="camera").set_value(("shot.jpg", photograph, "image/jpeg")).run()
    redrawer, picture = Redrawer(colours), incoming.read_picture(photograph).picture
    assert np.array_equal(_shown(page)[0], redrawer.canvas(picture).cut(redrawer.source(picture)))
    assert np.array_equal(_shown(_square(page, "camera"))[0], redrawer.source(middle(picture)))


@pytest.mark.parametrize(
    ("url", "gives"),
    [
        ("http://192.168.0.7:8501/redraw", False), ("http://school.example/redraw", False),
        ("http://[fe80::1]/", False), ("http://localhost.example/", False), ("http://localhost:8501/", True),
        ("http://127.0.0.1:8501/", True),
        ("http://[::1]:8501/", True), ("https://192.168.0.7/", True), ("https://school.example/redraw", True),
        (None, True),
    ],
)  # fmt: skip
def test_only_a_secure_page_gets_a_camera(url, gives):
    assert bring.gives_camera(url) is gives


def test_where_there_is_no_camera_the_page_says_why_and_leads_to_the_upload(colours, monkeypatch):
    monkeypatch.setattr(bring, "gives_camera", lambda url: False)
    page = _page(bring="camera")
    assert not page.camera_input
    assert "https address" in page.info[0].value
    next(button for button in page.button if button.label == "Upload a picture").click().run()
    assert page.button_group(key="bring").value == "upload"
    assert page.file_uploader(key="upload")
    assert page.query_params["bring"] == "upload"


def test_a_camera_that_sends_nonsense_is_said(colours):
    page = _page(bring="camera")
    page.camera_input(key="camera").set_value(("shot.jpg", b"smile", "image/jpeg")).run()
    assert "is not a picture" in page.error[0].value
    assert _nothing_shown(page)


def test_examples_come_from_the_generators_that_shipped_and_from_drawn_sets(shipped, redrawing):
    page = _page(bring="example")
    (grid,) = _components(page, "picture_grid")
    assert grid["seeds"] == list(range(1, 9))
    assert grid["picked"] == [1]
    first = _shown(page)
    page.session_state["example"] = 8
    assert not np.array_equal(_shown(page.run())[0], first[0])
    assert _components(page, "picture_grid")[0]["picked"] == [8]


@pytest.mark.parametrize(("asked", "read"), [("3", 3), ("99", 8), ("0", 1), ("many", 1), ("9" * 5000, 1)])
def test_a_link_says_the_example(shipped, redrawing, asked, read):
    assert _components(_page(bring="example", example=asked), "picture_grid")[0]["picked"] == [read]


def test_a_forger_with_broken_weights_leaves_the_drawn_examples(shipped, redrawing):
    (shipped.folder / generators.WEIGHTS).write_bytes(b"not weights")
    page = _page(bring="example")
    assert not page.error
    assert len(_shown(page)) == 2


def test_without_any_generator_for_seeds_two_drawn_examples_are_left(redrawing, shipped):
    page = _page(bring="example")
    page.session_state["example"] = 8
    shutil.rmtree(shipped.folder)
    page.run()
    assert _components(page, "picture_grid")[0]["seeds"] == [1, 2]
    assert len(_shown(page)) == 2


def test_a_link_redraws_the_picture_of_a_seed(lively, trained_run, colours):
    page = _page(**{"bring": "seed", "from": "cats", "seed": "7"})
    assert page.selectbox(key="from").options == ["cats", "run:demo"]
    assert page.selectbox(key="from").value == "cats"
    assert page.number_input(key="seed").value == 7
    made = sampling.sample(generators.load_generator(lively), lively.config, [7])[0]
    source, _ = _shown(page)
    assert np.array_equal(source, Redrawer(colours).source(made))
    page.number_input(key="seed").set_value(8).run()
    assert not np.array_equal(_shown(page)[0], source)
    assert page.query_params == {"bring": "seed", "from": "cats", "seed": "8"}


def test_seeds_are_drawn_by_a_forger_of_what_the_generator_learned_from(config, shipped, write_redrawing):
    for name, data in (("to-cats", config.data), ("to-faces", "drawn-faces")):
        write_redrawing(checkpoints_root() / name, task="grey", data=data)
    of_faces = configure(config, data="drawn-faces")
    generators.save_generator(checkpoints_root() / "faces", new_generator(of_faces), {"config": of_faces.to_dict()})
    page = _page(redraw="to-faces", bring="seed")
    assert page.selectbox(key="from").value == "faces"
    page.selectbox(key="redraw").select("to-cats").run()
    assert page.selectbox(key="from").value == "cats"
    page.selectbox(key="from").select("faces").run()  # any other can be chosen
    assert page.query_params["from"] == "faces"
    assert not page.error


@pytest.mark.parametrize(
    "seed",
    ["much", "", "-1", "1.5", "nan", "9" * 23, "9" * 400, "-" + "9" * 400, "9" * 5000],
    ids=lambda seed: seed[:9],
)
@pytest.mark.parametrize("name", ["nobody", "colours", "../../secret"])
def test_a_link_with_nonsense_about_a_seed_shows_a_picture_all_the_same(shipped, colours, name, seed):
    page = _page(**{"bring": "seed", "from": name, "seed": seed})
    assert not page.error
    assert page.selectbox(key="from").value == "cats"
    assert 0 <= page.number_input(key="seed").value < SEED_LIMIT
    assert len(_shown(page)) == 2


def test_a_forger_that_is_deleted_during_the_visit_gives_way_to_another(shipped, trained_run, colours):
    page = _page(**{"bring": "seed", "from": "run:demo", "seed": "7"})
    before = _shown(page)
    shutil.rmtree(trained_run.folder)
    page.run()
    assert page.selectbox(key="from").value == "cats"
    assert page.number_input(key="seed").value == 7
    assert not np.array_equal(_shown(page)[0], before[0])


def test_a_forger_with_broken_weights_is_said_and_another_can_be_chosen(shipped, trained_run, colours):
    (shipped.folder / generators.WEIGHTS).write_bytes(b"not weights")
    page = _page(**{"bring": "seed", "from": "cats"})
    assert "weights of the generator 'cats' are broken" in page.error[0].value
    assert _nothing_shown(page)
    page.selectbox(key="from").select("run:demo").run()
    assert not page.error
    assert len(_shown(page)) == 2


def test_without_a_generator_for_seeds_there_are_none_to_bring(colours):
    page = _page(bring="seed", seed="7")
    assert page.info[0].value == "There is no generator yet that draws from seeds."
    assert _nothing_shown(page)


def test_an_early_moment_draws_another_picture_than_the_last(redrawing):
    page = _draw(_page(), CAT)
    _, last = _shown(page)
    slider = page.select_slider(key="moment")
    assert slider.options == ["1", "2"]
    slider.set_value(1000).run()
    source, early = _shown(page)
    assert not np.array_equal(early, last)
    assert np.array_equal(early, Redrawer(redrawing, images_seen=1000).redraw(source).result)


@pytest.mark.parametrize(
    ("asked", "read"), [("1000", 1000), ("1400", 1000), ("-7", 1000), ("9" * 400, 2000), ("nan", 2000), ("", 2000)]
)
def test_a_link_says_the_moment_and_nonsense_is_the_nearest_or_the_last(redrawing, asked, read):
    assert _page(moment=asked).select_slider(key="moment").value == read


def test_the_moment_stands_in_the_address_until_another_generator_is_chosen(redrawing, write_redrawing):
    write_redrawing(checkpoints_root() / "others")
    page = _page()
    page.select_slider(key="moment").set_value(1000).run()
    assert page.query_params["moment"] == "1000"
    page.selectbox(key="redraw").set_value("others" if page.selectbox(key="redraw").value != "others" else "sketches")
    page.run()
    assert "moment" not in page.query_params
    assert page.select_slider(key="moment").value == 2000


def test_a_generator_that_was_kept_once_has_no_moment_to_choose(redrawing):
    shutil.rmtree(redrawing.folder / EARLY)
    page = _page()
    assert not page.select_slider
    assert len(_shown(_draw(page, CAT))) == 2


def _open(page, key):
    page.session_state[key] = True
    return page.run()


def test_the_verdicts_are_worked_out_only_where_somebody_looks(redrawing, monkeypatch):
    page = _draw(_page(), CAT)
    assert not page.get("image")
    assert "**Red**" not in _said(page)
    shown = []
    monkeypatch.setattr(
        "gan.pictures.overlays.verdict_picture", lambda *given: shown.append(given) or verdict_picture(*given)
    )
    page.run()
    assert not shown
    _open(page, "verdicts")
    assert not page.exception
    assert "**Red**" in _said(page)
    ((result, verdicts),) = shown
    assert np.array_equal(result, _shown(page)[1])
    assert verdicts.shape == (8, 8)


def test_without_the_inspector_there_are_no_verdicts(redrawing):
    (redrawing.folder / generators.DISCRIMINATOR).unlink()
    page = _open(_draw(_page(), CAT), "verdicts")
    assert "inspector of this generator was not kept" in _said(page)
    assert len(_shown(page)) == 2


@pytest.mark.parametrize(("skips", "words"), [(True, "*Skip connections* also hand"), (False, "no skip connections")])
def test_the_maps_of_the_bottleneck_are_shown_where_somebody_looks(write_redrawing, skips, words):
    write_redrawing(checkpoints_root() / "sketches", skips=skips)
    page = _draw(_page(), CAT)
    assert "maps of 4 x 4" not in _said(page)
    _open(page, "maps")
    assert not page.exception
    assert "**16 maps of 4 x 4**: 256 numbers, 8% of them" in _said(page)  # of 3 x 32 x 32
    assert words in _said(page)
    assert [image.proto.imgs[0].caption.split(":")[0] for image in page.get("image")] == [
        "The narrowest place",
        "On the way there",
        "On the way there",
    ]


def test_broken_weights_are_said_and_another_generator_can_be_chosen(redrawing, write_redrawing):
    write_redrawing(checkpoints_root() / "whole")
    (redrawing.folder / generators.WEIGHTS).write_bytes(b"not weights")
    page = _draw(_page(), CAT)
    assert _nothing_shown(page)
    assert "weights of the generator 'sketches' are broken" in page.error[0].value
    assert len(_components(page, "sketch_pad")) == 1
    page.selectbox(key="redraw").select("whole").run()
    assert not page.error
    assert len(_shown(page)) == 2


@pytest.mark.parametrize("part", [generators.DISCRIMINATOR, "early/0000001000.safetensors"])
def test_any_broken_part_is_said_once_it_is_needed(redrawing, part):
    (redrawing.folder / part).write_bytes(b"not weights")
    page = _draw(_page(), CAT)
    assert not page.error
    if "early" in part:
        page.select_slider(key="moment").set_value(1000).run()
    else:
        _open(page, "verdicts")
    assert not page.exception
    assert "weights of the generator 'sketches' are broken" in page.error[0].value


def test_a_generator_that_is_deleted_during_the_visit_gives_way_to_another(redrawing, colours):
    page = _page(redraw="sketches", bring="upload")
    _upload(page, _file(_flag()))
    shutil.rmtree(redrawing.folder)
    page.run()
    assert "no generator “sketches”" in page.warning[0].value
    assert page.selectbox(key="redraw").value == "colours"
    assert len(_shown(page)) == 2


def test_the_only_generator_deleted_during_the_visit_leads_to_training(redrawing):
    page = _draw(_page(), CAT)
    shutil.rmtree(redrawing.folder)
    page.run()
    assert not page.exception
    assert "No forger has learned to redraw" in page.header[0].value


def test_a_generator_that_is_deleted_in_this_very_moment_is_said(redrawing, monkeypatch):
    page = _draw(_page(), CAT)
    monkeypatch.setattr(choices, "describe", lambda model: shutil.rmtree(model.folder))
    page.run()
    assert _nothing_shown(page)
    assert "“sketches” has just been deleted" in page.error[0].value


def test_a_run_draws_anew_after_its_next_checkpoint(redrawing, write_redrawing):
    run = runs.create("learner", redrawing.config)
    write_redrawing(run.folder)
    page = _draw(_page(redraw="run:learner"), CAT)
    before = _shown(page)
    model = generators.find_generator("run:learner")
    generator = generators.load_generator(model)
    for weights in generator.parameters():
        weights.mul_(2)
    generators.save_generator(model.folder, generator, model.card | {"images_seen": 3000})
    os.utime(model.folder / generators.WEIGHTS, ns=(1, 1))  # however coarse the file system's clock
    page.run()
    after = _shown(page)
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[1], after[1])


UNTIL_THE_FRAME = """
import runpy, sys
import streamlit as st

class Asked(Exception):
    pass

def ask(*given, **named):
    raise Asked

st.Page = ask
for page in sys.argv[1:]:
    try:
        runpy.run_path(page)
    except Asked:
        print(page, "torch" in sys.modules)
"""


def test_every_page_asks_for_the_frame_before_it_imports_what_is_slow():
    pages = [f"pages/{path.name}" for path in sorted((PROJECT / "pages").glob("*.py"))]
    command = [sys.executable, "-c", UNTIL_THE_FRAME, *pages]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [f"{page} False" for page in pages]
    assert "pages/redraw.py" in pages
