import numpy as np
import pytest
import torch
from PIL import Image

from gan.data.split import split
from gan.errors import ForgerError
from gan.lookalikes import find, open_album
from gan.quality.simple import SimpleFeatures

SIMPLE = SimpleFeatures(torch.device("cpu"))


@pytest.fixture(scope="module")
def noise():
    """120 pictures, each of another colour."""
    random = np.random.default_rng(0)
    return (random.uniform(0, 200, (120, 1, 1, 3)) + random.uniform(0, 50, (120, 32, 32, 3))).astype(np.uint8)


@pytest.fixture
def folder(noise, tmp_path):
    for number, picture in enumerate(noise):
        Image.fromarray(picture).save(tmp_path / f"{number:03d}.png")
    return str(tmp_path)


def test_a_copy_is_found_first_and_is_nearer_than_real_pictures_are(folder, noise):
    heard = []
    album = open_album(folder, 32, SIMPLE, lambda *step: heard.append(step))
    training, held_out = split(120)
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


def test_too_few_pictures(picture_folder):
    with pytest.raises(ForgerError, match="100 pictures at least"):
        open_album(str(picture_folder), 32, SIMPLE, lambda *step: None)
