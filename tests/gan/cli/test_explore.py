"""The commands `directions` and `find`, and walking from what was found."""

import numpy as np
import pytest
from PIL import Image

from gan import generators
from gan.cli import main
from gan.generators import inversion, sampling
from gan.generators.directions import directions_of
from gan.latents.moves import moved
from gan.latents.texts import read_latent
from gan.pictures.sheet import cell


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    for name, value in {"SEEDS": 20, "USUAL": 4, "FIRST_STEPS": 2, "STEPS": 4}.items():
        monkeypatch.setattr(inversion, name, value)


def _call(command: str, *more: object) -> int:
    return main([*command.split(), *map(str, more)])


def _picture(path):
    return np.asarray(Image.open(path))


def test_a_sheet_of_all_directions_has_the_seed_in_its_middle(lively, tmp_path, capsys):
    assert _call("directions cats --seed 7 --device cpu --out", tmp_path / "new" / "all.png") == 0
    sheet = _picture(tmp_path / "new" / "all.png")
    assert sheet.shape == (6 * 34 - 2, 7 * 34 - 2, 3)
    (seed,) = sampling.sample(generators.load_generator(lively), lively.config, [7])
    assert all(np.array_equal(cell(sheet, row, 3, 32), seed) for row in range(6))
    assert len({cell(sheet, row, 0, 32).tobytes() for row in range(6)}) == 6
    assert "6 directions, each a row from -3 to +3" in capsys.readouterr().out


def test_moves_are_drawn_beside_the_picture_before(lively, tmp_path):
    assert _call("directions cats --seed 7 --move 1:2,3:-1.5 --device cpu --out", tmp_path / "moved.png") == 0
    sheet = _picture(tmp_path / "moved.png")
    generator = generators.load_generator(lively)
    z = sampling.seed_latents(lively.config, [7])
    there = moved(z, directions_of(generator), {1: 2.0, 3: -1.5}, "normal")
    assert np.array_equal(cell(sheet, 0, 0, 32), sampling.generate(generator, z)[0])
    assert np.array_equal(cell(sheet, 0, 1, 32), sampling.generate(generator, there)[0])


def test_what_was_found_can_be_drawn_moved_and_walked_from(lively, picture_folder, tmp_path, capsys):
    source = sorted(picture_folder.iterdir())[0]
    assert _call("find cats --device cpu", source, "--out", tmp_path / "found.png") == 0
    said = capsys.readouterr().out
    assert "The nearest of 20 random seeds" in said
    text = said.split("latent: ")[1].split()[0]
    z = read_latent(text, 8, "normal")
    (found,) = sampling.generate(generators.load_generator(lively), z[None])
    sheet = _picture(tmp_path / "found.png")
    assert np.array_equal(cell(sheet, 0, 0, 32), _picture(source))
    assert np.array_equal(cell(sheet, 0, 1, 32), found)
    assert _call("directions cats --device cpu --out", tmp_path / "all.png", "--latent", text) == 0
    assert np.array_equal(cell(_picture(tmp_path / "all.png"), 0, 3, 32), found)
    assert _call("interpolate --model cats --seeds 8 --frames 6 --out", tmp_path / "f.webp", "--latent", text) == 0
    assert Image.open(tmp_path / "f.webp").n_frames == 6


@pytest.mark.parametrize(
    ("command", "complaint"),
    [
        ("directions cats --out sheet.jpg", "must be a .png file"),
        ("directions cats --out x.png --seed 1-3", "more than 1 seeds"),
        ("directions cats --out x.png --move 7:1", "There is no direction 7"),
        ("directions cats --out x.png --move 1:9", "from -3 to 3"),
        ("directions cats --out x.png --latent nonsense", "is not a latent"),
        ("directions cats --out x.png --latent zAAAA", "no latent of this generator"),
        ("directions cats --out x.png --latent zAAAA --seed 3", "not allowed with"),
        ("directions sketches --out x.png", "redraws pictures"),
        ("directions dogs --out x.png", "There is no generator"),
        ("find cats nothing.png --out x.png", "There is no file"),
        ("find cats broken.png --out x.png", "not a picture"),
        ("find cats broken.png --out x.gif", "must be a .png file"),
        ("find sketches pictures/00.png --out x.png", "redraws pictures"),
        ("interpolate --model cats --seeds 8 --out x.gif --latent zAAAA", "no latent of this generator"),
        ("interpolate --model cats --seeds 8 --out x.gif", "at least two stops"),
    ],
)
def test_a_wrong_request_is_one_sentence(
    shipped, redrawing, picture_folder, tmp_path, monkeypatch, capsys, command, complaint
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "broken.png").write_bytes(b"broken")
    (tmp_path / "pictures").symlink_to(picture_folder)
    assert _call(command) == 2
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "x.png").exists()
