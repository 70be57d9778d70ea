import shutil
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan.data import Preparation
from gan.data.split import split
from gan.errors import ForgerError
from gan.quality.lookalikes import find, open_album
from gan.quality.simple_features import SimpleFeatures

SIMPLE = SimpleFeatures(torch.device("cpu"))


@pytest.fixture(scope="module")
def noise():
    """320 pictures, each of another colour."""
    random = np.random.default_rng(0)
    return (random.uniform(0, 200, (320, 1, 1, 3)) + random.uniform(0, 50, (320, 32, 32, 3))).astype(np.uint8)


@pytest.fixture
def folder(noise, tmp_path):
    for number, picture in enumerate(noise):
        Image.fromarray(picture).save(tmp_path / f"{number:03d}.png")
    return str(tmp_path)


def test_a_copy_is_found_first_and_is_nearer_than_real_pictures_are(folder, noise):
    heard = []
    album = open_album(folder, 32, SIMPLE, lambda *step: heard.append(step))
    training, held_out = split(320)
    assert {what for what, *_ in heard} == {
        f"Reading {folder.rsplit('/', 1)[1]}",
        "Looking at the training pictures",
        "Looking at the held-out pictures",
    }
    made = noise[[training[7], held_out[3]]]
    places, far = find(album, made, SIMPLE)
    assert places.shape == far.shape == (2, 3)
    assert places[0, 0] == training[7]
    assert far[0, 0] < album.surely_near < far[0, 1]
    assert held_out[3] not in places[1]
    assert (np.diff(far) >= 0).all()
    assert len(album.typical) == len(held_out)
    assert np.isclose(album.typical, far[1, 0], rtol=1e-2).any()
    assert album.usual == np.median(album.typical)


def test_where_all_that_is_held_out_was_studied_too_nothing_is_said(many):
    again = Path(many).with_name("again")
    again.mkdir()
    pictures = sorted(Path(many).iterdir())[:150]
    for number, path in enumerate(pictures * 2):
        shutil.copy(path, again / f"{number:03d}.png")
    with pytest.raises(ForgerError, match="nothing can be said"):
        open_album(str(again), 32, SIMPLE, lambda *step: None, Preparation(splitting="by place"))
    by_content = open_album(str(again), 32, SIMPLE, lambda *step: None)
    assert by_content.usual > 0 and len(by_content.typical) == 30


def test_too_few_pictures(picture_folder):
    with pytest.raises(ForgerError, match="300 pictures at least"):
        open_album(str(picture_folder), 32, SIMPLE, lambda *step: None)
