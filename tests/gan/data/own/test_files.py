import io
import os
import struct
import tracemalloc
import zipfile
import zlib
from collections import Counter
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
from PIL import Image

from gan.data.own.reading import Report, read_pictures
from gan.data.picture.decode import square
from gan.errors import ForgerError

RED, BLUE = (220, 30, 30), (30, 30, 220)


def halves(width: int = 80, height: int = 60) -> Image.Image:
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image


def encoded(image: Image.Image, format: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def reopened(image: Image.Image, format: str, **options) -> Image.Image:
    return Image.open(io.BytesIO(encoded(image, format, **options)))


def png_that_declares(width: int, height: int) -> bytes:
    """A PNG whose header promises a size, with no pixels behind it."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


def fill(folder: Path, count: int = 16) -> Path:
    """`count` good pictures whose grey level is their number, named so that text order is number order."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        Image.new("RGB", (20, 20), (number,) * 3).save(folder / f"{number:03d}.png")
    return folder


def zipped(folder: Path, **options) -> Path:
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w", **options) as archive:
        for path in sorted(folder.rglob("*"), reverse=True):
            archive.write(path, path.relative_to(folder))
    return target


def read(path: Path, resolution: int = 16) -> tuple[np.ndarray, Counter[str]]:
    report = Report()
    return np.stack(list(read_pictures(path, resolution, report))), report.skipped


def colour(picture: np.ndarray, row: int, column: int) -> str:
    r, _, b = (int(value) for value in picture[row, column])
    return "red" if r > b + 50 else "blue" if b > r + 50 else "other"


class TestSquare:
    def test_is_the_centre_and_has_the_asked_shape(self):
        image = Image.new("RGB", (300, 100), "black")
        image.paste((200, 100, 50), (100, 0, 200, 100))
        picture = square(image, 32)
        assert picture.shape == (32, 32, 3) and picture.dtype == np.uint8
        assert (picture[:, 4:-4] == (200, 100, 50)).all()  # the very edge is blended with what lies beyond

    def test_small_pictures_grow(self):
        assert square(halves(20, 20), 64).shape == (64, 64, 3)

    def test_fine_stripes_become_grey_not_moire(self):
        stripes = np.zeros((256, 256, 3), np.uint8)
        stripes[:, ::2] = 255
        picture = square(Image.fromarray(stripes), 32)
        assert np.abs(picture[:, 4:-4].astype(int) - 127).max() < 12

    @pytest.mark.parametrize("orientation", range(1, 9))
    def test_exif_orientation(self, orientation):
        upright = halves(96, 64)
        turn = {
            2: Image.Transpose.FLIP_LEFT_RIGHT,
            3: Image.Transpose.ROTATE_180,
            4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE,
            6: Image.Transpose.ROTATE_90,  # stored turned to the left, to be shown turned to the right
            7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270,
        }
        stored = upright.transpose(turn[orientation]) if orientation in turn else upright
        exif = Image.Exif()
        exif[0x0112] = orientation
        picture = square(reopened(stored, "JPEG", exif=exif, quality=95), 32)
        assert [colour(picture, 4, 4), colour(picture, 4, 27)] == ["red", "blue"]
        assert [colour(picture, 27, 4), colour(picture, 27, 27)] == ["red", "blue"]

    def test_a_tiff_is_turned_once(self):
        exif = Image.Exif()
        exif[0x0112] = 6
        picture = square(reopened(halves(96, 64).transpose(Image.Transpose.ROTATE_90), "TIFF", exif=exif), 32)
        assert colour(picture, 16, 4) == "red" and colour(picture, 16, 27) == "blue"

    def test_damaged_exif_costs_nothing_but_the_rotation(self):
        image = reopened(halves(), "JPEG", exif=b"Exif\x00\x00not a header at all")
        assert colour(square(image, 32), 16, 4) == "red"

    def test_transparency_lies_on_white(self):
        image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
        image.paste((0, 0, 0, 128), (0, 20, 40, 40))
        picture = square(reopened(image, "PNG"), 40)
        assert (picture[5, 20] == 255).all()
        assert np.abs(picture[35, 20].astype(int) - 127).max() <= 2

    def test_colours_under_full_transparency_do_not_bleed(self):
        image = Image.new("RGBA", (400, 400), (255, 0, 0, 0))
        image.paste((255, 255, 255, 255), (0, 0, 201, 400))
        assert (square(image, 32) >= 254).all()

    def test_palette_with_transparency(self):
        image = Image.new("P", (40, 40), 0)
        image.putpalette([0, 0, 0, 30, 30, 220])
        image.paste(1, (0, 0, 20, 40))
        picture = square(reopened(image, "PNG", transparency=0), 40)
        assert colour(picture, 20, 5) == "blue" and (picture[20, 35] == 255).all()

    @pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK", "YCbCr", "HSV", "RGBX", "PA"])
    def test_every_mode_becomes_rgb(self, mode):
        picture = square(Image.new("RGB", (30, 30), "white").convert(mode), 16)
        assert picture.shape == (16, 16, 3) and (picture >= 250).all()

    def test_cmyk_jpeg_keeps_its_colours(self):
        picture = square(reopened(halves().convert("CMYK"), "JPEG", quality=95), 32)
        assert colour(picture, 16, 4) == "red" and colour(picture, 16, 27) == "blue"

    @pytest.mark.parametrize("format", ["PNG", "TIFF"])
    def test_sixteen_bits_are_scaled_not_clipped(self, format):
        values = np.full((32, 32), 0x8000, np.uint16)
        picture = square(reopened(Image.fromarray(values), format), 16)
        assert np.abs(picture.astype(int) - 128).max() <= 1

    def test_floats(self):
        assert (square(Image.fromarray(np.full((32, 32), 0.5, np.float32)), 16) == 128).all()
        assert (square(Image.fromarray(np.full((32, 32), 200, np.float32)), 16) == 200).all()
        assert (square(Image.fromarray(np.full((32, 32), np.nan, np.float32)), 16) == 0).all()

    @pytest.mark.parametrize("format", ["GIF", "WEBP", "PNG", "TIFF"])
    def test_animations_give_their_first_frame(self, format):
        frames = [Image.new("RGB", (32, 32), BLUE), Image.new("RGB", (32, 32), "yellow")]
        image = reopened(Image.new("RGB", (32, 32), RED), format, save_all=True, append_images=frames)
        assert image.n_frames == 3
        assert colour(square(image, 16), 8, 8) == "red"

    def test_a_large_jpeg_is_decoded_small(self):
        image = reopened(halves(4000, 3000), "JPEG")
        picture = square(image, 64)
        assert image.width == 500  # an eighth: the least that keeps twice 64
        assert colour(picture, 32, 8) == "red" and colour(picture, 32, 56) == "blue"


class TestFolder:
    def test_nested_in_order_of_names_whatever_they_are_called(self, tmp_path):
        folder = fill(tmp_path / "set" / "b", 20)
        Image.new("RGB", (20, 20), (99,) * 3).save(tmp_path / "set" / "a.png")
        (folder / "000.png").rename(folder / "000.JPG")  # a wrong ending does not matter
        pictures, skipped = read(tmp_path / "set")
        assert pictures[:, 0, 0, 0].tolist() == [99, *range(20)]
        assert skipped == {}

    def test_phones_pictures(self, tmp_path):
        folder = fill(tmp_path / "set")
        pillow_heif.from_pillow(Image.new("RGB", (200, 150), "red")).save(folder / "phone.HEIC", tile_size=64)
        Image.new("RGB", (12_000, 9_000), "red").save(folder / "phone.jfif", "JPEG")  # Pillow would warn of its area
        pictures, skipped = read(folder)
        assert len(pictures) == 18 and skipped == {}
        assert np.abs(pictures[-2:].astype(int) - (255, 0, 0)).max() < 12

    def test_every_reason_is_counted(self, tmp_path):
        folder = fill(tmp_path / "set")
        jpeg = encoded(Image.effect_noise((200, 200), 80), "JPEG")
        (folder / "half.jpg").write_bytes(jpeg[: len(jpeg) // 2])
        (folder / "text.jpg").write_text("I am not a picture")
        (folder / "empty.png").write_bytes(b"")
        (folder / "bomb.png").write_bytes(png_that_declares(60_000, 60_000))
        (folder / "huge.png").write_bytes(png_that_declares(12_000, 10_000))
        (folder / "hollow.png").write_bytes(png_that_declares(100, 100))
        (folder / "tiny.png").write_bytes(encoded(Image.new("RGB", (200, 3))))
        (folder / "phone.heic").write_bytes(b"\x00\x00\x00\x18ftypheic" + bytes(100))
        (folder / "vector.eps").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 100 100\n%%EndComments\n")
        with (folder / "film.mov").open("wb") as file:
            file.truncate(64 * 2**20 + 1)
        pictures, skipped = read(folder)
        assert len(pictures) == 16
        assert skipped == {
            "not a picture": 3,
            "broken picture": 2,
            "too large (over 448 MB of memory)": 2,
            "too small (under 4 pixels)": 1,
            "file over 64 MB": 1,
            "HEIC photo that is damaged or unusual (save it as JPEG)": 1,
        }

    def test_hidden_and_system_files_are_passed_over(self, tmp_path):
        folder = fill(tmp_path / "set")
        for name in [".DS_Store", "._000.png", "Thumbs.db", "desktop.ini"]:
            (folder / name).write_bytes(b"x")
        fill(folder / "__MACOSX", 3)
        fill(folder / ".thumbnails", 3)
        pictures, skipped = read(folder)
        assert len(pictures) == 16 and skipped == {}

    @pytest.mark.parametrize(
        "format",
        ["JPEG", "MPO", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF", "PPM", "TGA", "ICO", "JPEG2000"],
    )
    def test_formats(self, tmp_path, format):
        folder = fill(tmp_path / "set")
        (folder / "z").write_bytes(encoded(halves(64, 64), format))
        pictures, skipped = read(folder)
        assert skipped == {}
        assert colour(pictures[-1], 8, 2) == "red" and colour(pictures[-1], 8, 13) == "blue"

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes or links on this system")
    def test_links_that_loop_lead_nowhere_or_are_pipes(self, tmp_path):
        folder = fill(tmp_path / "set")
        (folder / "loop").symlink_to(folder, target_is_directory=True)
        (folder / "self.png").symlink_to(folder / "self.png")
        (folder / "gone.png").symlink_to(tmp_path / "nothing.png")
        (folder / "same.png").symlink_to(folder / "003.png")
        os.mkfifo(folder / "pipe.png")
        pictures, skipped = read(folder)
        assert len(pictures) == 17
        assert skipped == {"unreadable": 2, "not a picture": 1}

    def test_too_few_says_how_many_and_why(self, tmp_path):
        folder = fill(tmp_path / "set", 3)
        for number in range(4):
            (folder / f"{number}.txt").write_text("notes")
        (folder / "tiny.png").write_bytes(encoded(Image.new("RGB", (3, 3))))
        with pytest.raises(ForgerError) as error:
            read(folder)
        assert str(error.value) == (
            "Only 3 usable pictures were found; training needs at least 16. "
            "Skipped: 4 not a picture, 1 too small (under 4 pixels)."
        )

    def test_fifteen_is_too_few_and_sixteen_is_enough(self, tmp_path):
        assert len(read(fill(tmp_path / "enough", 16))[0]) == 16
        with pytest.raises(ForgerError, match="Only 15 usable pictures"):
            read(fill(tmp_path / "few", 15))

    def test_empty_or_missing(self, tmp_path):
        (tmp_path / "empty").mkdir()
        with pytest.raises(ForgerError, match="No usable pictures were found"):
            read(tmp_path / "empty")
        with pytest.raises(ForgerError, match="nowhere"):
            read(tmp_path / "nowhere")

    def test_progress_counts_every_file(self, tmp_path):
        folder = fill(tmp_path / "set")
        (folder / "a.txt").write_text("notes")
        heard = []
        list(read_pictures(folder, 16, Report(), lambda done, total: heard.append((done, total))))
        assert heard == [(0, None)] * 17 + [(done, 16) for done in range(1, 17)]  # a look at all, then the pictures


class TestZip:
    def test_gives_what_the_folder_gives(self, tmp_path):
        folder = fill(tmp_path / "set" / "deep" / "deeper").parents[1]
        fill(folder / "__MACOSX", 2)
        (folder / "note.txt").write_text("notes")
        pictures, skipped = read(zipped(folder))
        assert (pictures == read(folder)[0]).all()
        assert skipped == {"not a picture": 1}

    @pytest.mark.parametrize("content", [b"", b"hello", encoded(halves())])
    def test_what_is_not_a_zip(self, tmp_path, content):
        path = tmp_path / "set.zip"
        path.write_bytes(content)
        with pytest.raises(ForgerError, match="not a ZIP"):
            read(path)

    def test_cut_off(self, tmp_path):
        path = zipped(fill(tmp_path / "set"))
        path.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(ForgerError, match="damaged"):
            read(path)

    def test_empty(self, tmp_path):
        (tmp_path / "set").mkdir()
        with pytest.raises(ForgerError, match="No usable pictures"):
            read(zipped(tmp_path / "set"))

    def test_the_slashes_of_windows_are_folders_too(self, tmp_path):
        folder = fill(tmp_path / "set")
        path = tmp_path / "windows.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for name in ("cats\\", "cats\\.hidden\\"):
                archive.writestr(zipfile.ZipInfo(name), b"")
            for picture in sorted(folder.iterdir()):
                archive.writestr(zipfile.ZipInfo(f"cats\\{picture.name}"), picture.read_bytes())
            archive.writestr(zipfile.ZipInfo("__MACOSX\\._000.png"), b"1")
        pictures, skipped = read(path)
        assert (pictures == read(folder)[0]).all() and skipped == {}

    def test_zip_in_zip_is_skipped(self, tmp_path):
        inner = zipped(fill(tmp_path / "inner"))
        folder = fill(tmp_path / "set")
        inner.rename(folder / "inner.zip")
        pictures, skipped = read(zipped(folder))
        assert len(pictures) == 16 and skipped == {"another archive (unpack it first)": 1}

    def test_names_that_climb_out_write_nothing(self, tmp_path):
        (tmp_path / "in").mkdir()
        path = tmp_path / "in" / "set.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for number in range(16):
                archive.writestr(f"../../{number}.png", encoded(halves()))
        before = sorted(tmp_path.rglob("*"))
        assert len(read(path)[0]) == 16
        assert sorted(tmp_path.rglob("*")) == before

    def test_encrypted_and_strangely_packed_members(self, tmp_path):
        path = zipped(fill(tmp_path / "set"))
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("packed.png", encoded(halves()), zipfile.ZIP_LZMA)
            archive.writestr("secret.png", encoded(halves()))
        content = bytearray(path.read_bytes())
        entry = content.rindex(b"PK\x01\x02")  # the last member's line in the table of contents
        content[entry + 8] |= 0x1
        path.write_bytes(content)
        pictures, skipped = read(path)
        assert len(pictures) == 16 and skipped == {"unreadable": 1, "encrypted": 1}

    def test_a_member_without_a_name(self, tmp_path):
        path = zipped(fill(tmp_path / "set"))
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr("x", encoded(halves()))
        content = bytearray(path.read_bytes())
        entry = content.rindex(b"PK\x01\x02")
        content[entry + 28], content[entry + 30] = 0, 1  # its one letter now counts as extra data
        path.write_bytes(content)
        pictures, skipped = read(path)
        assert len(pictures) == 16 and skipped == {"unreadable": 1}

    def test_flipped_bits_cost_one_picture(self, tmp_path):
        path = zipped(fill(tmp_path / "set", 17))
        content = bytearray(path.read_bytes())
        content[content.index(b"IDAT") + 8] ^= 0xFF
        path.write_bytes(content)
        pictures, skipped = read(path)
        assert len(pictures) == 16 and skipped == {"unreadable": 1}

    def test_bomb_is_known_by_its_declared_size(self, tmp_path):
        path = zipped(fill(tmp_path / "set"))
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bomb.png", bytes(64 * 2**20 + 1))
        pictures, skipped = read(path)
        assert len(pictures) == 16 and skipped == {"file over 64 MB": 1}

    def test_bomb_that_lies_about_its_size_does_not_fill_the_memory(self, tmp_path):
        path = zipped(fill(tmp_path / "set"))
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("bomb.png", bytes(64 * 2**20))
        content = bytearray(path.read_bytes())
        entry = content.rindex(b"PK\x01\x02")
        content[entry + 24 : entry + 28] = struct.pack("<I", 1000)
        path.write_bytes(content)
        tracemalloc.start()
        pictures, skipped = read(path)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert len(pictures) == 16 and skipped == {"unreadable": 1}
        assert peak < 8 * 2**20
