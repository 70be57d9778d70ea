"""What becomes of drawings by hand: twenty of them redrawn onto a sheet, to be looked at.

python -m benchmarks.drawings FILE --models sketch-cat sketch-face

`drawings.json` has each as the lines that a hand drew, points (x, y) from 0 to 1: heads that are a circle, eyes that
are dots or shut, a profile, some hair. Every cat goes to the generators that learned from cats, every face to others.
"""

import argparse
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from gan import generators
from gan.generators.redraw import Redrawer
from gan.pictures.files import png_bytes
from gan.pictures.sheet import grid

SIZE = 256  # of the sheet that people draw on, in pixels
PEN = 0.02  # how thick its medium line is, as a share of that
FINER = 4
COLUMNS = 10

Strokes = list[list[list[float]]]


def drawings() -> dict[str, tuple[str, Strokes]]:
    """The drawings by name: "cat" or "face", and their lines."""
    found = json.loads(Path(__file__).with_name("drawings.json").read_text(encoding="utf-8"))
    return {name: (one["kind"], one["strokes"]) for name, one in found.items()}


def inked(strokes: Strokes) -> np.ndarray:
    """Lines as the sheet on the page shows them: (SIZE, SIZE, 3) uint8, black on white."""
    side = FINER * SIZE
    paper = Image.new("L", (side, side), 255)
    pen, reach = ImageDraw.Draw(paper), PEN * side / 2
    for stroke in strokes:
        points = [(x * side, y * side) for x, y in stroke]
        pen.line(points, fill=0, width=round(2 * reach))
        for x, y in points:
            pen.ellipse([x - reach, y - reach, x + reach, y + reach], fill=0)
    return np.asarray(paper.resize((SIZE, SIZE), Image.Resampling.LANCZOS).convert("RGB"))


def redrawn(names: list[str]) -> np.ndarray:
    """The sheet (H, W, 3) uint8: for each generator a row of its drawings above what it makes of them, and so on."""
    rows = []
    for name in names:
        model = generators.find_generator(name)
        redrawer, kind = Redrawer(model), "cat" if "cat" in model.config.data else "face"
        papers = [inked(strokes) for what, strokes in drawings().values() if what == kind]
        sources = [redrawer.source(paper, finished=True) for paper in papers]
        results = [redrawer.redraw(source).result for source in sources]
        rows += [_large(one) for one in (*sources, *results)]
    return grid(np.stack(rows), COLUMNS)


def _large(picture: np.ndarray) -> np.ndarray:
    return np.asarray(Image.fromarray(picture).resize((SIZE // 2, SIZE // 2), Image.Resampling.BICUBIC))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, metavar="FILE", help="the sheet, a PNG file")
    parser.add_argument("--models", nargs="+", default=["sketch-cat", "sketch-face"])
    request = parser.parse_args()
    request.out.write_bytes(png_bytes(redrawn(request.models)))
    for name in request.models:
        print(f"{name}: a row of drawings, and below it what it makes of them")
    print(request.out)


if __name__ == "__main__":
    main()
