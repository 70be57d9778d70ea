"""The drawn data sets: the same everywhere, the same at every resolution, and varied."""

import numpy as np
import pytest

from gan.data.drawn import DRAWN, drawn_picture
from gan.errors import ForgerError

NAMES = sorted(DRAWN)

# Mean colours of the four quarters (upper left, upper right, lower left, lower right) of some pictures.
GOLDEN = {
    "drawn-cats": {
        0: [[171, 167, 199], [167, 165, 196], [174, 163, 184], [175, 163, 181]],
        7: [[211, 195, 164], [196, 186, 163], [198, 185, 155], [191, 180, 157]],
        4321: [[196, 189, 174], [167, 190, 207], [191, 182, 182], [187, 178, 185]],
    },
    "drawn-faces": {
        0: [[113, 121, 139], [111, 121, 142], [146, 153, 161], [139, 151, 167]],
        7: [[182, 128, 137], [210, 143, 135], [182, 139, 152], [180, 134, 147]],
        4321: [[164, 150, 135], [166, 152, 137], [160, 140, 127], [154, 133, 124]],
    },
}


def quarters(picture: np.ndarray) -> np.ndarray:
    half = len(picture) // 2
    return picture.reshape(2, half, 2, half, 3).mean(axis=(1, 3)).reshape(4, 3)


def shrunk(picture: np.ndarray, resolution: int) -> np.ndarray:
    step = len(picture) // resolution
    return picture.reshape(resolution, step, resolution, step, 3).mean(axis=(1, 3))


def test_the_sets_have_the_names_that_configurations_use() -> None:
    assert NAMES == ["drawn-cats", "drawn-faces", "few-drawn-cats"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("resolution", [16, 24, 32, 64, 100, 256, 512])
def test_shape_and_type(name: str, resolution: int) -> None:
    picture = drawn_picture(name, 3, resolution)
    assert picture.shape == (resolution, resolution, 3)
    assert picture.dtype == np.uint8
    assert picture.flags.writeable  # torch warns about arrays that it must not write to


@pytest.mark.parametrize("name", NAMES)
def test_the_same_index_is_the_same_picture(name: str) -> None:
    first = drawn_picture(name, 11, 32)
    drawn_picture(name, 12, 32)
    assert np.array_equal(first, drawn_picture(name, 11, 32))
    assert np.array_equal(first, drawn_picture(name, np.int64(11), 32))


@pytest.mark.parametrize("name", NAMES)
def test_pictures_are_the_same_on_every_machine(name: str) -> None:
    for index, golden in GOLDEN[name.removeprefix("few-")].items():  # the same ones, and only the first of them
        # A unit of difference is left to how a platform rounds an edge.
        assert np.abs(quarters(drawn_picture(name, index, 32)) - golden).max() < 1.5, index


@pytest.mark.parametrize("name", NAMES)
def test_one_picture_at_two_resolutions(name: str) -> None:
    for index in range(8):
        small, large = drawn_picture(name, index, 32).astype(float), shrunk(drawn_picture(name, index, 128), 32)
        other = drawn_picture(name, index + 1, 32)
        assert np.abs(small - large).mean() < 6
        assert np.abs(small - other).mean() > 20


@pytest.mark.parametrize("name", NAMES)
def test_pictures_differ(name: str) -> None:
    pictures = np.stack([drawn_picture(name, index, 16) for index in range(300)]).reshape(300, -1)
    assert len(np.unique(pictures, axis=0)) == 300
    sample = pictures[:60].astype(float)
    distances = np.abs(sample[:, None] - sample[None]).mean(axis=2)[np.triu_indices(60, 1)]
    assert distances.mean() > 40
    assert distances.min() > 8


@pytest.mark.parametrize("name", NAMES)
def test_heads_are_in_the_middle(name: str) -> None:
    """The eyes, where pictures have the most contrast, stay in the band where a small network finds them."""
    rows = np.stack([drawn_picture(name, index, 32) for index in range(100)]).astype(float).mean(axis=3)
    detail = np.abs(np.diff(rows, axis=2)).mean(axis=0)
    assert 14 <= detail.sum(axis=1).argmax() <= 20
    assert abs((detail.sum(axis=0) * np.arange(31)).sum() / detail.sum() - 15) < 1


def test_cats_and_faces_share_no_randomness() -> None:
    corners = np.stack([[drawn_picture(name, index, 16)[0, 0] for name in GOLDEN] for index in range(60)]).astype(float)
    cats, faces = corners.mean(axis=2).T
    assert abs(np.corrcoef(cats, faces)[0, 1]) < 0.4


def test_an_index_may_be_huge() -> None:
    assert not np.array_equal(drawn_picture("drawn-cats", 10**12, 32), drawn_picture("drawn-cats", 10**12 + 1, 32))


def test_wrong_requests_are_said_plainly() -> None:
    with pytest.raises(ForgerError, match=r"drawn-dogs.*drawn-cats"):
        drawn_picture("drawn-dogs", 0, 32)
    with pytest.raises(ForgerError, match="numbered from 0"):
        drawn_picture("drawn-cats", -1, 32)
    for resolution in (8, 1024):
        with pytest.raises(ForgerError, match="16 to 512"):
            drawn_picture("drawn-cats", 0, resolution)
