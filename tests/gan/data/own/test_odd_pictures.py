"""Folders and ZIPs as people have them: what becomes of each kind, and what is said of it.

Every odd set is sixteen ordinary pictures and something that is wrong with them, or beside them.
"""

import io
import os
import struct
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan.data import Pictures, Preparation, open_pictures
from gan.data.own import subject
from gan.data.own.survey import survey
from gan.errors import ForgerError
from gan.pictures import cascades

SIDE = 16


def photograph(number: int, width: int = 24, height: int = 24) -> Image.Image:
    """Coarse noise, which no two numbers share."""
    noise = np.random.default_rng(number).integers(0, 256, (6, 6, 3), dtype=np.uint8)
    return Image.fromarray(noise).resize((width, height), Image.Resampling.BICUBIC)


def fill(folder: Path, images: Iterable[Image.Image], ending: str = "png", **options) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, image in enumerate(images):
        image.save(folder / f"{number:02d}.{ending}", **options)
    return folder


def ordinary(folder: Path, count: int = 16, **size: int) -> Path:
    return fill(folder, (photograph(number, **size) for number in range(count)))


def zipped(folder: Path) -> Path:
    target = folder.with_suffix(".zip")
    with zipfile.ZipFile(target, "w") as archive:
        for path in sorted(folder.rglob("*")):
            archive.write(path, path.relative_to(folder))
    return target


def read(path: Path, resolution: int = SIDE, **preparation) -> Pictures:
    return open_pictures(str(path), resolution, preparation=Preparation(**preparation))


def said(pictures: Pictures) -> str:
    return " ".join(pictures.remarks)


def as_png(values: np.ndarray) -> Image.Image:
    return Image.fromarray(values)


def ramp(low: int, high: int, kind: type = np.uint16) -> np.ndarray:
    """Grey from `low` on the left to `high` on the right."""
    return np.tile(np.linspace(low, high, 24), (24, 1)).astype(kind)


def shape(colour: tuple[int, int, int], number: int) -> Image.Image:
    """A disc, somewhere, on nothing."""
    y, x = np.mgrid[:24, :24]
    inside = (y - 8 - number % 4) ** 2 + (x - 8 - number // 4) ** 2 < 40
    pixels = np.zeros((24, 24, 4), np.uint8)
    pixels[inside] = (*colour, 255)
    return Image.fromarray(pixels)


class TestDoubles:
    def test_equal_pictures_are_counted_and_named(self, tmp_path):
        folder = ordinary(tmp_path / "set", 20)
        for number in range(3):
            photograph(number).save(folder / f"again {number}.png")
        pictures = read(folder)
        assert "3 pictures are there once more, equal or nearly (“again 0.png” is like “00.png”" in said(pictures)
        assert (pictures.twins != np.arange(23)).sum() == 3

    @pytest.mark.parametrize("how", ["saved anew", "shrunk", "lighter"])
    def test_nearly_equal_ones_are_too(self, tmp_path, how):
        folder = fill(tmp_path / "set", (photograph(number, 48, 48) for number in range(20)))
        again = photograph(3, 48, 48)
        if how == "shrunk":
            again = again.resize((40, 40), Image.Resampling.BICUBIC)
        elif how == "lighter":
            again = again.point(lambda value: min(255, value + 8))
        again.save(folder / "3 again.jpg", quality=90, subsampling=0)
        assert "1 picture is there once more" in said(read(folder, 32))

    def test_pictures_that_only_resemble_each_other_are_no_twins(self, tmp_path):
        shifted = [Image.fromarray(np.roll(np.asarray(photograph(number)), 3, axis=1)) for number in range(10)]
        mirrored = [photograph(number).transpose(Image.Transpose.FLIP_LEFT_RIGHT) for number in range(10)]
        pictures = read(fill(tmp_path / "set", [*map(photograph, range(10)), *shifted, *mirrored]))
        assert pictures.twins.tolist() == list(range(30))

    def test_a_set_four_times_over_is_split_between_pictures_not_files(self, tmp_path):
        folder = fill(tmp_path / "set", (photograph(number % 20) for number in range(80)))
        pictures = read(folder)
        training, held_out = pictures.split()
        marks = [set(pictures.contents[part].tolist()) for part in (training, held_out)]
        assert len(marks[0]) == 18 and len(marks[1]) == 2 and not marks[0] & marks[1]

    def test_what_is_there_very_often_is_studied(self, tmp_path):
        missing = [photograph(1000)] * 40
        pictures = read(fill(tmp_path / "set", [*missing, *map(photograph, range(40))]))
        training, held_out = pictures.split()
        assert set(range(40)) <= set(training.tolist()) and len(held_out) == 4

    def test_likeness_is_not_handed_on(self, tmp_path):
        def fade() -> Iterable[Image.Image]:
            for share in np.linspace(0, 1, 40):
                yield Image.blend(photograph(1), photograph(2), float(share))

        twins = read(fill(tmp_path / "set", fade()), 32).twins
        assert twins[1] == 0 and twins[39] > 0 and len(set(twins.tolist())) > 3

    def test_older_trainings_keep_their_split(self, tmp_path):
        folder = fill(tmp_path / "set", (photograph(number % 20) for number in range(80)))
        by_place = read(folder, splitting="by place").split()
        drawn = open_pictures(str(ordinary(tmp_path / "other", 80)), SIDE).split()
        assert all(np.array_equal(one, other) for one, other in zip(by_place, drawn, strict=True))

    def test_nothing_but_one_picture_is_nothing_to_learn(self, tmp_path):
        pictures = read(fill(tmp_path / "set", (photograph(1) for _ in range(16))))
        assert len(pictures.split()[0]) > len(pictures.split()[1]) > 0
        assert "All pictures look much alike" in said(pictures) and "held out" not in said(pictures)


class TestTransparency:
    @pytest.mark.parametrize(
        ("colours", "ground", "level"),
        [
            ([(255, 255, 255)], "black", 0),
            ([(20, 20, 20)], "white", 255),
            ([(255, 255, 255), (10, 10, 10)], "grey", 128),
        ],
    )
    def test_the_ground_shows_the_shapes(self, tmp_path, colours, ground, level):
        pictures = read(fill(tmp_path / "set", (shape(colours[n % len(colours)], n) for n in range(16))))
        assert f"See-through pictures lie on {ground}" in said(pictures)
        assert (pictures.array[:, -1, -1] == level).all()
        assert (pictures.array.reshape(16, -1).std(1) > 20).all()

    def test_a_colour_can_be_chosen(self, tmp_path):
        folder = fill(tmp_path / "set", (shape((255, 255, 255), number) for number in range(16)))
        pictures = read(folder, ground="#204080")
        assert (pictures.array[:, -1, -1] == (0x20, 0x40, 0x80)).all()
        assert "lie on #204080" in said(pictures)

    @pytest.mark.parametrize("colour", ["white", "#fff", "#12345", "rgb(1,2,3)"])
    def test_what_is_no_colour_is_refused(self, colour):
        with pytest.raises(ForgerError, match="a colour such as #ffffff"):
            Preparation(ground=colour)

    def test_white_and_black_in_each_lie_on_grey(self, tmp_path):
        def logos() -> Iterable[Image.Image]:
            for number in range(16):
                logo = shape((255, 255, 255), number)
                logo.paste((0, 0, 0, 255), (0, 16, 24, 24))
                yield logo

        assert "lie on grey" in said(read(fill(tmp_path / "set", logos())))

    @pytest.mark.parametrize("mode", ["LA", "PA", "P"])
    def test_grey_and_palettes_are_see_through_too(self, tmp_path, mode):
        images = [shape((255, 255, 255), number) for number in range(16)]
        if mode == "P":
            folder = fill(tmp_path / "set", (image.quantize(4) for image in images))
        else:
            folder = fill(tmp_path / "set", (image.convert("LA").convert(mode) for image in images), "tif")
        assert (read(folder).array.reshape(16, -1).std(1) > 20).all()

    def test_opaque_pictures_with_an_alpha_channel_need_no_word(self, tmp_path):
        folder = fill(tmp_path / "set", (photograph(number).convert("RGBA") for number in range(16)))
        assert "See-through" not in said(read(folder))


class TestOneColour:
    def test_more_than_a_few_are_named(self, tmp_path):
        folder = ordinary(tmp_path / "set", 30)
        for number in range(5):
            Image.new("RGB", (24, 24), (40 * number, 0, 90)).save(folder / f"blank {number}.png")
        assert "5 pictures are of one colour: “blank 0.png”, “blank 1.png”" in said(read(folder))

    def test_one_of_many_is_not_worth_a_word(self, tmp_path):
        folder = ordinary(tmp_path / "set", 40)
        Image.new("RGB", (24, 24), "red").save(folder / "red.png")
        assert "one colour" not in said(read(folder))

    def test_nearly_the_same_picture_all_over(self, tmp_path):
        def frames() -> Iterable[Image.Image]:
            for number in range(16):
                frame = photograph(1)
                frame.putpixel((number, 5), (255, 0, 0))
                yield frame

        assert "All pictures look much alike" in said(read(fill(tmp_path / "set", frames())))


class TestDeepNumbers:
    @pytest.mark.parametrize("bits", [10, 12, 14, 16])
    def test_white_is_white_whatever_the_bits(self, tmp_path, bits):
        white = 2**bits - 1
        values = (ramp(number, white - number) for number in range(16))
        pictures = read(fill(tmp_path / "set", map(as_png, values)))
        assert pictures.array.min() <= 12 and pictures.array.max() >= 243
        assert f"values from 0 (black) to {white} (white)" in said(pictures)

    def test_one_scale_for_all_keeps_dark_pictures_dark(self, tmp_path):
        values = [ramp(0, 4000), *(ramp(0, 400 + number) for number in range(15))]
        array = read(fill(tmp_path / "set", map(as_png, values))).array
        assert array[0].max() > 230 and array[1:].max() < 40

    @pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (0.0, 255.0), (-1.0, 1.0), (280.5, 310.5)])
    def test_floats_of_every_range(self, tmp_path, low, high):
        values = (np.linspace(low, high, 576).reshape(24, 24).astype(np.float32) for _ in range(16))
        array = read(fill(tmp_path / "set", map(as_png, values), "tif")).array
        assert array.min() <= 12 and array.max() >= 243

    def test_gaps_and_infinities_are_no_numbers(self, tmp_path):
        def values() -> Iterable[np.ndarray]:
            for number in range(16):
                one = ramp(0, 1, np.float32)
                one[number, 3], one[number, 4] = np.nan, np.inf
                yield one

        array = read(fill(tmp_path / "set", map(as_png, values()), "tif")).array
        assert 100 < array.mean() < 155

    def test_a_hot_pixel_does_not_make_the_others_dark(self, tmp_path):
        def values() -> Iterable[np.ndarray]:
            for number in range(16):
                one = np.tile(np.linspace(0, 4095, 48), (48, 1)).astype(np.uint16)
                one[5, 5] = 65535 if number == 3 else 0
                yield one

        pictures = read(fill(tmp_path / "set", map(as_png, values())))
        assert "to 4095 (white)" in said(pictures) and pictures.array.mean() > 100

    def test_a_value_for_no_data_is_none(self, tmp_path):
        def values() -> Iterable[np.ndarray]:
            for number in range(16):
                one = ramp(number, 234, np.float32)
                one[:6, :6] = -9999
                yield one

        array = read(fill(tmp_path / "set", map(as_png, values()), "tif")).array
        assert array[:, 12, 1].max() < 60 and array[:, 12, -2].min() > 190 and array[:, 1, 1].max() == 0

    def test_a_little_over_one_is_one(self, tmp_path):
        values = [ramp(0, 1, np.float32) for _ in range(16)]
        values[0][3, 3] = 1.02
        assert "values from 0 (black) to 1 (white)" in said(read(fill(tmp_path / "set", map(as_png, values), "tif")))

    def test_ordinary_ones_beside_them_stay_as_they_are(self, tmp_path):
        folder = fill(tmp_path / "set", (as_png(ramp(0, 4095)) for _ in range(15)))
        Image.new("RGB", (24, 24), (100, 110, 120)).save(folder / "z.png")
        assert (read(folder).array[-1] == (100, 110, 120)).all()


class TestFolders:
    def masks(self, folder: Path) -> Path:
        ordinary(folder / "images")
        noughts_and_ones = (as_png(np.random.default_rng(n).integers(0, 2, (24, 24), np.uint8)) for n in range(16))
        fill(folder / "labels", noughts_and_ones)
        return folder

    @pytest.mark.parametrize("pack", [lambda folder: folder, zipped])
    def test_masks_beside_images_are_named_and_can_be_left_out(self, tmp_path, pack: Callable[[Path], Path]):
        path = pack(self.masks(tmp_path / "set"))
        both = said(read(path))
        assert "in 2 folders: “images” 16, “labels” 16" in both
        assert "16 pictures of “labels” are called as those of “images”" in both
        assert "16 pictures are of one colour" in both and "16 of them are in “labels”" in both
        left = read(path, leave_out="labels")
        assert len(left) == 16 and not left.remarks

    def test_backslashes_of_windows_are_folders(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
            for number in range(16):
                buffer = io.BytesIO()
                photograph(number).save(buffer, "PNG")
                for folder in ("a", "b"):
                    archive.writestr(f"{folder}\\{number}.png", buffer.getvalue())
        assert survey(tmp_path / "set.zip", Preparation()).folders == {"a": 16, "b": 16}
        assert len(read(tmp_path / "set.zip", leave_out="b")) == 16

    def test_several_can_be_left_out_and_those_below_them_go_too(self, tmp_path):
        for name in ("keep", "one", "two/deep"):
            ordinary(tmp_path / "set" / name)
        assert len(read(tmp_path / "set", leave_out="one; two/")) == 16

    def test_pictures_in_no_folder_are_called_dot(self, tmp_path):
        ordinary(tmp_path / "set")
        ordinary(tmp_path / "set" / "more", 20)
        assert len(read(tmp_path / "set", leave_out=".")) == 20

    def test_leaving_out_everything_is_too_little(self, tmp_path):
        ordinary(tmp_path / "set" / "all")
        with pytest.raises(ForgerError, match="No usable pictures"):
            read(tmp_path / "set", leave_out="all")

    def test_a_folder_that_is_not_there_cannot_be_left_out_in_silence(self, tmp_path):
        for name in ("images", "masks"):
            ordinary(tmp_path / "set" / name)
        left = said(read(tmp_path / "set", leave_out="mask"))
        assert "There is no folder “mask” to leave out; there are “images”, “masks”." in left

    def test_masks_in_the_same_folder_are_seen_by_their_names(self, tmp_path):
        folder = ordinary(tmp_path / "set")
        for number in range(16):
            photograph(100 + number).save(folder / f"{number:02d}_mask.png")
        assert "16 pictures are called as others beside them, with a word behind" in said(read(folder))

    def test_ten_classes_are_counted_not_listed(self, tmp_path):
        for number in range(10):
            fill(tmp_path / "set" / f"class {number}", (photograph(10 * number + n) for n in range(2)))
        assert "in 10 folders: “class 0” 2" in said(read(tmp_path / "set"))
        assert "and 4 more" in said(read(tmp_path / "set"))


class TestLinks:
    def test_linked_folders_are_followed(self, tmp_path):
        ordinary(tmp_path / "elsewhere")
        (tmp_path / "set").mkdir()
        (tmp_path / "set" / "link").symlink_to(tmp_path / "elsewhere")
        assert len(read(tmp_path / "set")) == 16

    def test_a_link_upwards_ends(self, tmp_path):
        folder = ordinary(tmp_path / "set")
        (folder / "up").symlink_to(folder)
        (folder / "up too").symlink_to(tmp_path)
        assert len(read(folder)) == 16

    def test_what_is_linked_twice_is_there_once(self, tmp_path):
        folder = ordinary(tmp_path / "set" / "a").parent
        (folder / "b").symlink_to(folder / "a")
        (folder / "c").symlink_to(folder / "a")
        assert len(read(folder)) == 16

    def test_a_link_to_nowhere_is_counted(self, tmp_path):
        folder = ordinary(tmp_path / "set")
        (folder / "gone.png").symlink_to(tmp_path / "nowhere.png")
        assert read(folder).skipped == {"unreadable": 1}

    @pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes")
    def test_a_pipe_keeps_nobody_waiting(self, tmp_path):
        folder = ordinary(tmp_path / "set")
        os.mkfifo(folder / "pipe.png")
        assert read(folder).skipped == {"not a picture": 1}


class TestFraming:
    def stripes(self, folder: Path, *, wide: bool) -> Path:
        """Red, green, blue: three squares in a row, or one on the other."""
        pixels = np.zeros((20, 60, 3), np.uint8)
        for third in range(3):
            pixels[:, 20 * third : 20 * third + 20, third] = 250
        pixels = pixels if wide else pixels.transpose(1, 0, 2)
        return fill(folder, (Image.fromarray(np.ascontiguousarray(pixels - np.uint8(0))) for _ in range(16)))

    @pytest.mark.parametrize("wide", [True, False])
    @pytest.mark.parametrize(("framing", "seen"), [("middle", 1), ("", 1), ("top", 0)])
    def test_a_part_is_cut_out_and_the_loss_is_said(self, tmp_path, wide, framing, seen):
        pictures = read(self.stripes(tmp_path / "set", wide=wide), framing=framing)
        assert (pictures.array[0, 4:-4, 4:-4].argmax(2) == seen).all()
        assert "16 pictures are not square" in said(pictures) and "67% of each is lost" in said(pictures)

    @pytest.mark.parametrize("wide", [True, False])
    def test_padded_pictures_are_whole_between_bars(self, tmp_path, wide):
        pictures = read(self.stripes(tmp_path / "set", wide=wide), 48, framing="pad", ground="#101010")
        picture = pictures.array[0] if wide else pictures.array[0].transpose(1, 0, 2)
        assert (picture[:15] == 16).all() and (picture[-15:] == 16).all()
        assert picture[24, ::16].argmax(1).tolist() == [0, 1, 2]
        assert "given bars, 67%" in said(pictures)

    def test_squeezed_pictures_are_whole(self, tmp_path):
        pictures = read(self.stripes(tmp_path / "set", wide=True), 48, framing="squeeze")
        assert pictures.array[0, 24, 8::16].argmax(1).tolist() == [0, 1, 2]
        assert "16 pictures were squeezed" in said(pictures)

    def test_what_was_turned_by_a_camera_is_cut_upright(self, tmp_path):
        exif = Image.Exif()
        exif[0x0112] = 6
        for path in self.stripes(tmp_path / "set", wide=True).iterdir():
            Image.open(path).save(path.with_suffix(".jpg"), exif=exif, quality=95)
            path.unlink()
        pictures = read(tmp_path / "set", framing="top")  # shown, it stands on its end: red is at the top
        assert (pictures.array[0, 4:-4, 4:-4].argmax(2) == 0).all()

    def test_a_very_long_strip(self, tmp_path):
        assert len(read(ordinary(tmp_path / "set", width=600, height=20))) == 16

    def test_where_the_subject_is(self, tmp_path, monkeypatch):
        monkeypatch.setattr(subject, "_detectors", lambda: [RightEnd()])
        pictures = read(self.stripes(tmp_path / "set", wide=True), framing="subject")
        assert (pictures.array[0, 4:-4, 4:-4].argmax(2) == 2).all()
        assert "A face was seen in 16 of 16 pictures" in said(pictures)

    def test_where_no_subject_is_seen_it_is_the_middle(self, tmp_path, monkeypatch):
        monkeypatch.setattr(subject, "_detectors", lambda: [Blind()])
        pictures = read(self.stripes(tmp_path / "set", wide=True), framing="subject")
        assert (pictures.array[0, 4:-4, 4:-4].argmax(2) == 1).all()

    def test_without_its_library_it_says_what_to_install(self, tmp_path, monkeypatch):
        cascades._loaded.cache_clear()
        monkeypatch.setitem(sys.modules, "cv2", None)
        with pytest.raises(ForgerError, match="pip install"):
            read(ordinary(tmp_path / "set"), framing="subject")

    def test_a_drawn_face_is_found(self):
        pytest.importorskip("cv2", reason="OpenCV is not installed")
        cascades._loaded.cache_clear()
        assert subject.find_subject(Image.new("RGB", (200, 100))) is None

    def test_an_unknown_framing_is_refused(self):
        with pytest.raises(ForgerError, match="middle, top, subject, pad, squeeze"):
            Preparation(framing="bottom")


class RightEnd:
    def detectMultiScale(self, grey, *_, **__):  # noqa: N802
        height, width = grey.shape
        return [(width - height, 0, height, height), (0, 0, 5, 5)]


class Blind:
    def detectMultiScale(self, *_, **__):  # noqa: N802
        return ()


class TestTwofold:
    def test_two_beside_each_other_are_asked_about(self, tmp_path):
        with pytest.raises(ForgerError, match=r"16 of 16 pictures .* twice as wide.*pairs.*framing"):
            read(ordinary(tmp_path / "set", width=48, height=24))

    def test_unless_it_was_said_what_becomes_of_them(self, tmp_path):
        assert len(read(ordinary(tmp_path / "set", width=48, height=24), framing="squeeze")) == 16

    def test_one_cover_among_them_does_not_silence_the_question(self, tmp_path):
        folder = ordinary(tmp_path / "set", width=48, height=24)
        photograph(99).save(folder / "cover.png")
        with pytest.raises(ForgerError, match="16 of 17 pictures"):
            read(folder)

    def test_a_few_wide_ones_are_no_question(self, tmp_path):
        folder = ordinary(tmp_path / "set")
        photograph(99, 48, 24).save(folder / "wide.png")
        assert len(read(folder)) == 17


class TestSmall:
    def test_sprites_keep_their_edges(self, tmp_path):
        def sprites() -> Iterable[Image.Image]:
            for number in range(16):
                dots = np.random.default_rng(number).integers(0, 2, (12, 12, 1), np.uint8)
                yield Image.fromarray(np.where(dots, (250, 200, 20), (20, 30, 90)).astype(np.uint8))

        pictures = read(fill(tmp_path / "set", sprites()), 64)
        assert {tuple(colour) for colour in pictures.array.reshape(-1, 3).tolist()} == {(250, 200, 20), (20, 30, 90)}
        assert "16 pictures of under 32 pixels were enlarged without smoothing" in said(pictures)

    def test_larger_ones_are_smoothed(self, tmp_path):
        pictures = read(ordinary(tmp_path / "set", width=40, height=40), 64)
        assert "enlarged" not in said(pictures)


class TestArchives:
    def test_a_zip_in_a_zip_says_what_to_do(self, tmp_path):
        (tmp_path / "outer").mkdir()
        zipped(ordinary(tmp_path / "inner")).rename(tmp_path / "outer" / "inner.zip")
        with pytest.raises(ForgerError, match=r"Skipped: 1 another archive \(unpack it first\)"):
            read(zipped(tmp_path / "outer"))

    @pytest.mark.parametrize(("head", "kind"), [(b"Rar!\x1a\x07\x01\x00", "RAR"), (b"7z\xbc\xaf\x27\x1c", "7z")])
    def test_one_by_itself_is_named_with_what_to_do(self, tmp_path, head, kind):
        (tmp_path / "mine.zip").write_bytes(head + bytes(600))
        with pytest.raises(ForgerError, match=rf"\({kind}\): unpack it, and bring the pictures"):
            read(tmp_path / "mine.zip")

    @pytest.mark.parametrize("head", [b"Rar!\x1a\x07\x01\x00", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b\x08", b"BZh91AY&SY"])
    def test_other_archives_are_counted_as_such(self, tmp_path, head):
        folder = ordinary(tmp_path / "set")
        (folder / "more.archive").write_bytes(head + bytes(100))
        assert read(folder).skipped == {"another archive (unpack it first)": 1}

    @pytest.mark.parametrize(
        "name", ["../../up.png", "/root/absolute.png", "C:\\drive.png", "nul.png", "a\nb.png", "🐈.png"]
    )
    def test_names_are_only_names(self, tmp_path, name):
        folder = ordinary(tmp_path / "set")
        path = zipped(folder)
        buffer = io.BytesIO()
        photograph(77).save(buffer, "PNG")
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(name, buffer.getvalue())
        before = sorted(tmp_path.parent.rglob("*.png"))
        assert len(read(path)) == 17
        assert sorted(tmp_path.parent.rglob("*.png")) == before  # nothing is unpacked


class TestFiles:
    @pytest.mark.parametrize(
        ("name", "content", "reason"),
        [
            ("empty.png", b"", "not a picture"),
            ("notes.png", b"not a picture at all", "not a picture"),
            ("page.jpg", b"<html><body>Not found</body></html>", "not a picture"),
            ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not a picture"),
            ("film.mp4", b"\x00\x00\x00\x18ftypmp42" + bytes(64), "not a picture"),
        ],
    )
    def test_what_is_no_picture_is_counted(self, tmp_path, name, content, reason):
        folder = ordinary(tmp_path / "set")
        (folder / name).write_bytes(content)
        assert read(folder).skipped == {reason: 1}

    @pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF"])
    def test_half_a_picture_is_a_broken_one(self, tmp_path, format):
        folder = ordinary(tmp_path / "set")
        buffer = io.BytesIO()
        photograph(50, 200, 200).save(buffer, format)
        (folder / "half").write_bytes(buffer.getvalue()[: len(buffer.getvalue()) // 2])
        pictures = read(folder)
        assert len(pictures) == len(pictures.names) == 16 and sum(pictures.skipped.values()) == 1

    @pytest.mark.parametrize("ending", ["jpg", "JPEG", "jfif", "jpe", "PNG", "gif", "webp", "bmp", "tif", "ppm", "tga"])
    def test_every_usual_ending(self, tmp_path, ending):
        format = {"jfif": "JPEG", "jpe": "JPEG"}.get(ending)
        folder = fill(tmp_path / "set", (photograph(number) for number in range(16)), ending, format=format)
        assert len(read(folder)) == 16

    def test_an_ending_that_lies_is_seen_through(self, tmp_path):
        folder = fill(tmp_path / "set", (photograph(number) for number in range(16)), "jpg", format="PNG")
        assert len(read(folder)) == 16


def test_colours_of_twelve_bits_in_sixteen_are_made_bright_alike(tmp_path):
    """Written by hand, since Pillow writes no such PNG."""

    def png(white: int) -> bytes:
        values = np.linspace(0, white, 24 * 24 * 3).astype(">u2").reshape(24, -1)
        rows = b"".join(b"\0" + row.tobytes() for row in values)

        def chunk(kind: bytes, data: bytes) -> bytes:
            return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

        header = struct.pack(">IIBBBBB", 24, 24, 16, 2, 0, 0, 0)
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")

    (tmp_path / "set").mkdir()
    for number in range(16):
        (tmp_path / "set" / f"{number:02d}.png").write_bytes(png(4095 if number else 400))
    pictures = read(tmp_path / "set")
    assert pictures.array[1].max() > 230 and pictures.array[0].max() < 40
    assert "Colours of 16 bits of which 12 are used" in said(pictures)
