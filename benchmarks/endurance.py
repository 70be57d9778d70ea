"""Whether a server lasts an hour, and a training a hundred kills.

    python -m benchmarks.endurance [--only soak kills] [--minutes 60] [--kills 100] [--kimg 60] [--json FILE]

The soak is a training, its page's viewers, and a few who generate, walk and redraw all the time, as strangers: nothing
may fail, and the server's memory stays where it is. The kills hit a small training at moments drawn by chance, from
its first line on; at its end it has to have the very bytes of one that was left alone.
"""

import argparse
import asyncio
import hashlib
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import mean

from benchmarks.load import app, ship, trainer, watch
from benchmarks.meter import print_machine, print_table, write_results
from benchmarks.viewers import Tab
from gan.learning.recipes import PRESETS
from gan.paths import PROJECT, read_json

SMALL = ["--preset", "quick-look", "--width-g", "4", "--width-d", "4", "--checkpoint-every", "512"]
LONGEST = 8.0  # seconds from a resume to the next kill
WARM_MINUTES = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=["soak", "kills"], default=["soak", "kills"])
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--viewers", type=int, default=10)
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--kimg", type=float, default=60, help="of the training that is killed")
    parser.add_argument("--json", type=Path, help="keep the figures there, too")
    options = parser.parse_args()
    print_machine()
    rows: list[dict[str, str]] = []
    with tempfile.TemporaryDirectory() as home:
        if "soak" in options.only:
            rows += asyncio.run(soak(Path(home), 60 * options.minutes, options.viewers))
        if "kills" in options.only:
            rows += kills(Path(home), options.kills, options.kimg)
    print_table(rows)
    write_results(options.json, rows)


async def soak(home: Path, seconds: float, viewers: int) -> list[dict[str, str]]:
    ship(home, "large", PRESETS["large"].config)
    latencies: list[float] = []
    sizes: list[float] = []
    asked = [0]
    with trainer(home) as pace, app(home) as serving:
        await serving.listening()
        tabs = [Tab(serving.port) for _ in range(viewers)]
        pages = await asyncio.gather(*[tab.open("train") for tab in tabs])
        tasks = [
            asyncio.create_task(watch(tab, page, i / viewers, latencies))
            for i, (tab, page) in enumerate(zip(tabs, pages, strict=True))
        ]
        tasks += [asyncio.create_task(_come_and_go(serving.port, number, asked)) for number in range(3)]
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            done, _ = await asyncio.wait(tasks, timeout=min(60, seconds), return_when=asyncio.FIRST_EXCEPTION)
            for task in done:
                task.result()  # raises what it was shown
            sizes.append(serving.process.memory_info().rss / 2**20)
            print(f"{len(sizes)} min: {sizes[-1]:.0f} MB, {asked[0]} pages, {len(latencies)} updates", flush=True)
        speed = pace()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    warm = sizes[WARM_MINUTES:] or sizes
    p95 = sorted(latencies)[int(0.95 * len(latencies))]
    return [
        _row("minutes, pages and updates without a failure", f"{seconds / 60:g}, {asked[0]}, {len(latencies)}"),
        _row(
            "the server's memory once warm: first, last, most (MB)", f"{warm[0]:.0f}, {warm[-1]:.0f}, {max(warm):.0f}"
        ),
        _row("p95 of an update (ms)", f"{1000 * p95:.0f}"),
        _row("the training's images a second", f"{speed:.0f}"),
    ]


async def _come_and_go(port: int, number: int, asked: list[int]) -> None:
    """One visitor after the other, each for a few pages."""
    for turn in range(10**6):
        tab, seed = Tab(port), 1000 * turn + 100 * number
        await tab.open("generate", f"seeds={seed}-{seed + 8}")
        await tab.ask("interpolate", f"stops={seed},{seed + 1}")
        await tab.ask("redraw")
        await tab.ask("train")
        await tab.close()
        asked[0] += 4
        await asyncio.sleep(2)


def kills(home: Path, count: int, kimg: float) -> list[dict[str, str]]:
    environment = os.environ | {"FORGER_RUNS": str(home / "runs"), "FORGER_DATA": str(home / "data")}

    small = [*SMALL, "--kimg", str(kimg)]

    def start(*words: str) -> subprocess.Popen:
        command = [sys.executable, "-m", "gan", *words]
        return subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.DEVNULL)

    assert start("train", *small, "--run", "alone").wait() == 0
    chance, delays = random.Random(0), []
    process = start("train", *small, "--run", "killed")
    while len(delays) < count:
        delays.append(chance.uniform(0, LONGEST))
        try:
            process.wait(delays[-1])
            break  # it has reached its end before all kills
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if read_json(home / "runs" / "killed" / "config.json") is None:  # killed before there was a run
            process = start("train", *small, "--run", "killed")
        else:
            process = start("resume", "killed", "--kimg", str(kimg))
    assert process.wait() == 0
    same = _fingerprints(home / "runs" / "alone") == _fingerprints(home / "runs" / "killed")
    return [
        _row("kills, mean seconds before one", f"{len(delays)}, {mean(delays):.1f}"),
        _row("the generator and the log as if left alone", "yes" if same else "NO"),
    ]


def _row(what: str, measured: str) -> dict[str, str]:
    return {"what": what, "measured": measured}


def _fingerprints(run: Path) -> list[str]:
    """Of the generator's weights, and of the log without its speeds."""
    lines = [line.partition('"images_per_second"') for line in (run / "metrics.jsonl").read_text().splitlines()]
    log = [before + after.partition(",")[2] for before, _, after in lines]
    return [hashlib.sha256((run / "generator.safetensors").read_bytes()).hexdigest(), *log]


if __name__ == "__main__":
    main()
