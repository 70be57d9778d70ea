"""How fast a card trains: by batch and width, by preset, and until the first pictures stand on the page."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import torch

from benchmarks.card_checks import on_noise
from benchmarks.card_graphs import PlainStep, captured
from benchmarks.checking import NEEDS_A_CARD, NO, YES, Deadline, Row
from gan.learning.config import Config
from gan.learning.recipes import PRESETS, RECIPES
from gan.paths import PROJECT, read_json
from gan.runs.grids import list_grids

Widths = tuple[int, int]  # of the generator and of the discriminator
GIB = 2**30
FIRST_GRID = 60  # seconds that a class waits


def points(recipe: str, resolution: int, batches: list[int], widths: list[Widths]) -> Iterator[Config]:
    """The settings to compare, small ones first."""
    for width_g, width_d in widths:
        for batch in batches:
            sizes = {"resolution": resolution, "batch_size": batch, "width_g": width_g, "width_d": width_d}
            yield Config(**RECIPES[recipe].settings | sizes)


def sizes(config: Config) -> str:
    return f"{config.resolution} px, widths {config.width_g} {config.width_d}, batch {config.batch_size}"


def by_size(configs: Iterator[Config], device: torch.device, seconds: float, deadline: Deadline) -> Iterator[Row]:
    """Images a second of `Trainer.step`, and the most memory that it held."""
    for config in configs:
        yield Row(f"modern, {sizes(config)}", "", training_pace(config, device, seconds))


def by_preset(names: list[str], device: torch.device, seconds: float, deadline: Deadline) -> Iterator[Row]:
    """The same of presets, as they are sized for `device`."""
    for name in names:
        config = PRESETS[name].sized_for(device.type).config
        yield Row(f"preset {name}, {sizes(config)}", "", training_pace(config, device, seconds))


def training_pace(config: Config, device: torch.device, seconds: float) -> str:
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    trainer = on_noise(config, device)
    speed = images_a_second(trainer.step, config, device, seconds)
    return f"{speed:,.0f} images/s, {memory(device)}"


def memory(device: torch.device) -> str:
    if device.type != "cuda":
        return f"memory {NEEDS_A_CARD}"
    total = torch.cuda.get_device_properties(device).total_memory
    return f"{torch.cuda.max_memory_allocated(device) / GIB:.2f} GiB at most of {total / GIB:.0f}"


def images_a_second(step: Callable[[], object], config: Config, device: torch.device, seconds: float) -> float:
    """By the clock on the wall, over whole periods of penalties, after a warm-up of two; about `seconds` long."""
    period = config.penalty_every if config.penalty != "none" else 1

    def took(steps: int) -> float:
        started = time.perf_counter()
        for _ in range(steps):
            step()
        if device.type == "cuda":
            torch.cuda.synchronize(device)
        return time.perf_counter() - started

    took(2 * period)  # algorithms are chosen, memory is found
    count = period * max(1, round(seconds / took(period)))
    return config.batch_size * config.d_steps * count / took(count)


def by_graph(configs: Iterator[Config], device: torch.device, seconds: float, deadline: Deadline) -> Iterator[Row]:
    """The part of a step that a CUDA graph can hold, called as ever and as a graph: see `PlainStep`."""
    for config in configs:
        step = PlainStep(config, device)
        eager = images_a_second(step, config, device, seconds)
        check = f"modern as a graph, {sizes(config)}"
        if device.type != "cuda":
            yield Row(check, "faster", f"eager {eager:,.0f} images/s", NEEDS_A_CARD)
            continue
        graph = images_a_second(captured(step), config, device, seconds)
        finite = bool(torch.isfinite(step.loss))
        seen = f"eager {eager:,.0f} images/s, graph {graph:,.0f}: {graph / eager:.2f} times"
        yield Row(check, "faster", seen + ("" if finite else "; its loss is not finite"), YES if graph > eager else NO)


def first_grid(arguments: list[str], deadline: Deadline) -> Iterator[Row]:
    """From calling `python -m gan train` with `arguments` to pictures that are not the first scribble.

    In folders of its own, so drawing or reading the pictures is part of it.
    """
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        run = home / "runs" / "first"
        command = [sys.executable, "-m", "gan", "train", "--run", run.name, *arguments]
        environment = os.environ | {"FORGER_RUNS": str(run.parent), "FORGER_DATA": str(home / "data")}
        log = home / "log.txt"
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=out, stderr=out)
        try:
            row = _watched(process, run, f"first grid: gan train {' '.join(arguments)}", deadline)
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if row.holds == NO:
            last_line = (log.read_text(errors="replace").strip().splitlines() or ["it printed nothing"])[-1]
            row = Row(row.check, row.wanted, f"{row.seen}; {last_line}"[:300], NO)
        yield row


def _watched(process: subprocess.Popen, run: Path, check: str, deadline: Deadline) -> Row:
    started, seen, wanted = time.monotonic(), {}, f"within {FIRST_GRID} s"
    while deadline.left > 0:
        grids = list_grids(run / "grids")
        status = read_json(run / "status.json") or {}
        now = time.monotonic() - started
        if grids:
            seen.setdefault("scribble", now)
        if status.get("state") == "training":
            seen.setdefault("training", now)
        text = ", ".join(f"{what} after {seconds:.1f} s" for what, seconds in seen.items())
        if grids and grids[-1] > 0:
            text += f", a grid of {grids[-1]:,} images after {now:.1f} s; {status.get('device')}"
            return Row(check, wanted, text, YES if now <= FIRST_GRID else NO)
        if process.poll() is not None:
            return Row(check, wanted, f"{text or 'nothing'}, then it ended with {process.returncode}", NO)
        time.sleep(0.05)
    return Row(check, wanted, f"{text or 'nothing'}, and no grid in time", NO)
