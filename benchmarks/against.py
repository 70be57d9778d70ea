"""How fast a step is against an earlier commit's, by processor time and by the clock.

    python -m benchmarks.against COMMIT [--recipes modern redraw] [--resolution 64] [--rounds 6] [--seconds 5]

The earlier code lies in a folder of its own. Either steps in a process of its own, with the recipe as it is there. They
take short turns, in reverse order every other round; each turn is compared with the earlier code's of the same round.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.meter import print_machine, print_table, write_results
from gan.paths import PROJECT

# Run where the code lies: gan/ decides how threads wait before torch is loaded.
STEPS = """
import json, sys, time
import gan, torch
from gan import device
import numpy as np
from gan.learning.config import Config
from gan.learning.kinds import new_trainer
from gan.learning.recipes import RECIPES
recipe, sizes, threads = json.loads(sys.argv[1])
torch.set_num_threads(threads)
device.prepare(torch.device("cpu"))
config = Config(**RECIPES[recipe].settings | sizes)
shape = (256, config.resolution, config.resolution, 3)
pictures = np.random.default_rng(0).integers(0, 256, shape, dtype=np.uint8)
trainer = new_trainer(config, pictures, torch.device("cpu"))
cycle = config.batch_size * config.d_steps * config.penalty_every  # as many penalties in every turn
while trainer.images_seen < cycle:
    trainer.step()
print("ready", flush=True)
for line in sys.stdin:
    images, core, wall = trainer.images_seen, time.process_time(), time.perf_counter()
    while time.perf_counter() - wall < float(line) or trainer.images_seen % cycle:
        trainer.step()
    turn = trainer.images_seen - images, time.process_time() - core, time.perf_counter() - wall
    print(json.dumps(turn), flush=True)
"""


class Stepper:
    """A process that trains by the code in `folder` whenever it is asked to."""

    def __init__(self, folder: Path, recipe: str, sizes: dict[str, int], threads: int):
        command = [sys.executable, "-c", STEPS, json.dumps([recipe, sizes, threads])]
        self.process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self._answer()

    def turn(self, seconds: float) -> tuple[float, float]:
        """Images per core-second, and a second."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{seconds}\n")
        self.process.stdin.flush()
        images, core, wall = json.loads(self._answer())
        return images / core, images / wall

    def end(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _answer(self) -> str:
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit("That code could not take a step; what it said stands above.")
        return line


@contextmanager
def checked_out(commit: str) -> Iterator[Path]:
    """A folder with the project as it was."""
    with tempfile.TemporaryDirectory() as folder:
        archive = subprocess.run(["git", "archive", commit, "gan"], cwd=PROJECT, stdout=subprocess.PIPE, check=True)
        subprocess.run(["tar", "-x", "-C", folder], input=archive.stdout, check=True)
        yield Path(folder)


def compare(earlier: Path, recipe: str, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Two lines of the table."""
    sizes = {name: getattr(options, name) for name in ("resolution", "width_g", "width_d") if getattr(options, name)}
    turns: dict[str, list[tuple[float, float]]] = {"earlier": [], "now": []}
    with ExitStack() as stack:
        steppers = {}
        for name, folder in (("earlier", earlier), ("now", PROJECT)):
            steppers[name] = Stepper(folder, recipe, sizes, options.threads)
            stack.callback(steppers[name].end)
        for number in range(options.rounds):
            for name in list(steppers)[:: 1 if number % 2 == 0 else -1]:
                turns[name].append(steppers[name].turn(options.seconds))
    rows = []
    for name, own in turns.items():
        ratios = [mine[0] / theirs[0] for mine, theirs in zip(own, turns["earlier"], strict=True)]
        rows.append({
            "recipe": recipe, "pixels": options.resolution, "code": name,
            "images/core-s": median(turn[0] for turn in own), "ratio": median(ratios),
            "from": min(ratios), "to": max(ratios), "images/s": median(turn[1] for turn in own),
        })  # fmt: skip
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("commit", help="the earlier code, as git names it")
    parser.add_argument("--recipes", nargs="+", default=["modern", "redraw"])
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--width-g", type=int, help="instead of the recipe's")
    parser.add_argument("--width-d", type=int, help="likewise")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=5, help="of each turn")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print_machine()
    with checked_out(options.commit) as earlier:
        rows = [row for recipe in options.recipes for row in compare(earlier, recipe, options)]
    print_table(rows)
    write_results(options.json, rows)


if __name__ == "__main__":
    main()
