import base64
import io
import json
import struct
import zlib

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan.errors import ForgerError
from ui.redraw.sketch_pad import LONGEST, SIZE, read_drawing


def sent(picture: np.ndarray, **settings) -> str:
    """What the browser sends for a picture."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, settings.pop("format", "PNG"), **settings)
    return base64.b64encode(file.getvalue()).decode()


def sheet(size: int = SIZE, channels: int = 3) -> np.ndarray:
    """White, with a black bar."""
    picture = np.full((size, size, channels), 255, np.uint8)
    picture[10:20, 30:90, :3] = 0
    return picture


def test_a_drawing_is_read_as_it_was_drawn():
    for channels in (3, 4):  # a browser's canvas has an alpha channel
        read = read_drawing(sent(sheet(channels=channels)))
        assert (read.shape, read.dtype) == ((SIZE, SIZE, 3), np.uint8)
        assert (read == sheet()).all()


@pytest.mark.parametrize("value", [7, None, b"bytes", ["list"], {"png": ""}, True])
def test_what_is_no_text_is_refused(value):
    with pytest.raises(ForgerError, match="not a text of at most"):
        read_drawing(value)


def test_too_long_a_text_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(base64, "b64decode", lambda *_, **__: pytest.fail("unpacked"))
    with pytest.raises(ForgerError, match="at most 300,000 characters"):
        read_drawing("A" * (LONGEST + 1))


@pytest.mark.parametrize("size", [255, 257, 4000])
def test_another_size_is_refused_by_its_header_alone(size, monkeypatch):
    text = sent(np.zeros((size, size), np.uint8))
    monkeypatch.setattr(Image.Image, "convert", lambda *_: pytest.fail("unpacked"))
    with pytest.raises(ForgerError, match=f"{size} by {size} pixels, not 256 by 256"):
        read_drawing(text)


def _with_chunk(kind: bytes, content: bytes) -> str:
    """A drawing with one more chunk after its header, which is the first 33 bytes."""
    png = base64.b64decode(sent(sheet()))
    chunk = kind + content
    extra = len(content).to_bytes(4, "big") + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    return base64.b64encode(png[:33] + extra + png[33:]).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "not base64!",
        "Ünicode",
        "QUJD",
        sent(sheet(), format="BMP"),
        sent(sheet(), format="JPEG"),
        sent(sheet())[:200],
        sent(sheet())[:40],
        "data:image/png;base64," + sent(sheet()),
        _with_chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(80_000_000), 9)),
        _with_chunk(b"IHDR", bytes(2)),
    ],
    ids=["empty", "no base64", "unicode", "no picture", "BMP", "JPEG", "cut", "cut early", "URL", "bomb", "header"],
)
def test_what_is_no_png_is_refused_in_plain_words(text):
    with pytest.raises(ForgerError, match="not a PNG that can be read"):
        read_drawing(text)


def test_damage_anywhere_is_refused_or_harmless():
    whole = base64.b64decode(sent(sheet()))
    for place in range(8, len(whole)):
        damaged = whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :]
        try:
            assert read_drawing(base64.b64encode(damaged).decode()).shape == (SIZE, SIZE, 3)
        except ForgerError:
            pass


def page(strokes=None, turn: int = 0, forgotten: bool = False):
    import streamlit as st

    from ui.messages import errors_shown
    from ui.redraw.sketch_pad import sketch_pad

    if forgotten:  # as Streamlit does after a visit to another page
        del st.session_state["pad"]
    with errors_shown():
        picture = sketch_pad("pad", strokes, turn)
        st.text("blank" if picture is None else f"{picture.shape} {int((picture == 0).sum())}")


def _run(drawing: object = None, **settings) -> AppTest:
    app = AppTest.from_function(page, kwargs=settings, default_timeout=20)
    if drawing is not None:
        app.session_state["pad"] = {"drawing": drawing}
    return app.run()


def test_a_new_sheet_is_blank_and_so_is_a_white_one():
    for app in (_run(), _run(sent(np.full((SIZE, SIZE, 3), 255, np.uint8)))):
        assert not app.exception
        assert app.text[0].value == "blank"


def test_the_page_gets_the_drawing_also_after_a_visit_to_another_page():
    app = _run(sent(sheet()))
    assert app.text[0].value == "(256, 256, 3) 1800"
    app.kwargs = {"forgotten": True}
    app.run()
    assert app.text[0].value == "(256, 256, 3) 1800"


def test_nonsense_from_the_browser_is_shown_below_the_sheet():
    app = _run("nonsense")
    assert not app.exception
    assert [message.value for message in app.error] == ["The drawing is not a PNG that can be read."]
    assert app.main[0].proto.component_name == "forger_sketch_pad"


def test_a_ready_made_drawing_goes_to_the_browser_and_the_sheet_keeps_its_identity():
    app = _run()
    blank = app.main[0].proto
    assert json.loads(blank.json) == {"name": "pad", "turn": 0, "strokes": None, "size": 256, "pause": 250}
    app.kwargs = {"strokes": [np.array([[0, 0.123456], [1, 1]]), [(0.5, 0.5)]], "turn": 1}
    app.run()
    ready = app.main[0].proto
    assert json.loads(ready.json) | {"name": ""} == {
        "name": "",
        "turn": 1,
        "strokes": [[[0, 0.1235], [1, 1]], [[0.5, 0.5]]],
        "size": 256,
        "pause": 250,
    }
    assert ready.id == blank.id  # a new id would be a new sheet


def test_a_png_whose_header_promises_billions_of_pixels_is_refused():
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + header
    png = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", len(header)) + chunk + struct.pack(">I", zlib.crc32(chunk))
    with pytest.raises(ForgerError):
        read_drawing(base64.b64encode(png).decode())
