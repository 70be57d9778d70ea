"""The generators that ship: whole, small, described, and still drawing what their previews show."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from gan import generators
from gan.data.drawn import drawn_picture
from gan.generators import redraw, sampling
from gan.paths import PROJECT, read_json
from gan.pictures.sheet import grid
from gan.runs import shipped
from gan.runs.log import read_columns
from gan.training.sheets import new_preview

CARDS = {path.parent.name: read_json(path) for path in sorted((PROJECT / "checkpoints").glob(f"*/{generators.CARD}"))}
SHIPPED = list(CARDS)
REDRAWING = [name for name, card in CARDS.items() if card["config"].get("task")]
SEEDED = [name for name in SHIPPED if name not in REDRAWING]


@pytest.fixture
def model(request, monkeypatch):
    monkeypatch.setenv("FORGER_CHECKPOINTS", str(PROJECT / "checkpoints"))
    return generators.find_generator(request.param)


def test_faces_and_cats_ship_in_two_sizes_and_celebrities():
    assert {"cats", "cats-128", "celebrities", "faces", "faces-128"} <= set(SEEDED)


def test_sketches_become_cats_and_faces_mosaics_faces_grey_becomes_colour_and_faces_cartoons():
    assert {"sketch-cat", "sketch-face", "face-cartoon", "face-colour", "mosaic-face"} <= set(REDRAWING)


@pytest.mark.parametrize("model", SHIPPED, indirect=True)
def test_its_card_says_what_a_user_must_know(model):
    assert {"Learned from", "Authors", "Terms", "Network", "Training", "Good at", "Bad at"} <= set(model.card["about"])
    assert "research and teaching only" in model.card["about"]["Terms"]
    assert model.images_seen >= (25_000 if model.kind == "pictures" else 50_000)
    # A path would say something about the machine on which it was trained.
    assert "/" not in model.config.data + model.card["data"]["source"]


@pytest.mark.parametrize("model", SHIPPED, indirect=True)
def test_it_is_small_and_carries_no_photograph(model):
    files = {path.relative_to(model.folder).as_posix(): path.stat().st_size for path in model.folder.rglob("*.*")}
    grids = [name for name in files if re.fullmatch(r"history/grids/\d{10}\.jpg", name)]
    logs = ("metrics.jsonl", "quality.jsonl", "verdicts.jsonl")
    history = {f"history/{name}" for name in ("config.json", "status.json", *logs)}
    early = {
        generators.moment_path(model.folder, images).relative_to(model.folder).as_posix() for images in model.moments
    }
    parts = {generators.WEIGHTS, generators.CARD, generators.PREVIEW, generators.DISCRIMINATOR}
    assert set(files) - set(grids) <= parts | history | early
    # The grids of one that redraws would be photographs.
    assert not (model.kind == "pictures" and grids)
    assert max(files.values()) < 20_000_000


@pytest.mark.parametrize("model", SEEDED, indirect=True)
def test_the_same_seeds_make_the_pictures_of_the_preview(model):
    preview = _preview(model)
    drawn = sampling.sample(generators.load_generator(model), model.config, range(1, 1 + model.config.sample_count))
    sheet = grid(drawn, columns=round(model.config.sample_count**0.5))
    # Rounding differs between processors, never by much; another seed differs by dozens of levels.
    assert sheet.shape == preview.shape
    assert np.abs(sheet - preview).max() <= 3
    assert np.abs(sheet[:, ::-1] - preview).mean() > 20


@pytest.mark.parametrize("model", REDRAWING, indirect=True)
def test_cartoons_of_this_project_become_the_pictures_of_the_preview(model):
    preview = _preview(model)
    sheet = new_preview(model.config).by(generators.load_generator(model))
    assert sheet.shape == preview.shape
    # Where each pixel chooses its colour, some choose another when rounding differs.
    assert (np.abs(sheet - preview) > 3).mean() <= (0.01 if model.config.generator == "poster" else 0)


@pytest.mark.parametrize("model", REDRAWING, indirect=True)
def test_it_beats_what_needs_no_learning(model):
    quality = model.card["quality"]
    assert quality["features"].startswith("efficientnet")
    assert quality["count"] >= 400
    assert quality["perceptual"] < min(quality["perceptual_source"], quality["perceptual_mean"])
    if not model.config.roughness:  # else the blank of the paper is bound loosely, lest it become the mean
        assert quality["l1"] < min(quality["l1_source"], quality["l1_mean"])


@pytest.mark.parametrize("model", REDRAWING, indirect=True)
def test_it_can_be_asked_how_it_was_earlier_and_shows_its_inspector(model):
    early, *_, last = model.moments
    assert early <= 2_000 < last
    pictures = [drawn_picture("drawn-cats", index, model.config.resolution) for index in range(3)]
    then, now = (redraw.Redrawer(model, images_seen=images) for images in (early, last))
    inspector = redraw.inspector_of(model)
    for picture in pictures:
        source, target = now.source(picture), now.target(picture)
        result = now.redraw(source).result
        assert np.abs(then.redraw(source).result - result.astype(float)).mean() > 5
        assert np.ptp(inspector.verdicts(source, result, target)) > 0


def _preview(model):
    return np.asarray(Image.open(io.BytesIO((model.folder / generators.PREVIEW).read_bytes())).convert("RGB"), float)


@pytest.mark.parametrize("model", SEEDED, indirect=True)
def test_it_was_judged_by_pictures_that_it_never_saw(model):
    quality = model.card["quality"]
    assert quality["features"].startswith("efficientnet")
    assert quality["count"] >= 2_000
    assert quality["pixels"] >= 32
    assert quality["memorisation"]["copies"] < 0.03


def test_one_brings_the_history_of_its_training(monkeypatch):
    monkeypatch.setenv("FORGER_CHECKPOINTS", str(PROJECT / "checkpoints"))
    history = shipped.find_history("faces (shipped)")
    assert len(history.grids()) >= 20
    assert history.grids()[0] == 0
    assert read_columns(history.quality_path, ("kid",))["kid"].min() < 0.3
    assert "/" not in history.config.data
