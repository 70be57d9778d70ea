"""How fast `classic` trains beside the textbook's loop, and which measure brings what.

    python -m benchmarks.training_speed PICTURES [--arms textbook command classic] [--rounds 8] [--seconds 10]
    python -m benchmarks.training_speed --list

All networks have width 64 and see the same photographs of a ZIP or folder. *command* is `python -m gan train` as
people start it, which logs, draws and saves, too; *classic* and its variants only step. Every arm is a process of its
own; they take short turns, in reverse order every other round, and between its turns an arm with its workers is
halted, so what else the machine does strikes all alike. Each turn is compared with the first arm's of the same round;
the table gives the median ratio and its range, by the clock on the wall and by processor time. Compare lines of one run
only.
--list says which arms there are: the others undo or add one measure each.
"""

import argparse
import multiprocessing
import tempfile
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

import psutil
import torch

from benchmarks.arms import ARMS, RESOLUTION, Settings
from benchmarks.command import Training, between
from benchmarks.meter import TICK, changed_environment, cpu_seconds, print_machine, print_table, write_results
from gan.runs.run import State

COMMAND = "command"
ENDLESS = 1_000_000.0  # kimg


@dataclass(frozen=True)
class Turn:
    """What one arm did in one turn."""

    images: int
    wall: float
    cpu: float


class CommandRunner:
    """The real command, which stands still unless it is its turn."""

    def __init__(self, settings: Settings):
        others = {
            "resolution": RESOLUTION, "width_g": settings.width, "width_d": settings.width,
            "batch_size": settings.batch,
        }  # fmt: skip
        threads = {"OMP_NUM_THREADS": str(settings.threads)}
        self.training = Training("custom", ENDLESS, settings.pictures, threads, others=others).__enter__()
        self.training.reach(State.TRAINING)
        self.training.next_beat()
        self.training.system.suspend()

    def turn(self, seconds: float) -> Turn:
        self.training.system.resume()
        before = self.training.next_beat()
        time.sleep(seconds)
        took = between(before, self.training.next_beat())
        self.training.system.suspend()
        return Turn(took.images, took.seconds, took.core_seconds)

    def end(self) -> None:
        self.training.__exit__(None, None, None)


class Runner:
    """One arm in its own process, which stands still unless it is its turn."""

    def __init__(self, name: str, settings: Settings):
        context = multiprocessing.get_context("spawn")  # an allocator reads its environment when a process starts
        self.connection, theirs = context.Pipe()
        self.process = context.Process(target=work, args=(name, settings, theirs))
        with changed_environment(ARMS[name].environment):
            self.process.start()
        theirs.close()
        self.tree = psutil.Process(self.process.pid)
        self.connection.recv()  # it has warmed up
        self._each("suspend")

    def turn(self, seconds: float) -> Turn:
        self._each("resume")
        cpu, started = cpu_seconds(self.tree), time.perf_counter()
        self.connection.send(seconds)
        images = self.connection.recv()
        turn = Turn(images, time.perf_counter() - started, max(cpu_seconds(self.tree) - cpu, TICK))
        self._each("suspend")
        return turn

    def end(self) -> None:
        if self.process.is_alive():
            self._each("resume")
            with suppress(OSError):  # interrupted from the keyboard it may be gone by now
                self.connection.send(None)
        self.process.join()

    def _each(self, act: str) -> None:
        for one in [self.tree, *self.tree.children(recursive=True)]:
            getattr(one, act)()


def work(name: str, settings: Settings, connection: Connection) -> None:
    """The arm's process: trains for so many seconds whenever it is told to, one step at least, and says how many
    images it has seen."""
    torch.set_num_threads(settings.threads)
    with ARMS[name].start(settings) as learner:
        for _ in range(2):  # the first step pays for memory and workers
            learner.step()
        connection.send("ready")
        while (seconds := connection.recv()) is not None:
            before, end = learner.images_seen, time.perf_counter() + seconds
            learner.step()
            while time.perf_counter() < end:
                learner.step()
            connection.send(learner.images_seen - before)


def summary(name: str, turns: list[Turn], yardstick: list[Turn]) -> dict[str, Any]:
    """One line of the table; ratios within each round, since the machine may be busier in the next."""
    walls = [turn.images / turn.wall for turn in turns]
    cpus = [turn.images / turn.cpu for turn in turns]
    wall_ratios = [a * b.wall / b.images for a, b in zip(walls, yardstick, strict=True)]
    cpu_ratios = [a * b.cpu / b.images for a, b in zip(cpus, yardstick, strict=True)]
    return {
        "arm": name,
        "images/s": median(walls),
        "ratio": median(wall_ratios),
        "from": min(wall_ratios),
        "to": max(wall_ratios),
        "images/core-s": median(cpus),
        "core ratio": median(cpu_ratios),
        "core from": min(cpu_ratios),
        "core to": max(cpu_ratios),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path, nargs="?")
    parser.add_argument("--arms", nargs="+", choices=(COMMAND, *ARMS), default=["textbook", COMMAND, "classic"])
    parser.add_argument("--list", action="store_true", help="say what the arms are and end")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10, help="of each turn")
    parser.add_argument("--width", type=int, default=64)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2, help="that decode for the textbook's loop")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    if options.list:
        print(f"{COMMAND:20} the real command: classic, with all that it does besides")
        for name, arm in ARMS.items():
            print(f"{name:20} {arm.help}")
        return
    if options.pictures is None:
        parser.error("say where the pictures are")
    print_machine()
    turns: dict[str, list[Turn]] = {name: [] for name in options.arms}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        settings = Settings(
            options.pictures.resolve(), folder, options.width, options.batch, options.threads, options.workers
        )
        settings.prepare()
        runners: dict[str, Runner | CommandRunner] = {}
        for name in options.arms:
            runners[name] = CommandRunner(settings) if name == COMMAND else Runner(name, settings)
            stack.callback(runners[name].end)
        for number in range(options.rounds):
            for name in options.arms[:: 1 if number % 2 == 0 else -1]:
                turn = runners[name].turn(options.seconds)
                turns[name].append(turn)
                print(
                    f"round {number + 1}  {name:20} {turn.images / turn.wall:7.1f} images/s"
                    f" {turn.images / turn.cpu:7.1f} images/core-s"
                )
    rows = [summary(name, turns[name], turns[options.arms[0]]) for name in options.arms]
    print_table(rows)
    write_results(options.json, rows)


if __name__ == "__main__":
    main()
