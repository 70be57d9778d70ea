"""A round from the command line."""

import numpy as np
import pytest
from PIL import Image

from gan.cli import main
from gan.data import open_pictures
from gan.generators import find_generator, load_discriminator, load_generator
from gan.pictures.sheet import cell
from gan.quality import against


def test_a_round_as_a_sheet_and_its_key(trained_run, config, tmp_path, capsys):
    opened = open_pictures(config.data, 32)
    bank = against.Bank(*opened.split(), lambda places: opened.array[places])
    assert main(["against", "run:demo", "--round", "3", "--out", str(tmp_path / "new" / "sheet.png")]) == 0
    model = find_generator("run:demo")
    drawn = against.draw(3, load_generator(model), model.config, bank)
    sheet = np.asarray(Image.open(tmp_path / "new" / "sheet.png"))
    assert all(np.array_equal(cell(sheet, *divmod(n, 5), 32), picture) for n, picture in enumerate(drawn.pictures))
    lines = capsys.readouterr().out.splitlines()
    key = [line.split()[1] for line in lines[2:12]]
    assert key == ["real" if one else "forged" for one in drawn.real]
    called = against.calls_real(against.scores(load_discriminator(model), drawn.pictures))
    assert [line.split()[3] for line in lines[2:12]] == ["real" if one else "forged" for one in called]
    assert lines[12] == f"The inspector is right about {against.right(called, drawn.real)} of 10."
    assert "some of the real ones" in lines[13]  # 22 pictures hold out three


def test_an_inspector_that_was_not_kept(trained_run, config, capsys):
    open_pictures(config.data, 32)
    for path in trained_run.folder.rglob("discriminator.safetensors"):
        path.unlink()
    assert main(["against", "run:demo"]) == 0
    out = capsys.readouterr().out
    assert "was not kept" in out and "inspector:" not in out


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (["--kimg", "7"], "was not kept after 7 kimg"),
        (["--round", "0"], "no round 0"),
        (["--out", "sheet.jpg"], "is a .png file"),
    ],
)
def test_what_cannot_be_played(trained_run, config, capsys, more, why):
    open_pictures(config.data, 32)
    assert main(["against", "run:demo", *more]) == 2
    assert why in capsys.readouterr().err


def test_without_the_real_pictures_there_is_no_round(shipped, capsys):
    assert main(["against", "cats"]) == 2
    assert "not on this machine" in capsys.readouterr().err
