import io
import os
import re
import struct
import zlib

import numpy as np
import pillow_heif
import pytest
from PIL import EpsImagePlugin, Image, PngImagePlugin

from gan.data import incoming
from gan.data.picture import decode
from gan.errors import ForgerError

WHITE, RED, GREEN, BLUE = (255, 255, 255), (220, 30, 30), (30, 200, 30), (30, 30, 220)


def thirds(width: int = 90, height: int = 60) -> Image.Image:
    """Red, green and blue from left to right, one corner white: what is cut off, mirrored or turned shows."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(GREEN, (width // 3, 0, 2 * width // 3, height))
    image.paste(BLUE, (2 * width // 3, 0, width, height))
    image.paste(WHITE, (0, 0, width // 3, height // 2))
    return image


def encoded(image: Image.Image, format: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def declaring(png: bytes, width: int, height: int) -> bytes:
    """A PNG whose header promises another size."""
    header = b"IHDR" + struct.pack(">II", width, height) + png[24:29]
    return png[:12] + header + struct.pack(">I", zlib.crc32(header)) + png[33:]


def deep_colours(values: np.ndarray) -> bytes:
    """A PNG of colours of 16 bits (H, W, 3), which Pillow does not write."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    height, width, _ = values.shape
    rows = b"".join(b"\0" + row.tobytes() for row in values)
    header = struct.pack(">IIBBBBB", width, height, 16, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def odd_tiff() -> bytes:
    """A TIFF that says it has 24 bits of grey."""
    data = encoded(Image.new("L", (20, 20)), "TIFF")
    return data.replace(struct.pack("<HHIHH", 258, 3, 1, 8, 0), struct.pack("<HHIHH", 258, 3, 1, 24, 0))


def is_close(picture: np.ndarray, image: Image.Image, within: int = 40) -> bool:
    """Whether a picture is that image, but for the losses of encoding and shrinking beside the edges."""
    wanted = np.asarray(image)
    if picture.shape != wanted.shape or picture.dtype != np.uint8:
        return False
    differences = np.abs(picture.astype(int) - wanted).max(axis=-1)
    return bool(np.median(differences) <= 6 and np.quantile(differences, 0.9) <= within)


def read(data: bytes) -> np.ndarray:
    return incoming.read_picture(data).picture


def refusal(data: bytes) -> str:
    with pytest.raises(ForgerError) as error:
        read(data)
    sentence = str(error.value)
    assert re.fullmatch(r"This file [^.\n]+\.", sentence)
    return sentence


class TestReadPicture:
    def test_is_whole_and_exact_where_nothing_has_to_shrink(self):
        picture = read(encoded(thirds(1024, 100)))
        assert picture.dtype == np.uint8
        assert (picture == np.asarray(thirds(1024, 100))).all()

    @pytest.mark.parametrize("format", [one for one in incoming.PAGE_FORMATS if one != "HEIF"])
    def test_formats(self, format):
        assert is_close(read(encoded(thirds(), format)), thirds())

    @pytest.mark.parametrize("format", sorted({*incoming.FORMATS} - {*incoming.PAGE_FORMATS}))
    def test_formats_of_ones_own_files_only(self, tmp_path, format):
        (tmp_path / "file").write_bytes(encoded(thirds(), format))
        assert is_close(incoming.read_file(tmp_path / "file").picture, thirds())
        assert "these work: JPEG, PNG" in refusal(encoded(thirds(), format))

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
    @pytest.mark.parametrize("orientation", range(2, 9))
    def test_turned_as_the_camera_meant(self, format, orientation):
        stored = thirds().transpose(
            {
                2: Image.Transpose.FLIP_LEFT_RIGHT,
                3: Image.Transpose.ROTATE_180,
                4: Image.Transpose.FLIP_TOP_BOTTOM,
                5: Image.Transpose.TRANSPOSE,
                6: Image.Transpose.ROTATE_90,  # stored turned to the left, to be shown turned to the right
                7: Image.Transpose.TRANSVERSE,
                8: Image.Transpose.ROTATE_270,
            }[orientation]
        )
        exif = Image.Exif()
        exif[0x0112] = orientation
        assert is_close(read(encoded(stored, format, exif=exif)), thirds())

    def test_transparency_lies_on_white(self):
        image = thirds().convert("RGBA")
        image.putalpha(Image.new("L", image.size, 255))
        image.paste((0, 0, 0, 0), (0, 0, 30, 60))
        image.paste((0, 0, 0, 128), (30, 0, 60, 60))
        picture = read(encoded(image))
        assert (picture[:, :30] == 255).all()
        assert np.abs(picture[:, 30:60].astype(int) - 127).max() <= 1
        assert (picture[:, 60:] == BLUE).all()

    def test_palette_with_transparency(self):
        image = Image.new("P", (40, 40), 0)
        image.putpalette([0, 0, 0, *BLUE])
        image.paste(1, (0, 0, 20, 40))
        picture = read(encoded(image, transparency=0))
        assert (picture[:, :20] == BLUE).all() and (picture[:, 20:] == 255).all()

    def test_white_shapes_are_laid_on_black_and_keep_their_opacity(self):
        image = Image.new("LA", (64, 64), (255, 0))
        image.paste((255, 255), (0, 0, 32, 64))
        one = incoming.read_picture(encoded(image))
        assert (one.picture[:, :32] == 255).all() and (one.picture[:, 32:] == 0).all()
        assert (one.alpha[:, :32] == 255).all() and (one.alpha[:, 32:] == 0).all()
        assert one.remarks == ("Where it is see-through it was laid on black, as white would hide what is white.",)

    def test_nothing_is_said_of_an_ordinary_picture(self):
        one = incoming.read_picture(encoded(thirds().convert("RGBA")))
        assert one.alpha is None and one.remarks == ()

    @pytest.mark.parametrize(
        "size, times, shown",
        [((12, 12), 21, (252, 252)), ((4, 4), 64, (256, 256)), ((31, 1000), 1, (31, 1000)), ((8, 100), 10, (80, 1000))],
    )
    def test_a_small_picture_is_enlarged_without_smoothing(self, size, times, shown):
        image = Image.effect_noise(size, 90).convert("RGB")
        one = incoming.read_picture(encoded(image))
        assert one.picture.shape[1::-1] == shown
        assert (one.picture[::times, ::times] == np.asarray(image)).all()
        assert len(np.unique(one.picture)) <= len(np.unique(image))
        assert any(f"{times} times, without smoothing" in remark for remark in one.remarks) == (times > 1)

    def test_a_small_sprite_keeps_its_opacity(self):
        sprite = Image.new("RGBA", (12, 12))
        sprite.paste(RED, (0, 0, 6, 12))
        one = incoming.read_picture(encoded(sprite))
        assert one.alpha.shape == (252, 252) and set(np.unique(one.alpha)) == {0, 255}

    def test_first_frame_of_an_animation(self):
        frames = [Image.new("RGB", (40, 40), colour) for colour in (RED, GREEN, BLUE)]
        picture = read(encoded(frames[0], "GIF", save_all=True, append_images=frames[1:]))
        assert (picture == RED).all()

    def test_twelve_bits_in_sixteen_are_not_black(self):
        ramp = np.tile(np.linspace(0, 4095, 64).astype(np.uint16), (32, 1))
        one = incoming.read_picture(encoded(Image.fromarray(ramp)))
        assert np.abs(one.picture - ramp[..., None] / 4095 * 255).max() <= 1
        assert one.remarks == ("Its numbers are no 8-bit ones: values from 0 (black) to 4095 (white) were read.",)

    @pytest.mark.parametrize("bits, remarks", [(12, 1), (16, 0)])
    def test_colours_of_sixteen_bits(self, bits, remarks):
        ramp = np.zeros((32, 64, 3), ">u2")
        ramp[..., 1] = np.linspace(0, 2**bits - 1, 64)
        one = incoming.read_picture(deep_colours(ramp))
        assert np.abs(one.picture[0, :, 1] - np.linspace(0, 255, 64)).max() <= (17 if bits == 12 else 1)
        assert not one.picture[..., [0, 2]].any()
        assert len(one.remarks) == remarks and all("to 4095 (white)" in remark for remark in one.remarks)

    @pytest.mark.parametrize("kind", [np.int32, np.float32])
    def test_numbers_below_zero(self, kind):
        ramp = np.tile(np.linspace(-500, 2000, 64).astype(kind), (32, 1))
        one = incoming.read_picture(encoded(Image.fromarray(ramp), "TIFF"))
        assert one.picture.min() == 0 and one.picture.max() == 255
        assert "-500 (black) to 2000 (white)" in one.remarks[0]

    def test_one_bit(self):
        image = Image.new("1", (64, 64))
        image.paste(1, (0, 0, 32, 64))
        assert (read(encoded(image))[0, [0, 63]] == [[255] * 3, [0] * 3]).all()

    def test_sixteen_bits_are_scaled_not_clipped(self):
        ramp = np.tile(np.linspace(0, 65535, 64).astype(np.uint16), (32, 1))
        picture = read(encoded(Image.fromarray(ramp)))
        assert np.abs(picture - ramp[..., None] / 257).max() <= 1

    def test_floats(self):
        picture = read(encoded(Image.fromarray(np.full((32, 32), 0.5, np.float32)), "TIFF"))
        assert (picture == 128).all()

    def test_cmyk_keeps_its_colours(self):
        assert is_close(read(encoded(thirds().convert("CMYK"), "JPEG")), thirds())

    def test_a_colour_profile_changes_nothing(self):
        plain = read(encoded(thirds(), "JPEG"))
        assert (read(encoded(thirds(), "JPEG", icc_profile=b"no profile at all")) == plain).all()

    @pytest.mark.parametrize(
        "size, shrunk", [((4500, 3000), (1024, 683)), ((1500, 3000), (512, 1024)), ((1025, 16), (1024, 16))]
    )
    def test_shrunk_to_the_longest_side(self, size, shrunk):
        picture = read(encoded(thirds(*size), "JPEG"))
        assert is_close(picture, thirds(*shrunk))

    def test_fine_stripes_become_grey_not_moire(self):
        stripes = np.zeros((64, 4096, 3), np.uint8)
        stripes[:, ::2] = 255
        picture = read(encoded(Image.fromarray(stripes)))
        assert np.abs(picture[:, 8:-8].astype(int) - 127).max() < 12

    def test_a_huge_jpeg_is_decoded_small(self):
        with decode.opened(encoded(Image.new("RGB", (8320, 6000), RED), "JPEG")) as image:
            assert decode.whole(image, 1024)[0].size == (1024, 738)
            assert image.size == (2080, 1500)  # a quarter: the least that keeps twice what is asked


def heic(image: Image.Image, **options) -> bytes:
    file = pillow_heif.from_pillow(image)
    buffer = io.BytesIO()
    file.save(buffer, quality=90, **options)
    return buffer.getvalue()


class TestHeic:
    def test_in_one_piece_and_in_tiles(self):
        image = thirds(300, 200)
        for options in ({}, {"tile_size": 64}):
            assert is_close(read(heic(image, **options)), image)

    @pytest.mark.parametrize("orientation, turn", [(6, Image.Transpose.ROTATE_90), (3, Image.Transpose.ROTATE_180)])
    def test_turned_once(self, orientation, turn):
        exif = Image.Exif()
        exif[0x0112] = orientation
        image = thirds(300, 200)
        assert is_close(read(heic(image.transpose(turn), exif=exif.tobytes(), tile_size=64)), image)

    def test_see_through(self):
        image = thirds(64, 64).convert("RGBA")
        image.paste((0, 0, 0, 0), (0, 0, 32, 64))
        one = incoming.read_picture(heic(image))
        assert (one.picture[:, :24] > 245).all() and (one.alpha[:, :24] < 10).all() and (one.alpha[:, 40:] > 245).all()

    def test_the_main_one_of_several(self):
        file = pillow_heif.HeifFile()
        for colour in (RED, GREEN, BLUE):
            file.add_from_pillow(Image.new("RGB", (64, 64), colour))
        buffer = io.BytesIO()
        file.save(buffer, primary_index=1)
        assert np.abs(read(buffer.getvalue()).astype(int) - GREEN).max() < 12

    @pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
    def test_cut_off(self, share):
        data = heic(Image.effect_noise((200, 200), 80).convert("RGB"))
        assert re.search("damaged|broken", refusal(data[: int(share * len(data))]))

    def test_it_is_not_made_known_to_the_whole_process(self):
        read(heic(thirds()))
        assert "HEIF" not in Image.OPEN


class TestRefusals:
    def test_empty(self):
        assert refusal(b"") == "This file is empty."

    @pytest.mark.parametrize(
        "data",
        [
            b"I am not a picture",
            b'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="60"><rect width="9" height="9"/></svg>',
            encoded(thirds(), "ICO"),
            encoded(thirds(), "PDF"),
            b"\x00\x00\x00\x18ftypmp42" + bytes(100),
        ],
        ids=["text", "svg", "icon", "pdf", "film"],
    )
    def test_what_is_no_picture_hears_what_works(self, data):
        sentence = refusal(data)
        assert "not a picture" in sentence or "which is not read here" in sentence
        assert "JPEG, PNG, GIF" in sentence and "ICO" not in sentence

    @pytest.mark.parametrize(
        ("data", "what"),
        [
            (b"P3\n# a comment\n20 20 255", "a Netpbm picture"),
            (encoded(thirds(), "JPEG2000"), "a JPEG 2000 picture"),
            (encoded(thirds(), "ICO"), "an icon"),
            (encoded(thirds(), "PDF"), "a PDF"),
            (b"<?xml version='1.0'?>\n<svg/>", "an SVG drawing"),
            (b"PK\x03\x04" + bytes(100), "a ZIP"),
        ],
    )
    def test_what_is_not_taken_is_named(self, data, what):
        assert refusal(data).startswith(f"This file is {what}, which is not read here; these work: JPEG")

    def test_postscript_is_not_run(self, monkeypatch):
        started = []
        monkeypatch.setattr(EpsImagePlugin, "Ghostscript", lambda *args: started.append(args))
        assert "not a picture" in refusal(encoded(thirds(), "EPS"))
        assert not started

    def test_what_may_be_an_unusual_kind_is_to_be_saved_as_another(self):
        assert "HEIC photo that is damaged, or of an unusual kind" in refusal(b"\x00\x00\x00\x18ftypheic" + bytes(100))
        assert "save it as PNG" in refusal(odd_tiff())

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "GIF", "WEBP", "TIFF"])
    def test_cut_off(self, format):
        data = encoded(Image.effect_noise((200, 200), 80).convert("RGB"), format)
        assert "broken" in refusal(data[: len(data) // 2])

    def test_what_does_not_fit_into_memory(self, monkeypatch):
        def load(image):
            raise MemoryError

        monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)
        assert "too much memory" in refusal(encoded(thirds()))

    @pytest.mark.parametrize("error", [RuntimeError, struct.error, IndexError, RecursionError])
    def test_whatever_decoding_raises(self, monkeypatch, error):
        def load(image):
            raise error("deep inside")

        monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", load)
        assert "broken" in refusal(encoded(thirds()))

    @pytest.mark.parametrize("size", [(60_000, 60_000), (12_000, 10_000)])
    def test_too_much_memory_is_known_from_the_header(self, monkeypatch, size):
        monkeypatch.setattr(PngImagePlugin.PngImageFile, "load", lambda image: pytest.fail("decoded"))
        assert "more than 448 MB of memory" in refusal(declaring(encoded(thirds()), *size))

    def test_pillows_own_limit_is_not_asked_and_stays(self, monkeypatch):
        monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 100)
        assert read(encoded(thirds(), "JPEG")).shape == (60, 90, 3)
        assert Image.MAX_IMAGE_PIXELS == 100

    def test_too_many_bytes(self, monkeypatch):
        data = encoded(thirds())
        monkeypatch.setattr(incoming, "MAX_BYTES", len(data))
        read(data)
        assert "MB" in refusal(data + b"\0")

    @pytest.mark.parametrize("size", [(1, 5000), (3, 200), (200, 3), (1, 1)])
    def test_too_small(self, size):
        assert "at least 4 pixels" in refusal(encoded(Image.new("RGB", size)))

    @pytest.mark.parametrize("size", [(5000, 16), (16, 5000)])
    def test_too_narrow_once_it_is_shrunk(self, size):
        assert "too narrow" in refusal(encoded(Image.new("RGB", size)))
        assert min(read(encoded(Image.new("RGB", (size[0] + 120, size[1] + 120)))).shape[:2]) > 16


class TestReadFile:
    def test_gives_what_its_bytes_give_whatever_its_name(self, tmp_path):
        path = tmp_path / "holiday.txt"
        path.write_bytes(encoded(thirds(), "JPEG"))
        assert (incoming.read_file(path).picture == read(path.read_bytes())).all()

    @pytest.mark.parametrize(
        "name, content, reason",
        [("notes.jpg", b"I am not a picture", "is not a picture"), ("nothing.png", b"", "is empty")],
    )
    def test_refusals_name_the_file(self, tmp_path, name, content, reason):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ForgerError, match=f"“{name}” {reason}"):
            incoming.read_file(tmp_path / name)

    @pytest.mark.parametrize("name", ["gone.png", "gone/cat.png", "file/cat.png", "gone\0.png"])
    def test_missing(self, tmp_path, name):
        (tmp_path / "file").write_bytes(b"x")
        with pytest.raises(ForgerError, match=r"There is no file “(gone|cat|gone\0)[.]png”"):
            incoming.read_file(tmp_path / name)

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes on this system")
    def test_folder_and_pipe(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.png")
        (tmp_path / "folder.png").mkdir()
        for name in ("pipe.png", "folder.png"):
            with pytest.raises(ForgerError, match=f"“{name}” is not a picture file"):
                incoming.read_file(tmp_path / name)

    def test_unreadable(self, tmp_path, monkeypatch):
        path = tmp_path / "cat"
        path.write_bytes(encoded(thirds()))

        def refuse(*args, **kwargs):
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(type(path), "open", refuse)  # not chmod, which means nothing to an administrator
        with pytest.raises(ForgerError, match="“cat” cannot be read: Permission denied"):
            incoming.read_file(path)

    def test_too_large_is_not_read(self, tmp_path, monkeypatch):
        path = tmp_path / "film"
        with path.open("wb") as file:
            file.truncate(64 * 2**20 + 1)
        monkeypatch.setattr(type(path), "open", lambda *args: pytest.fail("opened"))
        with pytest.raises(ForgerError, match="“film” has more than 64 MB"):
            incoming.read_file(path)


class TestPictureFiles:
    def test_sorted_regular_files_also_of_folders_below(self, tmp_path):
        for name in ("b.png", "a.JPG", "c", ".hidden.png", "._a.JPG", "Thumbs.db"):
            (tmp_path / name).write_bytes(b"x")
        (tmp_path / "deeper").mkdir()
        (tmp_path / "deeper" / "d.png").write_bytes(b"x")
        (tmp_path / ".git").mkdir()
        (tmp_path / ".git" / "e.png").write_bytes(b"x")
        assert incoming.picture_files(tmp_path) == [tmp_path / name for name in ("a.JPG", "b.png", "c", "deeper/d.png")]

    @pytest.mark.parametrize("name", ["gone", "file.png", "null\0"])
    def test_no_such_folder(self, tmp_path, name):
        (tmp_path / "file.png").write_bytes(b"x")
        with pytest.raises(ForgerError, match="There is no folder"):
            incoming.picture_files(tmp_path / name)
