"""How near redrawing generators come to the same targets, whatever their size.

python -m benchmarks.redraw_quality PICTURES --models sketch-cat run:my-sketches

All of them must have learned one task from these pictures. Each redraws the held-out ones at its own size. What they
make is shrunk to `--pixels`, as the targets of the largest are, and measured as `evaluate` measures; beside it what the
source and the mean target have, seen so.
"""

import argparse
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from benchmarks.meter import print_machine, print_table, write_results
from gan import generators
from gan.data import open_pictures
from gan.errors import ForgerError
from gan.generators import TrainedGenerator
from gan.learning.config import configure
from gan.progress import ignore
from gan.quality.exams import PairExam, mean_target
from gan.quality.feature_choice import choose_features
from gan.quality.fidelity import Yardstick

CPU = torch.device("cpu")


def shrunk(pictures: np.ndarray, pixels: int) -> np.ndarray:
    """Pictures (N, R, R, 3) uint8 as (N, pixels, pixels, 3)."""
    return np.stack([Image.fromarray(one).resize((pixels, pixels), Image.Resampling.LANCZOS) for one in pictures])


def exam_of(model: TrainedGenerator, source: str, count: int) -> PairExam:
    """The one that `model` would pass at its own size, by these pictures."""
    config = configure(model.config, data=source)
    pictures = open_pictures(source, config.resolution, preparation=config.preparation)
    return PairExam(config, pictures, count, CPU, lambda what, done, total: None)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures")
    parser.add_argument("--models", nargs="+", required=True)
    parser.add_argument("--pixels", type=int, default=64)
    parser.add_argument("--count", type=int, default=2_000)
    parser.add_argument("--json", type=Path, metavar="FILE")
    request = parser.parse_args()
    print_machine()
    models = [generators.find_generator(name) for name in request.models]
    if len({model.config.task for model in models}) > 1:
        raise ForgerError("These generators have learned more than one task.")
    exams = [exam_of(model, request.pictures, request.count) for model in models]
    largest = max(exams, key=lambda exam: exam.config.resolution)
    mean = mean_target(largest.config, largest.pictures.array, largest.pictures.split()[0], ignore)
    sources, targets, means = (shrunk(one, request.pixels) for one in (*largest.pairs, mean[None]))
    yardstick = Yardstick(sources, targets, means[0], choose_features(CPU))
    rows = []
    for model, exam in zip(models, exams, strict=True):
        made = exam.made_by(generators.load_generator(model, CPU))
        figures = yardstick.measure(shrunk(made, request.pixels))
        rows.append({"generator": model.name, "pixels": model.config.resolution, **figures.to_dict()})
    print_table(rows)
    write_results(request.json, rows)


if __name__ == "__main__":
    main()
