"""How fast shipped generators redraw a picture: the first one in a fresh process, and those after that.

    python -m benchmarks.redraw_speed [--models sketch-cat face-cartoon] [--threads 2] [--device cpu]

*First* is from starting Python to having one picture in memory, of which *load* is reading the weights. *Photograph* is
a square of 512 pixels, shrunk, made a source (a sketch, say) and redrawn; *drawing* one that goes in as it is, as while
somebody draws. Medians; by the clock on the wall, since that is what a person waits
for. Every generator is measured in a process of its own.
"""

import argparse
import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.drawing_speed import typical
from benchmarks.meter import print_machine, print_table, write_results
from gan import device as devices
from gan.networks import PICTURES

SIDE = 512


def measure(name: str, started: float, threads: int, device_name: str, turns: int) -> dict[str, Any]:
    """One generator's line; `started` is when its process was asked for, by the clock of the system."""
    import torch

    from gan.generators import find_generator
    from gan.generators.redraw import Redrawer

    torch.set_num_threads(threads)
    device = devices.choose(device_name)
    devices.prepare(device)
    picture = np.random.default_rng(0).integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)
    before = time.perf_counter()
    redrawer = Redrawer(find_generator(name), device)
    load = time.perf_counter() - before
    redrawer.redraw(redrawer.source(picture))
    first = time.time() - started
    photograph = typical(lambda: redrawer.redraw(redrawer.source(picture)), turns)
    drawing = typical(lambda: redrawer.redraw(redrawer.source(picture, finished=True)), turns)
    return {
        "generator": name,
        "pixels": redrawer.config.resolution,
        "first s": first,
        "load ms": 1000 * load,
        "photograph ms": 1000 * photograph,
        "drawing ms": 1000 * drawing,
    }


def main() -> None:
    from gan.generators import list_generators

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", help="instead of all in checkpoints/; run:NAME is one of a run")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--turns", type=int, default=21)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print_machine()
    context = multiprocessing.get_context("spawn")
    redrawing = (model.name for model in list_generators() if model.kind == PICTURES)
    shipped = [name for name in redrawing if not name.startswith("run:")]
    rows = []
    for name in options.models or shipped:
        with ProcessPoolExecutor(1, context) as pool:
            arguments = (name, time.time(), options.threads, options.device, options.turns)
            rows.append(pool.submit(measure, *arguments).result())
    print_table(rows)
    write_results(options.json, rows)


if __name__ == "__main__":
    main()
