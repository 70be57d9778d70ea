import numpy as np
import pytest

from gan.quality.distances import Kid, kid
from gan.quality.ladder import Ladder, ladder, rungs, sharply_through, through

STEPS = Ladder((4, 8, 16, 32), tuple(Kid(value, 0.01) for value in (8.0, 4.0, 1.0, -0.003)))


def test_a_ladder_ends_with_the_pictures_themselves():
    assert rungs(16) == (4, 6, 8, 12, 16)
    assert rungs(64)[-3:] == (48, 56, 64)
    assert rungs(100)[-2:] == (96, 100)
    assert rungs(512)[-2:] == (224, 512)


@pytest.mark.parametrize(
    ("value", "pixels"), [(8.0, 4), (4.0, 8), (2.0, 2**3.5), (1.0, 16), (0.02, 32), (100.0, 4), (0.001, 32), (-1.0, 32)]
)
def test_between_rungs_logarithms_are_interpolated_and_the_ladder_is_never_left(value, pixels):
    assert STEPS.seen_through(value) == pytest.approx(pixels)


def test_a_nearer_distance_is_never_fewer_pixels_even_where_rungs_stand_in_the_wrong_order():
    crossed = Ladder((4, 6, 8, 16, 32), tuple(Kid(value, 0.01) for value in (3.0, 3.2, 1.0, -0.1, 0.002)))
    found = [crossed.seen_through(value) for value in np.geomspace(10, 0.001, 200)]
    assert found == sorted(found)
    assert 4 <= found[0] <= 6.001
    assert found[-1] == pytest.approx(32)


def test_what_is_nearer_than_a_rung_stands_above_it_though_one_below_came_out_too_near():
    crossed = Ladder((4, 6, 8, 16, 32), tuple(Kid(value, 0.01) for value in (3.0, 2.0, 0.1, 1.0, 0.0)))
    for value, pixels in ((3.0, 4), (2.0, 6), (1.0, 16)):
        assert crossed.seen_through(0.9 * value) > pixels


def test_sentences_say_what_the_measure_can_tell():
    assert STEPS.sentence(4.0) == "as close to real pictures as real pictures seen through 8 pixels"
    assert STEPS.sentence(9.0) == "farther from real pictures than real pictures seen through 4 pixels"
    assert "as far as this measure can tell" in STEPS.sentence(0.019)
    assert "as far as this measure can tell" in STEPS.sentence(-1)


def test_seeing_through_few_pixels_blurs_and_keeps_the_size(draw):
    pictures = draw(3, seed=0)
    assert through(pictures, 32) is pictures
    blurred = through(pictures, 8)
    assert blurred.shape == pictures.shape
    assert blurred.dtype == np.uint8
    assert np.allclose(blurred.mean((1, 2)), pictures.mean((1, 2)), atol=2)
    assert np.abs(np.diff(blurred.astype(int), axis=2)).max() < np.abs(np.diff(pictures.astype(int), axis=2)).max()
    flat = np.full((1, 32, 32, 3), 200, np.uint8)
    assert np.array_equal(through(flat, 4), flat)


def test_every_rung_is_nearer_to_real_pictures_than_the_one_below(simple, draw):
    pictures, heard = draw(200, seed=1), []
    steps = ladder(pictures, np.arange(0, 200, 2), simple.extract(draw(150, seed=2)), simple, heard.append)
    values = [one.value for one in steps.kids]
    assert steps.pixels == rungs(32)
    assert values == sorted(values, reverse=True)
    assert abs(values[-1]) < 4 * steps.kids[-1].error
    assert sum(heard) == 100 * len(steps.pixels)


def test_other_pictures_seen_through_as_many_pixels_stand_on_that_rung(simple, draw):
    real = simple.extract(draw(150, seed=2))
    steps = ladder(draw(100, seed=1), np.arange(100), real, simple)
    for pixels in (6, 12, 20):
        distance = kid(real, simple.extract(through(draw(100, seed=3), pixels)))
        assert steps.seen_through(distance.value) == pytest.approx(pixels, rel=0.2)


@pytest.mark.parametrize("resolution", [32, 64, 128, 256])
def test_the_top_of_the_ladder_is_real_pictures_and_no_number_of_pixels(resolution):
    heights = (4.0, 1.0, 0.0)
    top = Ladder((4, resolution // 2, resolution), tuple(Kid(height, 0.01) for height in heights))
    assert "real pictures themselves" in top.sentence(0.0)
    assert "real pictures themselves" in top.sentence(-0.01)
    assert f"through {resolution // 2} pixels" in top.sentence(1.0)


def test_seen_sharply_pictures_keep_more_of_themselves(draw):
    pictures = draw(8, seed=0)
    assert sharply_through(pictures, 32) is pictures
    lost = [np.square(see(pictures, 16).astype(float) - pictures).mean() for see in (through, sharply_through)]
    assert 0 < lost[1] < 0.95 * lost[0]
    assert sharply_through(pictures, 16).dtype == np.uint8 and sharply_through(pictures, 16).shape == pictures.shape
