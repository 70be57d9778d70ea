"""A class on one server: what it costs to have it look on, generate, draw, and come and go.

    python -m benchmarks.load [--only watching generating ...] [--seconds 15] [--rounds 4] [--json FILE]

Each part starts a fresh server of the whole app, with a run and generators made on the spot, and visitors that speak
Streamlit's own websocket protocol from this process, whose processor time is reported apart. They come as from
elsewhere: as visitors, within their limits.
"""

import argparse
import asyncio
import base64
import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil
from streamlit.proto.WidgetStates_pb2 import WidgetState

from benchmarks.meter import print_machine, print_table, write_results
from benchmarks.viewers import Page, Server, Tab, server
from gan import generators
from gan.learning.config import Config, configure
from gan.learning.recipes import PRESETS, RECIPES
from gan.networks import new_discriminator, new_generator
from gan.paths import PROJECT
from gan.pictures.files import png_bytes
from ui.redraw.sketch_pad import SIZE

VIEWERS = 30
Row = tuple[str, str, str]  # what, measured, wanted


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--seconds", type=float, default=15, help="of each window of watching and drawing")
    parser.add_argument("--rounds", type=int, default=4, help="windows with viewers, each beside one without")
    parser.add_argument("--classes", type=int, default=10, help="how often a class comes and goes")
    parser.add_argument("--viewers", type=int, default=VIEWERS)
    parser.add_argument("--json", type=Path, help="keep the figures there, too")
    options = parser.parse_args()
    print_machine()
    rows: list[Row] = []
    for name in options.only:
        with tempfile.TemporaryDirectory() as home:
            rows += asyncio.run(PARTS[name](Path(home), options))
        print(f"{name}: done", flush=True)
    table = [{"what": what, "measured": measured, "wanted": wanted} for what, measured, wanted in rows]
    print_table(table)
    write_results(options.json, table)


@contextlib.contextmanager
def app(home: Path) -> Iterator[Server]:
    """A server of the whole app with folders of its own."""
    places = {f"FORGER_{name}": str(home / name.lower()) for name in ("RUNS", "CHECKPOINTS", "DATA")}
    with server(PROJECT / "app.py", **places) as serving:
        yield serving


@contextlib.contextmanager
def trainer(home: Path) -> Iterator[Callable[[], float]]:
    """A training as the page starts it; gives its images per second since the last call, by the log's own clock."""
    places = {f"FORGER_{name}": str(home / name.lower()) for name in ("RUNS", "DATA")}
    command = [sys.executable, "-m", "gan", "train", "--preset", "faces", "--run", "load", "--kimg", "1000"]
    command += ["--log-every", "64", "--sample-every", "512", "--give-way"]
    log = (home / "trainer.log").open("wb")
    process = subprocess.Popen(command, cwd=PROJECT, env=os.environ | places, stdout=log, stderr=log)
    metrics = home / "runs" / "load" / "metrics.jsonl"
    try:
        while not (metrics.exists() and metrics.read_text().count("\n") > 3):
            assert process.poll() is None, (home / "trainer.log").read_text()
            time.sleep(0.5)
        seen = 0

        def pace() -> float:
            nonlocal seen
            lines = [json.loads(line) for line in metrics.read_text().splitlines(keepends=True) if line.endswith("\n")]
            new, seen = lines[seen:], len(lines)
            # The lines are equally many images apart.
            return len(new) / sum(1 / line["images_per_second"] for line in new) if new else 0.0

        yield pace
    finally:
        process.terminate()
        process.wait()
        log.close()


def ship(home: Path, name: str, config: Config) -> None:
    """A generator of this size that has learned nothing, among those that ship."""
    folder = home / "checkpoints" / name
    card = {"title": name.title(), "config": config.to_dict(), "images_seen": 100_000}
    generators.save_generator(folder, new_generator(config), card)
    generators.save_weights(folder / generators.DISCRIMINATOR, new_discriminator(config))


async def watching(home: Path, options: argparse.Namespace) -> list[Row]:
    """Everybody has the page of a training open; windows with and without them take turns within one training."""
    shares, own, ratios, latencies = [], [], [], []
    with trainer(home) as pace, app(home) as serving:
        await serving.listening()
        for _ in range(options.rounds):
            pace()
            await asyncio.sleep(options.seconds)
            alone = pace()
            tabs = [Tab(serving.port) for _ in range(options.viewers)]
            shown = await asyncio.gather(*[tab.open("train") for tab in tabs])
            tasks = [
                asyncio.create_task(watch(tab, page, i / len(tabs), latencies))
                for i, (tab, page) in enumerate(zip(tabs, shown, strict=True))
            ]
            await asyncio.sleep(6)
            latencies.clear() if not ratios else None
            pace()
            before, mine, at = serving.core_seconds(), psutil.Process().cpu_times(), time.perf_counter()
            await asyncio.sleep(options.seconds)
            took = time.perf_counter() - at
            shares.append((serving.core_seconds() - before) / took)
            after = psutil.Process().cpu_times()
            own.append((after.user + after.system - mine.user - mine.system) / took)
            ratios.append(pace() / alone)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await asyncio.gather(*[tab.close() for tab in tabs])
    return [
        (f"server's share of one core, {options.viewers} viewers", f"{median(shares):.1%}", "<= 12 %"),
        ("the clients' own share", f"{median(own):.1%}", ""),
        ("run's speed against none watching", f"{median(ratios):.2f}", ">= 0.90"),
        ("p95 of an update", f"{1000 * _p95(latencies):.0f} ms", "< 100 ms"),
    ]


async def watch(tab: Tab, page: Page, delay: float, latencies: list[float]) -> None:
    await asyncio.sleep(delay)
    while True:
        asked = time.perf_counter()
        answer = await tab.ask(fragment=page.fragment)
        took = time.perf_counter() - asked
        latencies.append(took)
        page.seconds, page.fragment = answer.seconds or page.seconds, answer.fragment or page.fragment
        await asyncio.sleep(max(0.0, page.seconds - took))


async def generating(home: Path, options: argparse.Namespace) -> list[Row]:
    """Everybody asks for 16 pictures of 128 pixels at once: all others, then ten kinds among thirty."""
    ship(home, "large", PRESETS["large"].config)
    rows = []
    with app(home) as serving:
        await serving.listening()
        for kinds, wanted in ((options.viewers, "< 3 s"), (10, "< 1.5 s")):
            tabs = [Tab(serving.port) for _ in range(options.viewers)]
            await asyncio.gather(*[tab.open("generate", "seeds=1-16") for tab in tabs])
            first = 1000 * kinds
            wishes = [f"seeds={first + 16 * (i % kinds)}-{first + 16 * (i % kinds) + 15}" for i in range(len(tabs))]
            took = await asyncio.gather(
                *[_timed(tab.ask("generate", wish)) for tab, wish in zip(tabs, wishes, strict=True)]
            )
            rows.append(
                (f"{options.viewers} x Generate at once, {kinds} different: p95", f"{_p95(took):.2f} s", wanted)
            )
            await asyncio.gather(*[tab.close() for tab in tabs])
    return rows


async def generating_beside_training(home: Path, options: argparse.Namespace) -> list[Row]:
    """One after the other asks for 16 other pictures of 64 pixels while the owner trains."""
    ship(home, "small", PRESETS["faces"].config)
    took = []
    with trainer(home), app(home) as serving:
        await serving.listening()
        tab = Tab(serving.port)
        await tab.open("generate", "model=small&seeds=1-16")
        for i in range(20):
            took.append(await _timed(tab.ask("generate", f"model=small&seeds={16 * i + 17}-{16 * i + 32}")))
        await tab.close()
    return [("Generate beside a training: p95", f"{_p95(took):.2f} s", "< 3 s")]


async def drawing(home: Path, options: argparse.Namespace) -> list[Row]:
    """Some, then everybody, draw: another sheet as often as the page lets a hand send one, and what comes out."""
    config = configure(Config(**RECIPES["redraw"].settings), data="drawn-cats", resolution=64)
    ship(home, "sketches", config)
    rows = []
    with app(home) as serving:
        await serving.listening()
        for count, wanted in ((10, "< 200 ms"), (options.viewers, "< 500 ms")):
            tabs = [Tab(serving.port) for _ in range(count)]
            pages = await asyncio.gather(*[tab.open("redraw", "bring=draw") for tab in tabs])
            begins, latencies = time.perf_counter(), []
            ends, before = begins + options.seconds, (serving.core_seconds(), time.process_time())
            await asyncio.gather(
                *[_draw(tab, page, i, ends, latencies) for i, (tab, page) in enumerate(zip(tabs, pages, strict=True))]
            )
            took = time.perf_counter() - begins
            server, own = serving.core_seconds() - before[0], time.process_time() - before[1]
            rows.append((f"{count} drawing: p95", f"{1000 * _p95(latencies):.0f} ms", wanted))
            shares = f"{len(latencies) / took:.0f}; {server / took:.0%}; {own / took:.0%}"
            rows.append((f"{count} drawing: a second; the server's and the clients' cores", shares, ""))
            await asyncio.gather(*[tab.close() for tab in tabs])
    return rows


async def _draw(tab: Tab, page: Page, number: int, ends: float, latencies: list[float]) -> None:
    await asyncio.sleep(number / 30)
    (sheet,) = [one for one in page.ids if one.endswith("sheet")]
    for step in range(10_000):
        if time.perf_counter() > ends:
            return
        state = WidgetState(id=sheet, json_value=json.dumps({"drawing": _sheet(number, step)}))
        asked = time.perf_counter()
        page.pause = (await tab.ask("redraw", "bring=draw", fragment=page.fragment, states=[state])).pause
        took = time.perf_counter() - asked
        if step > 2:
            latencies.append(took)
        await asyncio.sleep(max(0.0, page.pause - took))


def _sheet(number: int, step: int) -> str:
    paper = np.full((SIZE, SIZE, 3), 255, np.uint8)
    paper[8 * number % SIZE : 8 * number % SIZE + 4, : 8 + 4 * step % SIZE] = 0
    return base64.b64encode(png_bytes(paper)).decode()


async def coming_and_going(home: Path, options: argparse.Namespace) -> list[Row]:
    """A class comes, looks at every page and goes, again and again: the server's memory after the first three."""
    ship(home, "large", PRESETS["large"].config)
    sizes = []
    with trainer(home), app(home) as serving:
        await serving.listening()
        for round_ in range(options.classes + 3):
            tabs = [Tab(serving.port) for _ in range(options.viewers)]
            await asyncio.gather(*[tab.open("train") for tab in tabs])
            for page, query in (
                ("generate", f"seeds={1000 * round_ + 1}-{1000 * round_ + 16}"),
                ("interpolate", ""),
                ("train", ""),
            ):
                await asyncio.gather(*[tab.ask(page, query) for tab in tabs])
            await asyncio.gather(*[tab.close() for tab in tabs])
            await asyncio.sleep(2)
            sizes.append(serving.process.memory_info().rss / 2**20)
    print("memory after each class, MB:", " ".join(f"{size:.0f}" for size in sizes))
    warm = sizes[3:]
    return [
        ("server's memory after a class, the most", f"{max(warm):.0f} MB", "< 1000 MB"),
        (f"growth over {options.classes} classes, after three to warm up", f"{warm[-1] - warm[0]:+.0f} MB", "<= 50 MB"),
    ]


async def measuring(home: Path, options: argparse.Namespace) -> list[Row]:
    """Thirty tabs of the owner each ask how long a training with another batch size takes; so do thirty strangers."""
    most: dict[bool, tuple[int, float]] = {}
    with app(home) as serving:
        await serving.listening()
        for owner in (True, False):
            tabs = [Tab(serving.port, "127.0.0.1" if owner else "forger.test") for _ in range(options.viewers)]
            pages = await asyncio.gather(*[tab.open("train") for tab in tabs])
            asking = asyncio.gather(
                *[_change(tab, page, 4 + i) for i, (tab, page) in enumerate(zip(tabs, pages, strict=True))]
            )
            ends, found = time.perf_counter() + options.seconds, [(0, 0.0)]
            while time.perf_counter() < ends:
                found.append(_measuring_processes(serving.process))
                await asyncio.sleep(0.1)
            asking.cancel()
            await asyncio.gather(asking, return_exceptions=True)
            await asyncio.gather(*[tab.close() for tab in tabs])
            most[owner] = max(count for count, _ in found), max(size for _, size in found)
            await asyncio.sleep(3)
    return [
        ("measuring processes at once, thirty tabs of the owner", f"{most[True][0]}, {most[True][1]:.0f} MB", "1"),
        ("the same, thirty strangers", str(most[False][0]), "0"),
    ]


async def _change(tab: Tab, page: Page, batch: int) -> None:
    states = [WidgetState(id=one, int_value=batch) for one in page.ids if one.endswith("batch_size")]
    await tab.ask("train", states=states)


def _measuring_processes(process: psutil.Process) -> tuple[int, float]:
    """How many there are, and their memory in MB."""
    sizes = []
    for child in process.children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if "gan.training.estimate" in child.cmdline():
                sizes.append(child.memory_info().rss / 2**20)
    return len(sizes), sum(sizes)


async def _timed(doing: Any) -> float:
    at = time.perf_counter()
    await doing
    return time.perf_counter() - at


def _p95(values: list[float]) -> float:
    return sorted(values)[int(0.95 * len(values))]


PARTS = {
    one.__name__.replace("_", "-"): one
    for one in (watching, generating, generating_beside_training, drawing, measuring, coming_and_going)
}

if __name__ == "__main__":
    main()
