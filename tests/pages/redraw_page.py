"""The Redraw page as a visitor uses it: opened, drawn on, given a picture, and looked at."""

import base64
import io
import json

import numpy as np
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan.paths import PROJECT


def open_page(path="redraw", **query):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    page.switch_page(f"pages/{path}.py").run()
    assert not page.exception
    return page


def components(page, name):
    found = [part.proto for part in page.get("bidi_component")]
    return [json.loads(proto.json) for proto in found if proto.component_name == f"forger_{name}"]


def shown(page):
    """The pictures left and right of the edge: what goes in, and what comes out."""
    assert not page.exception
    (compare,) = components(page, "compare")
    return [decoded(picture["url"].split(",")[1]) for picture in compare["pictures"]]


def decoded(text):
    return np.array(Image.open(io.BytesIO(base64.b64decode(text))))


def nothing_shown(page):
    assert not page.exception
    return not components(page, "compare")


def said(page):
    parts = [*page.markdown, *page.caption, *page.info]
    return "\n".join(part.value for part in parts)


def file_of(image, format="PNG", **options):
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def sheet(*lines):
    """A drawing of horizontal bars, each (row, first column, last column), as the browser sends it."""
    picture = np.full((256, 256, 3), 255, np.uint8)
    for row, first, last in lines:
        picture[row : row + 8, first:last] = 0
    return picture


def draw(page, picture):
    page.session_state["sheet"] = {"drawing": base64.b64encode(file_of(Image.fromarray(picture))).decode()}
    return page.run()


CAT, DOG = sheet((60, 40, 200)), sheet((60, 40, 200), (180, 90, 160))


def flag_picture(width=64, height=48):
    """Red, green and blue, and black in one corner: turned or cut, it is another."""
    image = Image.new("RGB", (width, height), (220, 30, 30))
    image.paste((30, 200, 30), (width // 3, 0, 2 * width // 3, height))
    image.paste((30, 30, 220), (2 * width // 3, 0, width, height))
    image.paste((0, 0, 0), (0, 0, width // 3, height // 2))
    return image


def upload(page, content, name="mine.png"):
    return page.file_uploader(key="upload").set_value((name, content, "image/png")).run()
