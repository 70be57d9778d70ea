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
from gan.generators.sampling import generate
from gan.learning.config import configure
from gan.pictures.tensors import to_tensor
from gan.progress import ignore
from gan.quality.exams import PART, mean_target
from gan.quality.feature_choice import choose_features
from gan.quality.fidelity import Yardstick
from gan.tasks.held_out import held_out_pairs

CPU = torch.device("cpu")


def shrunk(pictures: np.ndarray, pixels: int) -> np.ndarray:
    """Pictures (N, R, R, 3) uint8 as (N, pixels, pixels, 3)."""
    return np.stack([Image.fromarray(one).resize((pixels, pixels), Image.Resampling.LANCZOS) for one in pictures])


def held_out(model: TrainedGenerator, source: str, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Sources, targets and the mean target at the size of `model`."""
    config = configure(model.config, data=source)
    pictures = open_pictures(source, config.resolution, preparation=config.preparation)
    training, kept = pictures.split()
    pairs = held_out_pairs(config.task, pictures.array, kept, count, ignore, config.chance)
    return *pairs, mean_target(config, pictures.array, training, ignore)


def made_by(model: TrainedGenerator, sources: np.ndarray) -> np.ndarray:
    network = generators.load_generator(model, CPU)
    parts = (sources[start : start + PART] for start in range(0, len(sources), PART))
    return np.concatenate([generate(network, to_tensor(part)) for part in parts])


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
    largest = max(models, key=lambda model: model.config.resolution)
    sources, targets, mean = held_out(largest, request.pictures, request.count)
    small = [shrunk(one, request.pixels) for one in (sources, targets, mean[None])]
    yardstick = Yardstick(small[0], small[1], small[2][0], choose_features(CPU))
    rows = []
    for model in models:
        sources, _, _ = held_out(model, request.pictures, request.count)
        figures = yardstick.measure(shrunk(made_by(model, sources), request.pixels))
        rows.append({"generator": model.name, "pixels": model.config.resolution, **figures.to_dict()})
    print_table(rows)
    write_results(request.json, rows)


if __name__ == "__main__":
    main()
