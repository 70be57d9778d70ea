"""How fast shipped generators draw: the first picture in a fresh process, pictures and film frames after that.

    python -m benchmarks.drawing_speed [--models cats faces] [--threads 2] [--device cpu]

*First* is from starting Python to having one picture in memory, of which *load* is reading the weights; *one* is a
single picture later on, as when a slider moves; *pictures/s* is a sheet of 64 at once. *Frames/s* is the drawing of
a walk's frames and *film/s* drawing them and writing the MP4. Medians; by the clock on the wall, since that is what
a person waits for. Every generator is measured in a process of its own.
"""

import argparse
import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.meter import print_machine, print_table, write_results
from gan import device as devices
from gan.networks import LATENTS

SHEET, FRAMES, FPS = 64, 120, 30


def measure(name: str, started: float, threads: int, device_name: str, turns: int) -> dict[str, Any]:
    """One generator's line; `started` is when its process was asked for, by the clock of the system."""
    import torch

    from gan.generators import find_generator, load_generator
    from gan.generators.sampling import generate, sample, seed_latents
    from gan.latents.walk import walk_through
    from gan.pictures.film import mp4_bytes

    torch.set_num_threads(threads)
    device = devices.choose(device_name)
    devices.prepare(device)
    model = find_generator(name)
    before = time.perf_counter()
    generator = load_generator(model, device)
    load = time.perf_counter() - before
    config = model.config
    sample(generator, config, [1])
    first = time.time() - started
    walk = walk_through(seed_latents(config, [1, 2, 3]), FRAMES, "spherical", True)
    seconds = {
        "one": typical(lambda: sample(generator, config, [2]), turns),
        "sheet": typical(lambda: sample(generator, config, range(SHEET)), turns),
        "frames": typical(lambda: generate(generator, walk), turns),
        "film": typical(lambda: mp4_bytes(generate(generator, walk), FPS), turns),
    }
    return {
        "generator": name,
        "pixels": config.resolution,
        "first s": first,
        "load ms": 1000 * load,
        "one ms": 1000 * seconds["one"],
        "pictures/s": SHEET / seconds["sheet"],
        "frames/s": FRAMES / seconds["frames"],
        "film/s": FRAMES / seconds["film"],
    }


def typical(act: Callable[[], object], turns: int) -> float:
    """Seconds, the median of some turns after one to warm up."""
    act()
    seconds = []
    for _ in range(turns):
        started = time.perf_counter()
        act()
        seconds.append(time.perf_counter() - started)
    return median(seconds)


def shipped() -> list[str]:
    from gan.generators import list_generators

    return [model.name for model in list_generators() if model.kind == LATENTS and not model.name.startswith("run:")]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--models", nargs="+", help="instead of all in checkpoints/; run:NAME is one of a run")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu")
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print_machine()
    context = multiprocessing.get_context("spawn")
    rows = []
    for name in options.models or shipped():
        with ProcessPoolExecutor(1, context) as pool:
            arguments = (name, time.time(), options.threads, options.device, options.turns)
            rows.append(pool.submit(measure, *arguments).result())
    print_table(rows)
    write_results(options.json, rows)


if __name__ == "__main__":
    main()
