"""What a training step costs: by resolution, width, batch size and recipe; part by part; beside bare convolutions.

    python -m benchmarks.step_cost [--recipes classic modern] [--width 64] [--steps 8] [--skip growth]
    python -m benchmarks.step_cost --precision bfloat16 --memory-format contiguous
    python -m benchmarks.step_cost --device cuda [--precision float32] [--compile | --cuda-graphs]

Three tables for each recipe. *Growth*: one of resolution, width and batch size changes at a time. *Parts*: where the
time of a step goes. *Convolutions*: every convolution of a step by itself, dearest first, its multiply-adds a second
against those of a large matrix product, and the share of a step that all of them take. The pictures are noise. On
the CPU everything is processor time, which neighbours hardly disturb (one thread by default); on a card wall time.
The last two options work on a card only.
"""

import argparse
import contextlib
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import numpy as np
import torch

from benchmarks.convolutions import Recorder, matrix_product_speed, seconds_alone
from benchmarks.meter import clock, print_machine, print_table, write_results
from benchmarks.parts import Stopwatch, watched
from gan import device as devices
from gan.learning.config import RESOLUTIONS, SETTINGS, Config, configure
from gan.learning.kinds import new_trainer
from gan.learning.recipes import RECIPES
from gan.learning.trainer import Trainer

WARM_UP = 2
FORMATS = {"channels-last": torch.channels_last, "contiguous": torch.contiguous_format}
PRECISIONS = {"float32": torch.float32, "bfloat16": torch.bfloat16}


def warm_trainer(config: Config, device: torch.device, compile_mode: str | None) -> Trainer:
    """A trainer on noise that has made its first steps. A penalty differentiates twice, which compiled code cannot."""
    shape = (max(128, 2 * config.batch_size), config.resolution, config.resolution, 3)
    trainer = new_trainer(config, np.random.default_rng(0).integers(0, 256, shape, np.uint8), device)
    if compile_mode:
        trainer.generator.compile(mode=compile_mode)
        if config.penalty == "none":
            trainer.discriminator.compile(mode=compile_mode)
    for _ in range(WARM_UP):
        trainer.step()
    trainer.images_seen = 0  # so that every measurement has as many steps with a penalty
    return trainer


def period(config: Config) -> int:
    """After how many steps everything repeats: a penalty comes every few steps only."""
    return config.penalty_every if config.penalty != "none" else 1


def count_macs(trainer: Trainer) -> tuple[Recorder, int]:
    """The convolutions of one period of steps, and its steps."""
    steps = period(trainer.config)
    with Recorder() as recorder:
        for _ in range(steps):
            trainer.step()
    return recorder, steps


def cost(trainer: Trainer, steps: int, now: Callable[[], float]) -> float:
    """Seconds a step, the median of some periods."""
    length = period(trainer.config)
    seconds = []
    for _ in range(max(1, steps // length)):
        started = now()
        for _ in range(length):
            trainer.step()
        seconds.append((now() - started) / length)
    return median(seconds)


def variations(base: Config, resolutions: list[int], batches: list[int]) -> list[Config]:
    """The setting itself, and others that differ from it in one thing: also half and twice as wide, if that can be."""
    others = [configure(base, resolution=resolution) for resolution in resolutions]
    for factor in (0.5, 2):
        widths = {name: round(getattr(base, name) * factor) for name in ("width_g", "width_d")}
        if not any(SETTINGS[name].check(name, width, base) for name, width in widths.items()):
            others.append(configure(base, **widths))
    others += [configure(base, batch_size=batch) for batch in batches]
    return [base] + [one for one in others if one != base]


def growth(name: str, base: Config, device: torch.device, options: argparse.Namespace) -> list[dict[str, Any]]:
    rows = []
    for config in variations(base, options.resolutions, options.batches):
        trainer = warm_trainer(config, device, options.compile_mode)
        # Compiled code does not show its convolutions.
        recorder, steps = count_macs(warm_trainer(config, device, None) if options.compile_mode else trainer)
        trainer.images_seen = 0
        macs = recorder.macs / steps / config.batch_size
        seconds = cost(trainer, options.steps, clock(device)) / config.batch_size
        rows.append(
            {
                "recipe": name,
                "resolution": config.resolution,
                "widths": f"{config.width_g} {config.width_d}",
                "batch": config.batch_size,
                "MMAC/image": macs / 1e6,
                "ms/image": 1000 * seconds,
                "images/s": 1 / seconds,
                "GMAC/s": macs / seconds / 1e9,
            }
        )
    return rows


def parts(name: str, config: Config, device: torch.device, options: argparse.Namespace) -> list[dict[str, Any]]:
    trainer = warm_trainer(config, device, options.compile_mode)
    watch = Stopwatch(clock(device))
    with watched(trainer, watch):
        trainer.step()
        trainer.images_seen = 0
        watch.restart()
        for _ in range(options.steps):
            trainer.step()
    total = sum(watch.seconds.values())
    ordered = sorted(watch.seconds.items(), key=lambda item: -item[1])
    return [
        {"recipe": name, "part": part, "ms a step": 1000 * seconds / options.steps, "%": 100 * seconds / total}
        for part, seconds in ordered
    ]


def convolutions(name: str, config: Config, device: torch.device, options: argparse.Namespace) -> list[dict[str, Any]]:
    now = clock(device)
    trainer = warm_trainer(config, device, None)
    whole = cost(trainer, options.steps, now)
    recorder, steps = count_macs(trainer)
    half = any(one.dtype == torch.bfloat16 for call in recorder.calls for one in call.arguments if hasattr(one, "make"))
    dtype = torch.bfloat16 if half else torch.float32
    peak = matrix_product_speed(device, dtype, now, options.matrix or (2048 if device.type == "cpu" else 8192))
    rows, total = [], 0.0
    for call, times in recorder.calls.items():
        seconds = seconds_alone(call, device, now) * times / steps
        total += seconds
        macs = call.macs * times / steps
        rows.append(_row(name, str(call), times / steps, macs, seconds, whole, peak))
    rows.sort(key=lambda row: -row["ms a step"])
    macs = recorder.macs / steps
    rows.append(_row(name, "all convolutions", sum(recorder.calls.values()) / steps, macs, total, whole, peak))
    rows.append(_row(name, "the whole step", 1.0, macs, whole, whole, peak))
    return rows


def _row(name: str, what: str, times: float, macs: float, seconds: float, whole: float, peak: float) -> dict[str, Any]:
    speed = macs / seconds
    return {
        "recipe": name, "convolution": what, "times a step": times, "MMAC": macs / 1e6, "ms a step": 1000 * seconds,
        "% of the step": 100 * seconds / whole, "GMAC/s": speed / 1e9, "% of a matrix product": 100 * speed / peak,
    }  # fmt: skip


TABLES = {"growth": growth, "parts": parts, "convolutions": convolutions}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipes", nargs="+", choices=tuple(RECIPES), default=list(RECIPES))
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--width", type=int, help="of both networks, instead of the recipe's")
    parser.add_argument("--batch", type=int, help="instead of the recipe's")
    parser.add_argument(
        "--resolutions",
        type=int,
        nargs="+",
        choices=RESOLUTIONS,
        default=list(RESOLUTIONS),
        help="that growth compares",
    )
    parser.add_argument("--batches", type=int, nargs="+", default=[16, 32, 128], help="likewise, beside the recipe's")
    parser.add_argument("--matrix", type=int, help="side of the matrices that are multiplied for comparison")
    parser.add_argument("--steps", type=int, default=8, help="to measure; a multiple of the penalty's interval is best")
    parser.add_argument("--skip", nargs="+", choices=tuple(TABLES), default=[], help="tables to leave out")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", choices=devices.CHOICES, default="cpu")
    parser.add_argument("--precision", choices=tuple(PRECISIONS), help="instead of what the device takes by itself")
    parser.add_argument("--memory-format", choices=tuple(FORMATS), help="instead of the project's own")
    parser.add_argument("--compile", action="store_const", const="default", dest="compile_mode")
    parser.add_argument("--cuda-graphs", action="store_const", const="reduce-overhead", dest="compile_mode")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    device = devices.choose(options.device)
    if device.type == "cpu" and options.compile_mode:
        parser.error("compiling and CUDA graphs are for a card")
    torch.set_num_threads(options.threads)
    devices.prepare(device)
    print_machine()
    results: dict[str, list[dict[str, Any]]] = {}
    with contextlib.ExitStack() as stack:
        if options.precision:
            cast = torch.autocast(device.type, PRECISIONS[options.precision], options.precision != "float32")
            stack.enter_context(patch.object(devices, "autocast", lambda _: cast))
        if options.memory_format:
            stack.enter_context(patch.object(devices, "MEMORY_FORMAT", FORMATS[options.memory_format]))
        for name in options.recipes:
            sizes = {"width_g": options.width, "width_d": options.width, "batch_size": options.batch}
            chosen = {setting: value for setting, value in sizes.items() if value}
            config = Config(**RECIPES[name].settings | {"resolution": options.resolution} | chosen)
            for title, table in TABLES.items():
                if title not in options.skip:
                    rows = table(name, config, device, options)
                    print(f"\n{title.capitalize()}")
                    print_table(rows)
                    results.setdefault(title, []).extend(rows)
    write_results(options.json, results)


if __name__ == "__main__":
    main()
