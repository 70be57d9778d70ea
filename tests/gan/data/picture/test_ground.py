import numpy as np
import pytest
from PIL import Image

from gan.data.picture.ground import BLACK, GREY, WHITE, Contrast, chosen_ground, contrast, laid_on


def sprite(colour: tuple[int, int, int], hidden: tuple[int, int, int] = (0, 0, 0)) -> Image.Image:
    """The left half opaque, the right half see-through, with a hidden colour."""
    image = Image.new("RGBA", (8, 8), (*hidden, 0))
    image.paste((*colour, 255), (0, 0, 4, 8))
    return image


@pytest.mark.parametrize("image", [Image.new("RGB", (4, 4)), Image.new("L", (4, 4)), Image.new("RGBA", (4, 4), "red")])
def test_what_is_not_see_through_has_no_say(image):
    assert contrast(image) is None


def test_hidden_colours_do_not_count():
    assert contrast(sprite((255, 255, 255))) == (1, 0, 0.5)
    assert contrast(sprite((0, 0, 0), hidden=(255, 255, 255))) == (0, 1, 0.5)
    assert contrast(sprite((255, 255, 255)).convert("RGBa")) == (1, 0, 0.5)
    assert contrast(Image.new("RGBA", (4, 4), (255, 255, 255, 0))) == (0, 0, 1)


def test_palettes_and_grey_with_opacity():
    palette = Image.new("P", (4, 4), 1)
    palette.putpalette([0, 0, 0, 255, 255, 255])
    palette.paste(0, (0, 0, 2, 4))
    palette.info["transparency"] = 0
    assert contrast(palette) == (1, 0, 0.5)
    grey = Image.new("LA", (2, 1), (255, 255))
    grey.putpixel((1, 0), (0, 0))
    assert contrast(grey) == (1, 0, 0.5)


@pytest.mark.parametrize(
    "contrasts, colour",
    [
        ([], WHITE),
        ([Contrast(0, 0.9, 0.5)], WHITE),
        ([Contrast(0.1, 0.1, 0.5)], WHITE),
        ([Contrast(0.9, 0, 0.5)], BLACK),
        ([Contrast(0.9, 0.1, 0.5)], BLACK),  # white with black outlines
        ([Contrast(0.9, 0, 0.01)], WHITE),  # soft edges only
        ([Contrast(0, 0, 1)], WHITE),  # nothing to be seen
        ([Contrast(0.9, 0, 0.5), Contrast(0.1, 0.1, 0.5)], BLACK),
        ([Contrast(0.9, 0, 0.5), Contrast(0, 0.9, 0.5)], GREY),
        ([Contrast(0.5, 0.5, 0.5)], GREY),  # both in each
        ([Contrast(0.9, 0, 0.5)] + [Contrast(0, 0.5, 0.5)] * 30, WHITE),  # an odd one
    ],
)
def test_grounds(contrasts, colour):
    ground = chosen_ground(contrasts)
    assert ground.colour == colour and ground.words


def test_laid_on():
    laid = np.asarray(laid_on(sprite((255, 255, 255)), BLACK))
    assert (laid[:, :4] == 255).all() and (laid[:, 4:] == 0).all()
    np.testing.assert_array_equal(np.asarray(laid_on(sprite((255, 255, 255)).convert("RGBa"), BLACK)), laid)
    half = Image.new("RGBA", (2, 2), (255, 0, 0, 128))
    assert np.abs(np.asarray(laid_on(half, "#000000"))[0, 0].astype(int) - (128, 0, 0)).max() <= 1
    opaque = Image.new("RGB", (2, 2), "red")
    assert laid_on(opaque, BLACK) is opaque
    assert laid_on(Image.new("L", (2, 2), 7), BLACK).getpixel((0, 0)) == (7, 7, 7)
