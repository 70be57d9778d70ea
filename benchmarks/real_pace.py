"""How fast is the command that people run, beside a bare loop of the same steps?

    python -m benchmarks.real_pace PICTURES [--presets quick-look faces] [--rounds 3] [--kimg 4]

For each preset `python -m gan train` and a plain loop (benchmarks/bare_loop.py) train one after the other, each in a
process of its own, in reverse order every other round. Both step, log, draw grids and save as often, with the same
pictures (without PICTURES, the preset's own), as many images and no measurements of quality; their start is
left out. The loop's threads wait as PyTorch has it, the command's as gan/ does. *Ratio* is the command's images a
second against the loop's of the same round, the median and its range: 0.95 at least is what is wanted.
"""

import argparse
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import bare_loop, command
from benchmarks.command import Took, settings_of
from benchmarks.meter import print_machine, print_table, write_results
from gan.data import open_pictures
from gan.learning.recipes import PRESETS

# About a quarter of a minute each on two cores.
KIMG = {"quick-look": 8.0, "faces": 2.5, "cats": 2.5, "large": 1.0, "redraw": 1.5, "custom": 3.0}
ARMS = {"command": command.train, "bare loop": bare_loop.train}


def summary(name: str, rounds: list[dict[str, Took]]) -> dict[str, Any]:
    """One line of the table; ratios within each round, since the machine may be busier in the next."""
    ratios = [one["command"].speed / one["bare loop"].speed for one in rounds]
    core_ratios = [one["command"].thrift / one["bare loop"].thrift for one in rounds]
    return {
        "preset": name,
        "command images/s": median(one["command"].speed for one in rounds),
        "loop images/s": median(one["bare loop"].speed for one in rounds),
        "ratio": median(ratios),
        "from": min(ratios),
        "to": max(ratios),
        "command images/core-s": median(one["command"].thrift for one in rounds),
        "loop images/core-s": median(one["bare loop"].thrift for one in rounds),
        "core ratio": median(core_ratios),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, nargs="?")
    parser.add_argument(
        "--presets", nargs="+", choices=tuple(PRESETS), default=["quick-look", "faces", "large", "redraw"]
    )
    parser.add_argument("--kimg", type=float, help="of each training; without it, about a quarter of a minute's")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print_machine()
    rows = []
    for name in options.presets:
        config = settings_of(name, options.pictures)
        open_pictures(config.data, config.resolution)  # prepared once, so that nobody has to
        rounds = []
        for number in range(options.rounds):
            order = list(ARMS)[:: 1 if number % 2 == 0 else -1]
            took = {arm: ARMS[arm](name, options.kimg or KIMG[name], options.pictures) for arm in order}
            rounds.append(took)
            for arm, one in took.items():
                print(
                    f"{name:12} round {number + 1}  {arm:10} {one.speed:7.1f} images/s {one.thrift:7.1f} images/core-s"
                )
        rows.append(summary(name, rounds))
    print_table(rows)
    write_results(options.json, rows)


if __name__ == "__main__":
    main()
