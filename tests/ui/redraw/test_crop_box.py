import base64
import io
import json

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from ui.redraw.crop_box import SMALLEST, read_frame


def said(*box: object, picture: str = "cat") -> dict:
    return {"picture": picture, "box": list(box)}


def test_a_frame_inside_the_picture_is_taken_as_it_is():
    assert read_frame(said(0.5, 0.25, 0.4), "cat", 100, 200) == (0.5, 0.25, 0.4)
    assert read_frame(said(0, 0, 1), "cat", 100, 100) == (0, 0, 1)


@pytest.mark.parametrize(
    ("height", "width", "default"), [(100, 200, (0.25, 0, 1)), (200, 100, (0, 0.25, 1)), (7, 7, (0, 0, 1))]
)
@pytest.mark.parametrize(
    "sent",
    [
        None,
        "cat",
        7,
        [0.1, 0.1, 0.1],
        {},
        {"picture": "cat"},
        {"picture": ["cat"], "box": [0.1, 0.1, 0.5]},
        {"picture": "cat", "box": 0.5},
        {"picture": "cat", "box": None},
        said(),
        said(0.1, 0.1),
        said(0.1, 0.1, 0.5, 0.5),
        said("left", 0.1, 0.5),
        said(None, 0.1, 0.5),
        said([0.1], 0.1, 0.5),
        said(float("nan"), 0.1, 0.5),
        said(0.1, 0.1, float("inf")),
        said(0.1, 10**400, 0.5),
        said(0.1, 0.1, 0.5, picture="dog"),
    ],
    ids=repr,
)
def test_nonsense_or_another_pictures_frame_is_the_largest_centred_square(sent, height, width, default):
    assert read_frame(sent, "cat", height, width) == pytest.approx(default)


@pytest.mark.parametrize(
    ("box", "inside"),
    [
        ((-1, -9, 0.5), (0, 0, 0.5)),
        ((1, 1, 0.5), (0.75, 0.5, 0.5)),
        ((1e300, 0.5, 1e300), (0.5, 0, 1)),
        ((0.3, 0.3, 0), (0.3, 0.3, SMALLEST)),
        ((0.3, 0.3, -5), (0.3, 0.3, SMALLEST)),
    ],
)
def test_a_frame_beyond_the_picture_is_moved_inside(box, inside):
    assert read_frame(said(*box), "cat", 100, 200) == pytest.approx(inside)


def page(picture, forgotten: bool = False):
    import streamlit as st

    from ui.redraw.crop_box import crop_box

    if forgotten:  # as Streamlit does after a visit to another page
        del st.session_state["frame"]
    st.json(list(crop_box(picture, "frame")))


def _data(app: AppTest) -> dict:
    assert not app.exception
    return json.loads(app.main[0].proto.json)


def _run(picture: np.ndarray) -> AppTest:
    return AppTest.from_function(page, args=(picture,), default_timeout=20).run()


def _noise(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


@pytest.mark.parametrize(("shape", "shown"), [((1300, 650), (320, 640)), ((40, 90), (90, 40))])
def test_the_browser_gets_a_small_jpeg(shape, shown):
    data = _data(_run(_noise(*shape)))
    head, jpeg = data["url"].split(",")
    with Image.open(io.BytesIO(base64.b64decode(jpeg))) as image:
        assert (head, image.format, image.size) == ("data:image/jpeg;base64", "JPEG", shown)
    assert data["aspect"] == pytest.approx(shape[1] / shape[0])


def test_the_frame_is_the_pictures_own_and_outlives_a_visit_to_another_page():
    app = _run(_noise(40, 80))
    first = _data(app)
    assert json.loads(app.json[0].value) == [0.25, 0, 1]

    app.session_state["frame"] = {"frame": {"picture": first["picture"], "box": [0.1, 0.2, 0.5]}}
    app.run()
    assert json.loads(app.json[0].value) == [0.1, 0.2, 0.5]
    assert _data(app) == first  # nothing new for the browser, which knows where its frame is

    app.kwargs = {"forgotten": True}
    app.run()
    assert json.loads(app.json[0].value) == [0.1, 0.2, 0.5]

    app.args, app.kwargs = (_noise(40, 80, seed=1),), {}
    app.run()
    assert _data(app)["picture"] != first["picture"]
    assert json.loads(app.json[0].value) == [0.25, 0, 1]
