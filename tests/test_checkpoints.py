"""The generators that ship: whole, small, described, and still drawing what their previews show."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from gan import models, sampling, shipped
from gan.history import read_columns
from gan.paths import PROJECT
from gan.pictures import grid

SHIPPED = sorted(path.parent.name for path in (PROJECT / "checkpoints").glob(f"*/{models.CARD}"))


@pytest.fixture
def model(request, monkeypatch):
    monkeypatch.setenv("FORGER_CHECKPOINTS", str(PROJECT / "checkpoints"))
    return models.find_model(request.param)


def test_faces_and_cats_ship_in_two_sizes_and_celebrities():
    assert {"cats", "cats-128", "celebrities", "faces", "faces-128"} <= set(SHIPPED)


@pytest.mark.parametrize("model", SHIPPED, indirect=True)
def test_its_card_says_what_a_user_must_know(model):
    assert {"Learned from", "Authors", "Terms", "Network", "Training", "Good at", "Bad at"} <= set(model.card["about"])
    assert "research and teaching only" in model.card["about"]["Terms"]
    assert model.images_seen >= 50_000
    # A path would say something about the machine on which it was trained.
    assert "/" not in model.config.data + model.card["data"]["source"]


@pytest.mark.parametrize("model", SHIPPED, indirect=True)
def test_it_is_small_and_carries_no_photograph(model):
    files = {path.relative_to(model.folder).as_posix(): path.stat().st_size for path in model.folder.rglob("*.*")}
    grids = [name for name in files if re.fullmatch(r"history/grids/\d{10}\.jpg", name)]
    history = {f"history/{name}" for name in ("config.json", "status.json", "metrics.jsonl", "quality.jsonl")}
    assert set(files) - set(grids) <= {models.WEIGHTS, models.CARD, models.PREVIEW, models.STATE} | history
    assert max(files.values()) < 20_000_000


@pytest.mark.parametrize("model", SHIPPED, indirect=True)
def test_the_same_seeds_make_the_pictures_of_the_preview(model):
    preview = np.asarray(Image.open(io.BytesIO((model.folder / models.PREVIEW).read_bytes())).convert("RGB"), float)
    drawn = sampling.draw(models.load_generator(model), model.config, range(1, 1 + model.config.sample_count))
    sheet = grid(drawn, columns=round(model.config.sample_count**0.5))
    # Rounding differs between processors, never by much; another seed differs by dozens of levels.
    assert sheet.shape == preview.shape
    assert np.abs(sheet - preview).max() <= 3
    assert np.abs(sheet[:, ::-1] - preview).mean() > 20


@pytest.mark.parametrize("model", SHIPPED, indirect=True)
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
