"""Two runs side by side: what they differ in, and how each stood after as many images as the other."""

import json
import math

import numpy as np
import pytest
from PIL import Image

from gan import runs
from gan.errors import ForgerError
from gan.learning.config import configure
from gan.pictures.files import jpeg_bytes
from gan.runs.grids import grid_path
from gan.runs.purpose import note_failure
from gan.runs.requests import note_turn
from gan.runs.run import Run
from gan.runs.shipped import find_history, write_history
from gan.runs.side_by_side import differences_of, in_words, look_at_both, save_sheets, source_of, table


@pytest.fixture
def twins(config) -> tuple[Run, Run]:
    """Two runs, `a` and `b`, with the same settings, that have seen nothing."""
    return runs.create("a", config), runs.create("b", config)


def words(one: Run, other: Run, **more) -> str:
    return " ".join(in_words(one, other, differences_of(one, other), **more))


def changed(name: str, config, **settings) -> Run:
    return runs.create(name, configure(config, **settings))


def write(path, *lines: dict) -> None:
    path.write_text("".join(json.dumps(line | {"kimg": line["images"] / 1000}) + "\n" for line in lines))


def test_what_two_runs_differ_in_is_said_in_words(twins, config):
    a, b = twins
    assert words(a, b) == "They began with the same settings, from the same seed."
    assert words(a, changed("c", config, learning_rate_g=2e-3)) == (
        "a has learning rate g 0.0002, c 0.002; all else that they learn by is the same."
    )
    assert words(a, changed("d", config, batch_size=8, flips=False)) == (
        "They differ in batch size (4 / 8) and flips (on / off): first a, then d."
    )
    assert words(a, changed("e", config, seed=9)) == (
        "They began with the same settings; only the seed differs (1 / 9), which is chance."
    )
    many = changed("f", config, batch_size=8, flips=False, beta1=0.0, beta2=0.9, seed=9)
    assert words(a, many, brief=True) == "They differ in batch size, beta1, beta2, flips and seed."


def test_what_was_turned_meanwhile_is_said(twins):
    a, b = twins
    note_turn(b, 500, "learning_rate_g", 1e-3)
    note_turn(b, 2000, "learning_rate_g", 5e-3)
    note_turn(b, 2500, "d_steps", 3.0)
    assert words(a, b) == (
        "They began with the same settings, from the same seed. Turned meanwhile in b: learning rate g 0.001 after "
        "0.5 kimg, 0.005 after 2 kimg; d steps 3 after 2.5 kimg."
    )


def test_a_copy_is_called_one(twins):
    a, b = twins
    note_failure(b, "too-weak", a.name)
    assert words(a, b).startswith("b began as a copy of a. ")


def test_where_figures_have_no_common_scale_it_is_said(twins, config):
    a, _ = twins
    for number, settings in enumerate(({"loss": "hinge"}, {"real_label": 1.0})):
        assert "compare how they move, not how high they are" in words(a, changed(f"c{number}", config, **settings))
    assert "compare how they move" not in words(a, changed("d", config, penalty="r1"))
    assert "its own real pictures" in words(a, changed("e", config, data="drawn-cats"))


def test_what_a_data_set_may_be_called_is_for_the_caller_to_say(twins, config):
    a, _ = twins
    other = changed("c", config, data="/srv/class 4b/faces.zip")
    assert ("pictures", source_of(a), "faces.zip") in differences_of(a, other)
    assert differences_of(a, other, lambda run: "ours") == [("pictures", "some", "others")]


def test_a_history_has_no_more_than_the_name_of_its_pictures(trained_run, shipped):
    write_history(trained_run, shipped.folder)
    assert differences_of(trained_run, find_history("cats (shipped)")) == []


def test_figures_after_the_same_number_of_images(twins):
    a, b = twins
    write(a.metrics_path, *({"images": images, "loss_g": images, "loss_d": 0.5} for images in range(100, 4001, 100)))
    write(b.metrics_path, *({"images": images, "loss_g": -images} for images in range(200, 2001, 200)))
    write(a.quality_path, {"images": 2100, "kid": 0.25, "pixels": 12.0, "features": "x"})
    lines = table(a, b)
    assert [(line["kimg"], line["run"]) for line in lines[-4:]] == [(1, "a"), (1, "b"), (2, "a"), (2, "b")]
    assert [line["loss G"] for line in lines[-4:]] == [1000, -1000, 2000, -2000]
    assert lines[-2]["KID"] == 0.25 and math.isnan(lines[-1]["KID"])
    assert math.isnan(lines[-4]["KID"])  # too far from what was measured
    assert (lines[0]["kimg"], len(lines)) == (0.5, 6)  # neither has a line near 0.25


def test_measurements_on_different_features_stand_in_no_table(twins):
    for run, features in zip(twins, ("x", "y"), strict=True):
        write(run.quality_path, {"images": 1000, "kid": 0.25, "features": features})
    assert [seen.quality for seen in look_at_both(*twins)] == [{}, {}]
    write(twins[1].quality_path, {"images": 1000, "kid": 0.25, "features": "x"})
    assert [seen.quality["kid"].tolist() for seen in look_at_both(*twins)] == [[0.25], [0.25]]


def test_of_a_run_that_has_seen_nothing_there_is_no_table(twins):
    a, b = twins
    write(a.metrics_path, {"images": 1000, "loss_g": 1.0})
    b.metrics_path.write_text("damaged\n{}\n")
    with pytest.raises(ForgerError, match="'b' has no figures"):
        table(a, b)


def test_sheets_side_by_side(twins, tmp_path):
    a, b = twins
    for run, drawn, shade in ((a, (0, 16, 32), 200), (b, (0, 17), 50)):
        for images in drawn:
            sheet = np.full((66, 66, 3), shade + images // 4, np.uint8)
            grid_path(run.grids_folder, images).write_bytes(jpeg_bytes(sheet))
    out = tmp_path / "both.png"
    assert save_sheets(a, b, out, None) == {"a": 16, "b": 17}
    picture = np.asarray(Image.open(out))
    height, width, _ = picture.shape
    left, right = picture[height // 2, width // 4].mean(), picture[height // 2, 3 * width // 4].mean()
    assert (abs(left - 204) < 3, abs(right - 54) < 3) == (True, True)
    assert save_sheets(a, b, out, 0) == {"a": 0, "b": 0}


@pytest.mark.parametrize("kimg", [-1, math.nan, math.inf])
def test_no_number_of_images(trained_run, twins, tmp_path, kimg):
    grid_path(twins[0].grids_folder, 0).write_bytes(b"")
    with pytest.raises(ForgerError, match="from 0 to"):
        save_sheets(trained_run, twins[0], tmp_path / "x.png", kimg)


def test_a_sheet_that_is_missing_or_damaged_is_named(trained_run, twins, tmp_path):
    with pytest.raises(ForgerError, match="'a' has drawn nothing"):
        save_sheets(trained_run, twins[0], tmp_path / "x.png", None)
    grid_path(twins[0].grids_folder, 0).write_bytes(b"no JPEG")
    with pytest.raises(ForgerError, match="'a' after 0 images cannot be read"):
        save_sheets(trained_run, twins[0], tmp_path / "x.png", None)
    assert not (tmp_path / "x.png").exists()
