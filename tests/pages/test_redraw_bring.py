"""Pictures that are brought to the Redraw page: files, the camera's, examples, and those of seeds."""

import shutil
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from gan import generators
from gan.data import incoming
from gan.generators import sampling
from gan.generators.redraw import Redrawer
from gan.latents.seeds import SEED_LIMIT
from gan.learning.config import configure
from gan.networks import new_generator
from gan.paths import checkpoints_root
from gan.pictures.crop import middle
from tests.pages.redraw_page import (
    CAT,
    components,
    file_of,
    flag_picture,
    nothing_shown,
    open_page,
    said,
    shown,
    upload,
)
from ui.redraw import bring


def test_all_of_an_uploaded_picture_goes_in_as_the_task_has_it(colours):
    source, result = shown(upload(open_page(bring="upload"), file_of(flag_picture())))
    redrawer, flag = Redrawer(colours), np.array(flag_picture())
    expected, canvas = redrawer.source(flag), redrawer.canvas(flag)
    assert source.shape == (32, 43, 3)
    assert np.array_equal(source, canvas.cut(expected))
    assert np.array_equal(source[..., 0], source[..., 2])  # grey
    assert np.array_equal(result, canvas.cut(redrawer.redraw(expected).result))


def test_a_square_of_it_is_cut_from_its_middle_where_that_is_chosen(colours):
    page = upload(open_page(bring="upload"), file_of(flag_picture()))
    assert not components(page, "crop_box")
    source, result = shown(_square(page))
    assert len(components(page, "crop_box")) == 1
    expected = Redrawer(colours).source(middle(np.array(flag_picture())))
    assert np.array_equal(source, expected)
    assert np.array_equal(result, Redrawer(colours).redraw(expected).result)


def test_of_a_rectangle_the_inspector_says_nothing_and_why(colours):
    page = open_page(bring="upload")
    page.session_state["verdicts"] = page.session_state["wishes"] = True
    page = upload(page, file_of(flag_picture()))
    assert not page.exception
    assert [caption.value for caption in page.caption].count(SQUARES_ONLY) == 2
    page = _square(page)
    assert SQUARES_ONLY not in said(page)


SQUARES_ONLY = "The inspector judges squares only. Choose *Square* beside your picture, and it says what it thinks."


def _square(page, key="upload"):
    return page.button_group(key=f"{key}-part").select("square").run()


def _white_on_nothing():
    sprite = Image.new("RGBA", (12, 12))
    sprite.paste("white", (0, 0, 6, 12))
    return file_of(sprite)


def test_what_was_done_to_read_a_picture_is_said(colours):
    page = upload(open_page(bring="upload"), _white_on_nothing())
    assert "laid on black" in said(page) and "enlarged 21 times, without smoothing" in said(page)
    assert page.toggle(key="upload-see-through").value
    page = upload(page, file_of(Image.fromarray(np.linspace(0, 4095, 64 * 64).reshape(64, 64).astype(np.uint16))))
    assert "0 (black) to 4095 (white)" in said(page)
    assert not page.toggle


@pytest.mark.parametrize(
    "name", ["a.jfif", "A.JPE", "b.pjpeg", "c.apng", "d.dib", "e.HEIC", "f.heif", "g.hif", "h.tiff", "holiday", "i.txt"]
)
def test_a_picture_may_have_any_name(colours, name):
    uploader = open_page(bring="upload").file_uploader(key="upload")
    assert not list(uploader.proto.type)
    page = uploader.set_value((name, file_of(flag_picture(), "JPEG"), "")).run()
    assert len(shown(page)) == 2 and not page.error


def _turned():
    exif = Image.Exif()
    exif[0x0112] = 6  # stored turned to the left, to be shown turned to the right
    return file_of(flag_picture().transpose(Image.Transpose.ROTATE_90), exif=exif)


def _see_through():
    """Where the flag is black, it is see-through."""
    see_through = flag_picture().convert("RGBA")
    see_through.paste((90, 0, 90, 0), (0, 0, 64 // 3, 24))
    return file_of(see_through)


def _on_white():
    on_white = flag_picture()
    on_white.paste((255, 255, 255), (0, 0, 64 // 3, 24))
    return on_white


def _animated():
    return file_of(flag_picture(), "GIF", save_all=True, append_images=[Image.new("RGB", (64, 48), "orange")])


@pytest.mark.parametrize(
    ("content", "meant"),
    [(_turned, flag_picture), (_see_through, _on_white), (_animated, flag_picture)],
    ids=["turned by EXIF", "see-through", "animated"],
)
def test_a_picture_of_any_kind_is_taken_as_it_was_meant(colours, content, meant):
    page = _square(upload(open_page(bring="upload"), content()))
    assert np.array_equal(shown(page)[0], Redrawer(colours).source(middle(np.array(meant()))))
    assert not page.error


def _huge():
    header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header))
    return b"\x89PNG\r\n\x1a\n" + chunk + file_of(flag_picture())[33:]


ODD = {
    "a text called .png": (b"My cat is called Mimi.", "is not a picture"),
    "half of a JPEG": (file_of(flag_picture(640, 480), "JPEG")[:2000], "is a broken picture"),
    "3600 megapixels": (_huge(), "448 MB of memory"),
    "one pixel": (file_of(Image.new("RGB", (1, 1))), "is too small"),
    "nothing": (b"", "is empty"),
    "a page of HTML": (b"<!DOCTYPE html><html></html>", "is not a picture"),
    "a drawing of lines": (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is an SVG drawing"),
}


@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_picture_is_refused_in_one_sentence_and_the_page_goes_on(redrawing, kind):
    content, reason = ODD[kind]
    page = upload(open_page(bring="upload"), content)
    assert nothing_shown(page)
    (error,) = page.error
    assert error.value.startswith("This file ")
    assert reason in error.value
    assert "Choose a picture file" in said(page)
    assert page.expander[-1].label == "What happens here, and why"
    assert len(shown(upload(page, file_of(flag_picture())))) == 2
    assert not page.error


def test_the_frame_says_which_part_is_meant(colours):
    page = _square(upload(open_page(bring="upload"), file_of(flag_picture())))
    before = shown(page)
    (frame,) = components(page, "crop_box")
    page.session_state["upload-crop"] = {"frame": {"picture": frame["picture"], "box": [0, 0.5, 0.5]}}
    after = shown(page.run())
    assert not np.array_equal(before[1], after[1])
    assert np.array_equal(after[0], Redrawer(colours).source(np.array(flag_picture())[24:, :24]))


def test_a_photographed_drawing_goes_in_as_it_is_and_of_other_pictures_the_lines_are_traced(redrawing):
    page = upload(open_page(bring="upload"), file_of(Image.fromarray(CAT)))
    traced, _ = shown(page)
    page.toggle(key="upload-finished").set_value(True).run()
    as_it_is, _ = shown(page)
    assert np.array_equal(as_it_is, Redrawer(redrawing).source(CAT, finished=True))
    assert not np.array_equal(traced, as_it_is)


def test_only_where_drawings_go_in_can_a_picture_be_one_already(colours):
    page = upload(open_page(bring="upload"), file_of(flag_picture()))
    assert not page.toggle


def test_a_photograph_from_the_camera_is_redrawn(colours):
    page = open_page(bring="camera")
    assert nothing_shown(page)
    assert "Take a photograph" in said(page)
    photograph = file_of(flag_picture(), "JPEG")
    page.camera_input(key="camera").set_value(("shot.jpg", photograph, "image/jpeg")).run()
    redrawer, picture = Redrawer(colours), incoming.read_picture(photograph).picture
    assert np.array_equal(shown(page)[0], redrawer.canvas(picture).cut(redrawer.source(picture)))
    assert np.array_equal(shown(_square(page, "camera"))[0], redrawer.source(middle(picture)))


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
    page = open_page(bring="camera")
    assert not page.camera_input
    assert "https address" in page.info[0].value
    next(button for button in page.button if button.label == "Upload a picture").click().run()
    assert page.button_group(key="bring").value == "upload"
    assert page.file_uploader(key="upload")
    assert page.query_params["bring"] == "upload"


def test_a_camera_that_sends_nonsense_is_said(colours):
    page = open_page(bring="camera")
    page.camera_input(key="camera").set_value(("shot.jpg", b"smile", "image/jpeg")).run()
    assert "is not a picture" in page.error[0].value
    assert nothing_shown(page)


def test_examples_come_from_the_generators_that_shipped_and_from_drawn_sets(shipped, redrawing):
    page = open_page(bring="example")
    (grid,) = components(page, "picture_grid")
    assert grid["seeds"] == list(range(1, 9))
    assert grid["picked"] == [1]
    first = shown(page)
    page.session_state["example"] = 8
    assert not np.array_equal(shown(page.run())[0], first[0])
    assert components(page, "picture_grid")[0]["picked"] == [8]


@pytest.mark.parametrize(("asked", "read"), [("3", 3), ("99", 8), ("0", 1), ("many", 1), ("9" * 5000, 1)])
def test_a_link_says_the_example(shipped, redrawing, asked, read):
    assert components(open_page(bring="example", example=asked), "picture_grid")[0]["picked"] == [read]


def test_a_forger_with_broken_weights_leaves_the_drawn_examples(shipped, redrawing):
    (shipped.folder / generators.WEIGHTS).write_bytes(b"not weights")
    page = open_page(bring="example")
    assert not page.error
    assert len(shown(page)) == 2


def test_without_any_generator_for_seeds_two_drawn_examples_are_left(redrawing, shipped):
    page = open_page(bring="example")
    page.session_state["example"] = 8
    shutil.rmtree(shipped.folder)
    page.run()
    assert components(page, "picture_grid")[0]["seeds"] == [1, 2]
    assert len(shown(page)) == 2


def test_a_link_redraws_the_picture_of_a_seed(lively, trained_run, colours):
    page = open_page(**{"bring": "seed", "from": "cats", "seed": "7"})
    assert page.selectbox(key="from").options == ["cats", "run:demo"]
    assert page.selectbox(key="from").value == "cats"
    assert page.number_input(key="seed").value == 7
    made = sampling.sample(generators.load_generator(lively), lively.config, [7])[0]
    source, _ = shown(page)
    assert np.array_equal(source, Redrawer(colours).source(made))
    page.number_input(key="seed").set_value(8).run()
    assert not np.array_equal(shown(page)[0], source)
    assert page.query_params == {"bring": "seed", "from": "cats", "seed": "8"}


def test_seeds_are_drawn_by_a_forger_of_what_the_generator_learned_from(config, shipped, write_redrawing):
    for name, data in (("to-cats", config.data), ("to-faces", "drawn-faces")):
        write_redrawing(checkpoints_root() / name, task="grey", data=data)
    of_faces = configure(config, data="drawn-faces")
    generators.save_generator(checkpoints_root() / "faces", new_generator(of_faces), {"config": of_faces.to_dict()})
    page = open_page(redraw="to-faces", bring="seed")
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
    page = open_page(**{"bring": "seed", "from": name, "seed": seed})
    assert not page.error
    assert page.selectbox(key="from").value == "cats"
    assert 0 <= page.number_input(key="seed").value < SEED_LIMIT
    assert len(shown(page)) == 2


def test_a_forger_that_is_deleted_during_the_visit_gives_way_to_another(shipped, trained_run, colours):
    page = open_page(**{"bring": "seed", "from": "run:demo", "seed": "7"})
    before = shown(page)
    shutil.rmtree(trained_run.folder)
    page.run()
    assert page.selectbox(key="from").value == "cats"
    assert page.number_input(key="seed").value == 7
    assert not np.array_equal(shown(page)[0], before[0])


def test_a_forger_with_broken_weights_is_said_and_another_can_be_chosen(shipped, trained_run, colours):
    (shipped.folder / generators.WEIGHTS).write_bytes(b"not weights")
    page = open_page(**{"bring": "seed", "from": "cats"})
    assert "weights of the generator 'cats' are broken" in page.error[0].value
    assert nothing_shown(page)
    page.selectbox(key="from").select("run:demo").run()
    assert not page.error
    assert len(shown(page)) == 2


def test_without_a_generator_for_seeds_there_are_none_to_bring(colours):
    page = open_page(bring="seed", seed="7")
    assert page.info[0].value == "There is no generator yet that draws from seeds."
    assert nothing_shown(page)
