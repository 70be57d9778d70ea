import io
import zipfile

import numpy as np
import pytest
from PIL import Image

from gan.errors import ForgerError
from gan.pictures.files import even_png_bytes, jpeg_bytes, png_bytes, zip_of_pngs
from gan.pictures.sheet import filmstrip, grid


def plain(*levels, height=4, width=6):
    """One picture for each level, all of it that level."""
    return np.stack([np.full((height, width, 3), level, np.uint8) for level in levels])


def decode(data):
    return np.asarray(Image.open(io.BytesIO(data)))


def test_grid_fills_rows_and_leaves_the_background():
    sheet = grid(plain(10, 20, 30), columns=2, gap=1, background=(1, 2, 3))
    assert sheet.shape == (9, 13, 3)
    assert sheet.dtype == np.uint8
    assert (sheet[:4, :6] == 10).all()
    assert (sheet[:4, 7:] == 20).all()
    assert (sheet[5:, :6] == 30).all()
    for gap_or_empty in (sheet[4], sheet[:, 6], sheet[5:, 7:]):
        assert (gap_or_empty == (1, 2, 3)).all()


def test_grid_of_fewer_pictures_than_columns():
    assert grid(plain(10, 20), columns=8, gap=2).shape == (4, 14, 3)
    assert (grid(plain(10), columns=8) == plain(10)[0]).all()


def test_grid_says_what_is_wrong():
    with pytest.raises(ForgerError, match="no pictures"):
        grid(plain(1)[:0], columns=2)
    with pytest.raises(ForgerError, match="at least one column"):
        grid(plain(1), columns=0)


def test_filmstrip_shows_the_ends_and_evenly_between():
    strip = filmstrip(plain(*range(0, 101)), count=5, gap=0)
    assert strip.shape == (4, 30, 3)
    assert strip[0, ::6, 0].tolist() == [0, 25, 50, 75, 100]
    assert filmstrip(plain(1, 2), count=10, gap=0)[0, ::6, 0].tolist() == [1, 2]
    with pytest.raises(ForgerError, match="at least one picture"):
        filmstrip(plain(1, 2), count=0)


def test_png_is_exact_and_jpeg_is_close():
    ramp = np.linspace(0, 255, 32).astype(np.uint8)
    picture = np.stack(np.broadcast_arrays(ramp[:, None], ramp[None], np.uint8(90)), -1)
    assert (decode(png_bytes(picture)) == picture).all()
    assert np.abs(decode(jpeg_bytes(picture)).astype(int) - picture).mean() < 4
    assert len(jpeg_bytes(picture, quality=20)) < len(jpeg_bytes(picture))


def test_zip_of_pngs():
    data = zip_of_pngs(plain(1, 2, 3, 3), ["7", "9", "7", "7"])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["7.png", "9.png", "7 (2).png", "7 (3).png"]
        assert (decode(archive.read("9.png")) == 2).all()
        for entry in archive.infolist():
            assert entry.date_time == (1980, 1, 1, 0, 0, 0)
            assert entry.compress_type == zipfile.ZIP_STORED
    with pytest.raises(ValueError, match="shorter"):
        zip_of_pngs(plain(1, 2), ["7"])


def test_even_files_are_equally_long_whatever_is_in_them():
    noise = np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)
    files = [even_png_bytes(picture) for picture in (noise, np.zeros_like(noise), np.full_like(noise, 200))]
    assert len({len(file) for file in files}) == 1
    assert (decode(files[0]) == noise).all()
