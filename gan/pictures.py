"""Pictures as arrays (height, width, 3) uint8: side by side, and as files in memory."""

import io
import zipfile
from collections.abc import Sequence

import numpy as np
from PIL import Image

from gan.errors import ForgerError

WHITE = (255, 255, 255)


def grid(pictures: np.ndarray, columns: int, gap: int = 2, background: tuple[int, int, int] = WHITE) -> np.ndarray:
    """Pictures (N, H, W, 3) uint8 row by row on one sheet (H', W', 3) uint8.

    `gap` pixels of `background` lie between neighbours, none around the sheet; cells that the last row
    leaves over are background. Fewer pictures than `columns` make a sheet of that many columns.

    Raises ForgerError for no pictures or fewer than one column.
    """
    if len(pictures) == 0:
        raise ForgerError("There are no pictures to put on a sheet.")
    if columns < 1:
        raise ForgerError(f"A sheet needs at least one column, not {columns}.")
    count, height, width, _ = pictures.shape
    columns = min(columns, count)
    rows = -(-count // columns)
    sheet = np.empty((rows * (height + gap) - gap, columns * (width + gap) - gap, 3), np.uint8)
    sheet[:] = background
    for index, picture in enumerate(pictures):
        row, column = divmod(index, columns)
        top, left = row * (height + gap), column * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    return sheet


def filmstrip(frames: np.ndarray, count: int, gap: int = 2) -> np.ndarray:
    """`count` of the frames (N, H, W, 3) uint8 in one row, evenly spaced, the first and the last among them.

    All of the frames when there are fewer than `count`. Raises ForgerError for no frames or a count below 1.
    """
    if count < 1:
        raise ForgerError(f"A filmstrip needs at least one picture, not {count}.")
    shown = np.linspace(0, len(frames) - 1, min(count, len(frames))).round().astype(int)
    return grid(frames[shown], columns=count, gap=gap)


def png_bytes(array: np.ndarray) -> bytes:
    """A picture (H, W, 3) uint8 as a PNG file: exact."""
    file = io.BytesIO()
    Image.fromarray(array).save(file, "PNG")
    return file.getvalue()


def jpeg_bytes(array: np.ndarray, quality: int = 90) -> bytes:
    """A picture (H, W, 3) uint8 as a JPEG file: far smaller than PNG, nearly the same to the eye."""
    file = io.BytesIO()
    Image.fromarray(array).save(
        file, "JPEG", quality=quality, subsampling=0
    )  # half the colour is too little at 32 pixels
    return file.getvalue()


def zip_of_pngs(pictures: np.ndarray, names: Sequence[str]) -> bytes:
    """Pictures (N, H, W, 3) uint8 as PNG files `NAME.png` in one ZIP, whose bytes do not depend on the clock.

    A name that comes again (the same seed twice) is numbered: `7.png`, `7 (2).png`.
    """
    file = io.BytesIO()
    used: set[str] = set()
    # Stored, since PNG is compressed already.
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        for picture, name in zip(pictures, names, strict=True):
            unique, again = name, 2
            while unique in used:
                unique, again = f"{name} ({again})", again + 1
            used.add(unique)
            # A ZipInfo made by hand is dated 1980-01-01; writestr with a plain name would take the clock.
            archive.writestr(zipfile.ZipInfo(f"{unique}.png"), png_bytes(picture))
    return file.getvalue()
