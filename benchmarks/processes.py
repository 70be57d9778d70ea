"""What sharing each batch costs and brings: one process beside several, each with its share of the cores.

    python -m benchmarks.processes [--processes 1 2] [--recipe modern] [--resolution 64] [--rounds 5] [--seconds 5]

One process with all cores and one with a single thread run beside `--processes` many with as many threads as the cores
give each. The groups take turns, in reverse order every other round; who waits, sleeps. A batch is shared as in a
training, so it must fit (`--batch`, `--group`). *Step* is the clock's time of a whole step, *transfer* that of
averaging the gradients of both networks once, with nothing else to do; *kB* what each process sends for that, once
around. What a step costs more than its transfer beside the shares is batch norm's small talk.
"""

import argparse
import multiprocessing
import os
import socket
import time
from contextlib import ExitStack
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import psutil
import torch

from benchmarks.meter import TICK, cpu_seconds, print_machine, print_table, write_results
from gan import device as devices
from gan.learning.config import Config
from gan.learning.kinds import new_trainer
from gan.learning.recipes import RECIPES
from gan.learning.team import Team, check_shares
from gan.learning.trainer import Trainer
from gan.training import processes

CPU = torch.device("cpu")
WARM_UP = 3
TRANSFERS = 20


@dataclass(frozen=True)
class Arm:
    """So many processes of so many threads each."""

    processes: int
    threads: int

    @property
    def name(self) -> str:
        return f"{self.processes} x {self.threads} thread" + ("s" if self.threads > 1 else "")


@dataclass(frozen=True)
class Turn:
    """What one arm did in one turn: seconds by the clock and of processor time."""

    steps: int
    wall: float
    cpu: float
    transfer: float


class Group:
    """The processes of one arm. They sleep, waiting for word, unless it is their turn."""

    def __init__(self, arm: Arm, config: Config):
        context = multiprocessing.get_context("spawn")
        port, self.connections, self.processes = _free_port(), [], []
        for rank in range(arm.processes):
            mine, theirs = context.Pipe()
            self.connections.append(mine)
            self.processes.append(context.Process(target=work, args=(arm, rank, port, config, theirs)))
            self.processes[-1].start()
            theirs.close()
        self.answers()  # they have warmed up

    def answers(self) -> list[Any]:
        return [connection.recv() for connection in self.connections]

    def ask(self, question: Any) -> list[Any]:
        for connection in self.connections:
            connection.send(question)
        return self.answers()

    def turn(self, seconds: float) -> Turn:
        trees = [psutil.Process(one.pid) for one in self.processes]
        cpu, started = sum(map(cpu_seconds, trees)), time.perf_counter()
        steps = self.ask(seconds)[0]
        wall, cpu = time.perf_counter() - started, max(sum(map(cpu_seconds, trees)) - cpu, TICK)
        return Turn(steps, wall, cpu, self.ask("transfer")[0])

    def end(self) -> None:
        for connection in self.connections:
            connection.send(None)
        for one in self.processes:
            one.join()


def work(arm: Arm, rank: int, port: int, config: Config, connection: Connection) -> None:
    """One process of an arm: steps for so many seconds whenever it is told to, as many as the first one makes."""
    if arm.processes > 1:
        os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
        os.environ |= {"WORLD_SIZE": str(arm.processes), "LOCAL_WORLD_SIZE": str(arm.processes)}
    with processes.join("cpu") as team:
        torch.set_num_threads(arm.threads)
        shape = (max(128, 2 * config.batch_size), config.resolution, config.resolution, 3)
        trainer = new_trainer(config, np.random.default_rng(0).integers(0, 256, shape, np.uint8), CPU, team)
        for _ in range(WARM_UP):
            trainer.step()
        connection.send("ready")
        while (question := connection.recv()) is not None:
            connection.send(transfer(team, trainer) if question == "transfer" else steps(team, trainer, question))


def steps(team: Team, trainer: Trainer, seconds: float) -> int:
    """Steps for so many seconds, one at least. Returns how many. All stop where one does, as in a training."""
    made, end = 0, time.perf_counter() + seconds
    while made == 0 or not team.any(time.perf_counter() > end):
        trainer.step()
        made += 1
    return made


def transfer(team: Team, trainer: Trainer) -> float:
    """Seconds that averaging the gradients of both networks takes, once each; the median of some."""
    networks = (trainer.generator, trainer.discriminator)
    for network in networks:
        for one in network.parameters():
            one.grad = torch.zeros_like(one)
    seconds = []
    for _ in range(TRANSFERS):
        team.any(False)  # so that none waits for another
        started = time.perf_counter()
        for network in networks:
            team.average_gradients(network.parameters())
        seconds.append(time.perf_counter() - started)
    return median(seconds)


def summary(arm: Arm, config: Config, turns: list[Turn], yardstick: list[Turn]) -> dict[str, Any]:
    """One line of the table; ratios within each round, since the machine may be busier in the next."""
    images = config.batch_size * config.d_steps
    ratios = [a.steps / a.wall * b.wall / b.steps for a, b in zip(turns, yardstick, strict=True)]
    return {
        "processes": arm.name,
        "images/s": median(images * turn.steps / turn.wall for turn in turns),
        "ratio": median(ratios),
        "from": min(ratios),
        "to": max(ratios),
        "images/core-s": median(images * turn.steps / turn.cpu for turn in turns),
        "step ms": 1000 * median(turn.wall / turn.steps for turn in turns),
        "transfer ms": 1000 * median(turn.transfer for turn in turns) if arm.processes > 1 else 0.0,
        "kB": _gradient_bytes(config) / 1000,
    }


def _gradient_bytes(config: Config) -> int:
    trainer = new_trainer(config, np.zeros((20, config.resolution, config.resolution, 3), np.uint8), CPU)
    return sum(one.nbytes for network in (trainer.generator, trainer.discriminator) for one in network.parameters())


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--processes", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--recipe", choices=tuple(RECIPES), default="modern")
    parser.add_argument("--resolution", type=int, default=64)
    parser.add_argument("--width", type=int, help="of both networks; without it, the recipe's")
    parser.add_argument("--batch", type=int, help="without it, the recipe's")
    parser.add_argument("--group", type=int, default=4, help="that the plain inspector compares (default 4)")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=5, help="of each turn")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    changes = {"resolution": options.resolution, "deviation_group": options.group}
    if options.width:
        changes |= {"width_g": options.width, "width_d": options.width}
    if options.batch:
        changes |= {"batch_size": options.batch}
    config, cores = Config(**(RECIPES[options.recipe].settings | changes)), devices.cores()
    for count in options.processes:
        check_shares(config, count)
    arms = list(dict.fromkeys([Arm(1, cores), Arm(1, 1), *(Arm(n, max(1, cores // n)) for n in options.processes)]))
    print_machine()
    turns: dict[Arm, list[Turn]] = {arm: [] for arm in arms}
    with ExitStack() as stack:
        groups = {}
        for arm in arms:
            groups[arm] = Group(arm, config)
            stack.callback(groups[arm].end)
        for number in range(options.rounds):
            for arm in arms[:: 1 if number % 2 == 0 else -1]:
                turns[arm].append(groups[arm].turn(options.seconds))
    rows = [summary(arm, config, turns[arm], turns[arms[0]]) for arm in arms]
    print_table(rows)
    write_results(options.json, rows)


if __name__ == "__main__":
    main()
