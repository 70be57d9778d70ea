"""Pictures side by side on one sheet."""

import numpy as np

from gan.errors import ForgerError

WHITE = (255, 255, 255)
GAP = 2  # pixels between neighbours


def grid(pictures: np.ndarray, columns: int, gap: int = GAP, background: tuple[int, int, int] = WHITE) -> np.ndarray:
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


def cell(sheet: np.ndarray, row: int, column: int, side: int) -> np.ndarray:
    """The picture (side, side, 3) at a place of a sheet that `grid` laid out. Raises ForgerError where it has none."""
    top, left = row * (side + GAP), column * (side + GAP)
    found = sheet[top : top + side, left : left + side]
    if found.shape != (side, side, 3):
        raise ForgerError("This sheet is too small to have such a picture.")
    return found


def filmstrip(frames: np.ndarray, count: int, gap: int = GAP) -> np.ndarray:
    """`count` of the frames (N, H, W, 3) uint8 in one row, evenly spaced, the first and the last among them.

    All of the frames when there are fewer than `count`. Raises ForgerError for no frames or a count below 1.
    """
    if count < 1:
        raise ForgerError(f"A filmstrip needs at least one picture, not {count}.")
    shown = np.linspace(0, len(frames) - 1, min(count, len(frames))).round().astype(int)
    return grid(frames[shown], columns=count, gap=gap)
