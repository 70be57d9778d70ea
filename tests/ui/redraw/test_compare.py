import base64
import io
import json

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan.pictures.files import png_bytes


def page(before: bytes, after: bytes):
    from ui.redraw.compare import compare

    compare(before, after, 'your "drawing"', "its picture", "pair", widest=300)


def _picture(shade: int) -> bytes:
    return png_bytes(np.full((8, 8, 3), shade, np.uint8))


def _shade(url: str) -> int:
    head, data = url.split(",")
    assert head == "data:image/png;base64"
    return Image.open(io.BytesIO(base64.b64decode(data))).getpixel((4, 4))[0]


def test_both_pictures_go_to_the_browser_as_they_are_and_in_order():
    app = AppTest.from_function(page, args=(_picture(10), _picture(200)), default_timeout=20).run()
    assert not app.exception
    sent = json.loads(app.main[0].proto.json)
    assert (sent["name"], sent["widest"]) == ("pair", 300)
    assert [side["label"] for side in sent["pictures"]] == ['your "drawing"', "its picture"]
    assert [_shade(side["url"]) for side in sent["pictures"]] == [10, 200]


def test_another_picture_keeps_the_component():
    app = AppTest.from_function(page, args=(_picture(10), _picture(200)), default_timeout=20).run()
    first = app.main[0].proto
    app.args = (_picture(10), _picture(90))
    app.run()
    second = app.main[0].proto
    assert _shade(json.loads(second.json)["pictures"][1]["url"]) == 90
    assert second.id == first.id  # a new id would be a new component, and the edge back in the middle
    assert (second.js_content, second.html_content) == (first.js_content, first.html_content)
