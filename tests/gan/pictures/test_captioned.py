import numpy as np
import pytest

from gan.pictures.captioned import LETTERS, MARGIN, SMALLEST_SIDE, captioned


def test_sheets_stand_in_a_row_each_with_its_own_words_below():
    red, blue = np.zeros((64, 32, 3), np.uint8), np.zeros((600, 40, 3), np.uint8)
    red[..., 0], blue[..., 2] = 255, 255
    page = captioned([red, blue], ["ab", ""])
    assert page.shape == (MARGIN + 600 + 2 * MARGIN + LETTERS, 3 * MARGIN + 256 + 40, 3)
    assert page[MARGIN + 1, MARGIN + 1].tolist() == [255, 0, 0]  # enlarged eightfold
    assert page[MARGIN + SMALLEST_SIDE - 1, MARGIN + 255].tolist() == [255, 0, 0]
    assert page[MARGIN + 599, 2 * MARGIN + 256].tolist() == [0, 0, 255]
    below = page[MARGIN + SMALLEST_SIDE :]
    assert below[: MARGIN + LETTERS, MARGIN : MARGIN + 40].min() < 128  # letters
    assert below[-MARGIN:].min() == 255


@pytest.mark.parametrize("caption", ["a" * 500, "a " * 200])
def test_words_that_are_too_long_stay_below_their_own_sheet(caption):
    sheet = np.full((64, 64, 3), 255, np.uint8)
    page = captioned([sheet, sheet], [caption, ""])
    assert page[:, 2 * MARGIN + 512 :].min() == 255
