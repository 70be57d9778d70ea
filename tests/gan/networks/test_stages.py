import pytest

from gan.networks.stages import channels_at, resolutions


def test_sides_double_from_4_to_the_picture():
    assert resolutions(4) == [4]
    assert resolutions(64) == [4, 8, 16, 32, 64]


@pytest.mark.parametrize(
    ("resolution", "channels"),
    [
        (32, [16, 16, 8, 4]),
        (64, [32, 32, 16, 8, 4]),
        (128, [64, 64, 32, 16, 8, 4]),
        (256, [128, 128, 64, 32, 16, 8, 4]),
    ],
)
def test_channels_halve_towards_the_picture_from_8x8_on(resolution, channels):
    assert [channels_at(side, resolution, 4) for side in resolutions(resolution)] == channels
