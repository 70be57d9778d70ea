"""How should a training's threads wait for each other: asleep, or spinning, and for how long?

    python -m benchmarks.waiting PICTURES [--preset faces] [--ways PASSIVE nothing 10000] [--seconds 15] [--rounds 1]

The real command trains under each way to wait, in three situations: on a quiet machine; beside the Streamlit server
with thirty viewers of the Train page, who ask for its news every second; and beside a process that keeps one core busy.
It gives way to others, as a training does that a page has started. *PASSIVE* sets OMP_WAIT_POLICY, *nothing* leaves it
to PyTorch, and a number is a GOMP_SPINCOUNT (GNU's OpenMP only). For each: images a second, how many cores the training
used, images a core-second, and how long all but a twentieth of the viewers' updates took, from asking to having it.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.command import Mark, Took, Training, between, settings_of
from benchmarks.meter import print_machine, print_table, write_results
from benchmarks.viewers import look_on, server
from gan.data import open_pictures
from gan.learning.recipes import PRESETS
from gan.paths import PROJECT
from gan.runs.run import State

# The command sets what it likes best unless one of these is set; so "nothing" sets what GNU's OpenMP does by itself.
WAYS = {"PASSIVE": {"OMP_WAIT_POLICY": "PASSIVE"}, "nothing": {"GOMP_SPINCOUNT": "300000"}}
SITUATIONS = ("quiet", "viewers", "busy")
# Longer than anybody measures.
ENDLESS_KIMG = 1_000_000


def variables(way: str) -> dict[str, str]:
    """The environment of a way to wait. Raises ValueError for one that there is not."""
    return WAYS.get(way) or {"GOMP_SPINCOUNT": str(int(way))}


@contextmanager
def busy() -> Iterator[None]:
    """Keeps one core busy."""
    process = subprocess.Popen([sys.executable, "-c", "while True: pass"])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def measure(options: argparse.Namespace, way: str, situation: str) -> tuple[Took, float | None]:
    """What the training did in the measured time; the p95 of the viewers' updates in seconds where there are any."""
    marks: list[Mark] = []
    with Training(options.preset, ENDLESS_KIMG, options.pictures, variables(way), gives_way=True) as training:
        training.reach(State.TRAINING)

        def mark() -> None:
            marks.append(training.mark())

        if situation == "viewers":
            with server(PROJECT / "app.py", FORGER_RUNS=str(training.runs)) as serving:
                seen = look_on(serving, options.viewers, options.warm_up, options.seconds, mark)
            return between(*marks), seen.p95 if seen.latencies else None
        with busy() if situation == "busy" else nullcontext():
            time.sleep(options.warm_up)
            mark()
            time.sleep(options.seconds)
            mark()
        return between(*marks), None


def summary(way: str, situation: str, rounds: list[tuple[Took, float | None]]) -> dict[str, Any]:
    """One line of the table: medians of the rounds."""
    slow = [one for _, one in rounds if one is not None]
    return {
        "situation": situation,
        "way": way,
        "images/s": median(took.speed for took, _ in rounds),
        "cores used": median(took.core_seconds / took.seconds for took, _ in rounds),
        "images/core-s": median(took.thrift for took, _ in rounds),
        "page p95 ms": 1000 * median(slow) if slow else None,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, nargs="?")
    parser.add_argument("--preset", choices=tuple(PRESETS), default="faces")
    parser.add_argument("--ways", nargs="+", default=[*WAYS, "1000", "10000", "100000"])
    parser.add_argument("--situations", nargs="+", choices=SITUATIONS, default=SITUATIONS)
    parser.add_argument("--viewers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=15, help="of each measurement")
    parser.add_argument("--warm-up", type=float, default=4, help="seconds before that")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if unknown := [way for way in options.ways if way not in WAYS and not way.isdecimal()]:
        parser.error(f"{unknown[0]!r} is no way to wait: {', '.join(WAYS)} or a number")
    print_machine()
    config = settings_of(options.preset, options.pictures)
    open_pictures(config.data, config.resolution)  # prepared once, so that nobody has to
    rows = []
    for situation in options.situations:
        rounds: dict[str, list[tuple[Took, float | None]]] = {way: [] for way in options.ways}
        for number in range(options.rounds):
            for way in options.ways[:: 1 if number % 2 == 0 else -1]:
                rounds[way].append(measure(options, way, situation))
        rows += [summary(way, situation, rounds[way]) for way in options.ways]
    print_table(rows)
    write_results(options.json, rows)


if __name__ == "__main__":
    main()
