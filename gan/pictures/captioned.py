"""Sheets side by side as one picture, each with a line of words below it."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from gan.pictures.sheet import WHITE

SMALLEST_SIDE = 512
MARGIN, LETTERS, INK = 16, 18, (32, 32, 32)


def captioned(sheets: Sequence[np.ndarray], captions: Sequence[str]) -> np.ndarray:
    """Sheets (H, W, 3) uint8, each of its own size, in a row on white, with their captions: (H', W', 3) uint8.

    Each is enlarged by a whole factor, smoothly, until it is at least 512 pixels high. A caption that is longer than
    its sheet is wide is cut.
    """
    pictures = [_enlarged(sheet) for sheet in sheets]
    line = MARGIN + LETTERS + MARGIN
    width = MARGIN + sum(picture.width + MARGIN for picture in pictures)
    page = Image.new("RGB", (width, MARGIN + max(picture.height for picture in pictures) + line), WHITE)
    pen, font, left = ImageDraw.Draw(page), ImageFont.load_default(LETTERS), MARGIN
    for picture, caption in zip(pictures, captions, strict=True):
        page.paste(picture, (left, MARGIN))
        pen.text((left, MARGIN + picture.height + MARGIN // 2), _cut(caption, picture.width, font), INK, font)
        left += picture.width + MARGIN
    return np.asarray(page)


def _enlarged(sheet: np.ndarray) -> Image.Image:
    picture = Image.fromarray(sheet)
    factor = -(-SMALLEST_SIDE // picture.height)
    return picture.resize((picture.width * factor, picture.height * factor), Image.Resampling.LANCZOS)


def _cut(text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> str:
    whole = text
    while text and font.getlength(text if text == whole else text + "...") > width:
        text = text[:-1]
    return text if text == whole else text + "..."
