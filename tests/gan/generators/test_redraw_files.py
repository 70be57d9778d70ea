from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan import generators
from gan.errors import ForgerError
from gan.generators import TrainedGenerator
from gan.generators.redraw import Redrawer
from gan.generators.redraw_files import at_moment, jobs, redraw_file
from gan.paths import write_json


def named(folder: Path, *names: str) -> Path:
    """A folder with files of these names."""
    folder.mkdir(parents=True)
    for name in names:
        (folder / name).touch()
    return folder


def results(source: Path, out: Path) -> dict[str, str]:
    """Which file becomes which, without their folders."""
    found = [
        (path.relative_to(source).as_posix(), result.relative_to(out).as_posix()) for path, result in jobs(source, out)
    ]
    assert len({result.casefold() for _, result in found}) == len(found)
    return dict(found)


def test_a_file_becomes_the_one_that_was_asked_for(tmp_path):
    for out in (tmp_path / "new.png", tmp_path / "new" / "NEW.PNG"):
        assert jobs(tmp_path / "cat.jpg", out) == [(tmp_path / "cat.jpg", out)]


@pytest.mark.parametrize("out", ["new.jpg", "new", ".png", "new.png.gz", "folder.png"])
def test_a_file_becomes_nothing_else_than_a_png_file(out, tmp_path):
    named(tmp_path / "folder.png")
    (tmp_path / "cat.jpg").touch()
    with pytest.raises(ForgerError, match=r"must be a \.png file, since .*cat\.jpg is not a folder"):
        jobs(tmp_path / "cat.jpg", tmp_path / out)


def test_every_file_of_a_folder_becomes_a_png_of_its_name(tmp_path):
    source = named(tmp_path / "in", "cat.jpg", "dog.png", "Bird.WEBP", ".hidden.png", "Thumbs.db")
    named(source / "folder", "deep.png", "cat.jpg")
    assert results(source, tmp_path / "out") == {
        "Bird.WEBP": "Bird.png", "cat.jpg": "cat.png", "dog.png": "dog.png", "folder/cat.jpg": "folder/cat.png",
        "folder/deep.png": "folder/deep.png",
    }  # fmt: skip


def test_results_of_another_time_below_the_folder_are_not_read(tmp_path):
    source = named(tmp_path / "in", "cat.jpg")
    named(source / "cartoons" / "more", "cat.png")
    assert results(source, source / "cartoons") == {"cat.jpg": "cat.png"}


@pytest.mark.parametrize("out", ["cartoons", "cartoon.jpg"])
def test_what_is_not_there_is_said_before_anything_about_the_results(out, tmp_path):
    with pytest.raises(ForgerError, match=r"There is no file or folder “.*photos”\."):
        jobs(tmp_path / "photos", tmp_path / out)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["a.jpg", "a.png", "b.jpg"], ["a.jpg.png", "a.png.png", "b.png"]),
        (["a.jpg", "A.png"], ["A.png.png", "a.jpg.png"]),  # one file, where letters' size does not count
        (["a.jpg", "a.jpg.png", "a.png", "b.jpg"], ["a.jpg.png", "a.jpg.png.png", "a.png.png", "b.jpg.png"]),
    ],
)
def test_pictures_whose_names_differ_little_do_not_become_one(names, expected, tmp_path):
    assert list(results(named(tmp_path / "in", *names), tmp_path / "out").values()) == expected


def test_a_folder_does_not_become_a_file(tmp_path):
    source, out = named(tmp_path / "in", "cat.jpg"), tmp_path / "out.png"
    out.touch()
    with pytest.raises(ForgerError, match=r"out\.png must be a folder, since .*in is one"):
        jobs(source, out)


def test_an_empty_folder_is_said(tmp_path):
    with pytest.raises(ForgerError, match=r"There are no files in .*in"):
        jobs(named(tmp_path / "in", ".hidden"), tmp_path / "out")


def test_no_result_replaces_a_picture_that_is_to_be_read(tmp_path):
    source = named(tmp_path / "in", "cat.png", "dog.jpg")
    (tmp_path / "link").symlink_to(source)
    for out in (source, source / ".." / "in", tmp_path / "link"):
        with pytest.raises(ForgerError, match=r"cat\.png would be replaced by its own redrawing"):
            jobs(source, out)
    with pytest.raises(ForgerError, match="would be replaced"):
        jobs(source / "cat.png", source / "cat.png")


def test_results_may_lie_beside_or_below_the_pictures(tmp_path):
    source = named(tmp_path / "in", "cat.jpg", "dog.jpg")
    assert results(source, source) == {"cat.jpg": "cat.png", "dog.jpg": "dog.png"}
    assert results(source, source / "new") == {"cat.jpg": "cat.png", "dog.jpg": "dog.png"}


CPU = torch.device("cpu")


def made(redrawer: Redrawer) -> np.ndarray:
    return redrawer.redraw(np.random.default_rng(0).integers(0, 256, (32, 32, 3), np.uint8)).result


def test_a_moment_is_the_generator_as_it_was_then(redrawing):
    last, early = made(at_moment(redrawing, CPU, None)), made(at_moment(redrawing, CPU, 1))
    assert (last == made(Redrawer(redrawing))).all()
    assert (early == made(Redrawer(redrawing, images_seen=1000))).all()
    assert (made(at_moment(redrawing, CPU, 2)) == last).all()
    assert (early != last).any()


@pytest.mark.parametrize("kimg", [0, 1.5, -1, 4, 1e300, float("nan"), float("inf")])
def test_a_moment_that_was_not_kept_is_refused_with_those_there_are(redrawing, kimg):
    with pytest.raises(
        ForgerError, match=f"sketches was not kept after {kimg:g} kimg; choose one of 1, 2.".replace("+", r"\+")
    ):
        at_moment(redrawing, CPU, kimg)


def test_a_moment_can_be_asked_for_as_it_was_named(redrawing):
    early = generators.moment_path(redrawing.folder, 1000)
    early.rename(generators.moment_path(redrawing.folder, 1_024_448))
    write_json(redrawing.folder / generators.CARD, redrawing.card | {"images_seen": 2_000_000})
    model = generators.find_generator(redrawing.name)
    with pytest.raises(ForgerError, match=r"choose one of 1024\.45, 2000\."):
        at_moment(model, CPU, 1024)
    assert (made(at_moment(model, CPU, 1024.45)) == made(Redrawer(model, images_seen=1_024_448))).all()


def test_a_generator_that_draws_from_seeds_is_refused(shipped):
    for kimg in (None, 300, 7):
        with pytest.raises(ForgerError, match="'cats' draws from seeds; it cannot redraw"):
            at_moment(shipped, CPU, kimg)


def saved(picture: np.ndarray, path: Path) -> Path:
    Image.fromarray(picture).save(path)
    return path


@pytest.fixture
def wide() -> np.ndarray:
    """A picture whose middle is noise, and whose sides, which are cut off, are black."""
    picture = np.zeros((40, 80, 3), np.uint8)
    picture[:, 20:60] = np.random.default_rng(0).integers(0, 256, (40, 40, 3))
    return picture


@pytest.mark.parametrize("drawn", [True, False])
def test_all_of_a_picture_is_redrawn_or_its_middle(redrawing: TrainedGenerator, wide, drawn, tmp_path):
    redrawer = Redrawer(redrawing)
    path = saved(wide, tmp_path / "wide.png")
    whole = redrawer.redraw(redrawer.source(wide, drawn)).result
    square = redrawer.redraw(redrawer.source(wide[:, 20:60], drawn)).result
    assert whole.shape == (32, 64, 3)
    assert (redraw_file(redrawer, path, drawn)[0] == whole).all()
    assert (redraw_file(redrawer, path, drawn, square=True)[0] == square).all()


def test_a_drawing_goes_in_as_it_is_where_other_pictures_are_traced_first(redrawing, wide, tmp_path):
    redrawer, path = Redrawer(redrawing), saved(wide, tmp_path / "wide.png")
    assert (redraw_file(redrawer, path, True)[0] != redraw_file(redrawer, path, False)[0]).any()


def test_a_see_through_picture_stays_so_unless_it_is_to_be_opaque(redrawing, tmp_path):
    sprite = np.full((12, 18, 4), 255, np.uint8)
    sprite[:, 9:, 3] = 0
    redrawer, path = Redrawer(redrawing), saved(sprite, tmp_path / "sprite.png")
    made, remarks = redraw_file(redrawer, path)
    assert made.shape == (32, 48, 4) and (made[:, :20, 3] == 255).all() and (made[:, 28:, 3] == 0).all()
    assert len(remarks) == 2
    assert (redraw_file(redrawer, path, opaque=True)[0] == made[..., :3]).all()
    square, _ = redraw_file(redrawer, path, square=True)
    assert square.shape == (32, 32, 4) and (square[:, :12, 3] == 255).all() and (square[:, 20:, 3] == 0).all()


def test_what_cannot_be_read_is_named(redrawing, tmp_path):
    (tmp_path / "notes.png").write_text("no picture")
    for name, words in (("notes.png", "“notes.png” is not a picture"), ("nothing.png", "no file “nothing.png”")):
        with pytest.raises(ForgerError, match=words):
            redraw_file(Redrawer(redrawing), tmp_path / name, False)
