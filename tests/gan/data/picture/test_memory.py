"""What a picture takes to be decoded is foreseen."""

import io

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from gan.data.picture import memory
from gan.data.picture.decode import TOO_LARGE, Unusable, opened, whole
from gan.data.picture.formats import open_picture


def encoded(image: Image.Image, format: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


@pytest.mark.parametrize("mode, each", [("1", 2), ("L", 1), ("P", 5), ("RGB", 4), ("RGBA", 8), ("LA", 8), ("I;16", 3)])
def test_by_mode(mode, each):
    assert memory.pixels(open_picture(encoded(Image.new(mode, (50, 20))))) == 1000 * each


@pytest.mark.parametrize("format, each", [("WEBP", 17), ("AVIF", 12), ("TIFF", 8), ("JPEG2000", 20), ("BMP", 4)])
def test_by_format(format, each):
    assert memory.pixels(open_picture(encoded(Image.new("RGB", (50, 20)), format))) == 1000 * each


def test_heic():
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (64, 64))).save(buffer)
    assert memory.pixels(open_picture(buffer.getvalue())) == 64 * 64 * 9


def test_a_see_through_palette_is_made_rgba_twice():
    assert memory.pixels(open_picture(encoded(Image.new("P", (50, 20)), transparency=0))) == 1000 * 9


@pytest.mark.parametrize(
    "options, each",
    [({}, 0), ({"progressive": True}, 3), ({"progressive": True, "subsampling": 0}, 6)],
    ids=["in one scan", "progressive", "progressive with full colours"],
)
def test_coefficients_of_a_jpeg(options, each):
    assert memory.coefficients(encoded(Image.new("RGB", (160, 80)), "JPEG", **options)) == 160 * 80 * each


def test_coefficients_of_odd_ones():
    grey = encoded(Image.new("L", (160, 80)), "JPEG", progressive=True)
    assert memory.coefficients(grey) == 160 * 80 * 2
    assert memory.coefficients(grey[:2] + b"\xff\xff" + grey[2:]) == 160 * 80 * 2  # a marker after more than one FF
    apart = bytearray(encoded(Image.new("RGB", (160, 80)), "JPEG"))
    apart[apart.index(b"\xff\xda") + 4] = 1  # a scan of one colour
    assert memory.coefficients(bytes(apart)) == 160 * 80 * 3
    for end in range(len(grey)):
        memory.coefficients(grey[:end])


def test_a_progressive_jpeg_is_refused_before_it_is_decoded_an_ordinary_one_is_read(monkeypatch):
    monkeypatch.setattr(memory, "MOST", 1_000_000)
    image = Image.fromarray(np.zeros((800, 1200, 3), np.uint8))
    with opened(encoded(image, "JPEG")) as ordinary:
        assert whole(ordinary, 100)[0].size == (100, 67)
    with pytest.raises(Unusable, match="MB of memory") as refused, opened(encoded(image, "JPEG", progressive=True)):
        pass
    assert str(refused.value) == TOO_LARGE
