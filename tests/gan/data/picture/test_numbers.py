import numpy as np
import pytest
from PIL import Image

from gan.data.picture import numbers
from gan.data.picture.numbers import Range, chosen_range, eight_bits, measured, to_eight_bits


def ramp(high: float, kind: type, low: float = 0) -> Image.Image:
    """From `low` to `high`, 16 x 16."""
    return Image.fromarray(np.linspace(low, high, 256).reshape(16, 16).astype(kind))


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "RGB", "RGBA", "CMYK", "YCbCr", "HSV"])
def test_ordinary_pictures_are_not_measured_and_stay(mode):
    image = Image.new(mode, (4, 4))
    assert measured(image) is None
    assert eight_bits(image, Range(0, 9, "")) is image


@pytest.mark.parametrize("high, white", [(200, 255), (256, 1023), (1023, 1023), (4000, 4095), (16_000, 16383),
                                         (30_000, 65535)])  # fmt: skip
def test_whole_numbers_are_scaled_by_the_bits_they_use(high, white):
    image = ramp(high, np.uint16)
    assert measured(image) == (0, high)
    scale = chosen_range([measured(image)])
    assert (scale.low, scale.high) == (0, white) and str(white) in scale.words
    assert np.asarray(eight_bits(image, scale)).max() == round(255 * high / white)


def test_big_endian_and_32_bits():
    values = np.arange(256, dtype=np.int32).reshape(16, 16) * 1000
    assert measured(Image.fromarray(values)) == (0, 255_000)
    scale = chosen_range([(0, 255_000)])
    np.testing.assert_array_equal(np.asarray(eight_bits(Image.fromarray(values), scale)), values // 1000)
    big = Image.frombytes("I;16B", (2, 1), b"\x01\x00\x0f\xff")
    assert measured(big) == (256, 4095)
    assert list(np.asarray(eight_bits(big, chosen_range([(256, 4095)])))[0]) == [16, 255]


@pytest.mark.parametrize(
    "low, high, wanted",
    [
        (0, 0.8, (0, 1)),
        (0, 200.5, (0, 255)),
        (-0.001, 0.9, (0, 1)),  # a filter's trace
        (-0.9, 0.7, (-1, 1)),
        (-30, 50, (-30, 50)),
        (0, 0.01, (0, 0.01)),
        (0.5, 9, (0.5, 9)),  # metres
        (7000, 7900, (7000, 7900)),  # a thermal camera
        (0, 1e9, (0, 1e9)),
        (0.5, 0.5, (0, 1)),
        (0, 0, (0, 1)),
        (-5, -5, (-5, -4)),
    ],
)
def test_ranges(low, high, wanted):
    scale = chosen_range([(low, high)])
    assert (scale.low, scale.high) == wanted
    assert scale.words == f"values from {scale.low:g} (black) to {scale.high:g} (white)"


def test_one_range_for_a_set():
    scale = chosen_range([(0, 100), (5, 3000), (0, 20)])
    assert (scale.low, scale.high) == (0, 4095)


def test_what_is_no_number():
    image = Image.fromarray(np.array([[np.nan, np.inf], [-np.inf, 0.5], [0, 1]], np.float32))
    assert measured(image) == (0, 1)
    assert np.asarray(eight_bits(image, chosen_range([(0, 1)]))).tolist() == [[0, 255], [0, 128], [0, 255]]
    nothing = Image.fromarray(np.full((2, 2), np.nan, np.float32))
    assert measured(nothing) == (0, 0)
    assert not np.asarray(eight_bits(nothing, chosen_range([(0, 0)]))).any()


def test_in_bands_as_in_one(monkeypatch):
    image = ramp(4000, np.uint16)
    scale = chosen_range([measured(image)])
    whole = np.asarray(eight_bits(image, scale))
    monkeypatch.setattr(numbers, "BAND", 40)  # two rows and a half
    assert measured(image) == (0, 4000)
    np.testing.assert_array_equal(np.asarray(eight_bits(image, scale)), whole)


def test_values_of_any_kind():
    assert to_eight_bits(np.array([-9, 0, 51, 102, 999]), 0, 102).tolist() == [0, 0, 128, 255, 255]
    large = np.array([10**9, 10**9 + 51, 10**9 + 102], np.int32)  # closer together than single precision can tell
    assert to_eight_bits(large, 1e9, 1e9 + 102).tolist() == [0, 128, 255]
