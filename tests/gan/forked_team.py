"""Run as a program by tests: processes that share lessons and trainings.

PyTorch is imported once, and every process forked from here: a new Python would need seconds for that. Each writes what
it saw into `FOLDER/SIZE-RANK.pt`.

    forked_team.py lessons FOLDER SIZE ...      each of the cases below, by one process, by two, ...
    forked_team.py trainings FOLDER 2           trainings of runs, and what the processes say to each other
    forked_team.py commands FOLDER 2 COMMAND ...    each command line in each process, as torchrun would start it
"""

import contextlib
import itertools
import os
import shlex
import signal
import socket
import sys
import traceback
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import torch

from gan import cli, runs
from gan import device as devices
from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.learning.kinds import new_trainer
from gan.learning.recipes import RECIPES
from gan.learning.team import Team
from gan.learning.trainer import Trainer
from gan.permits import issue
from gan.training import follower, processes, worker

PERMIT = issue("a test")

# Weights hardly move, so that rounding in the inspector's lesson does not grow in the forger's.
STILL = {"learning_rate_g": 1e-7, "learning_rate_d": 1e-7}
TINY = {"resolution": 32, "width_g": 4, "width_d": 4, "batch_size": 8, "average_half_life": 40, **STILL}
MODERN = RECIPES["modern"].settings | {"deviation_group": 2, "penalty_every": 1, "augment_probability": 0.5}
CASES = {
    "classic": {},
    "classic, penalised, two lessons each": {
        "loss": "hinge", "penalty": "r1+r2", "penalty_every": 1, "augment_probability": 0.5, "d_steps": 2, "g_steps": 2,
    },
    "modern": MODERN,
    "modern, begun long ago": MODERN | {"chance": "streams"},
    "redraw": RECIPES["redraw"].settings | {"penalty_every": 1},
}  # fmt: skip
SOME_CASES = ("classic, penalised, two lessons each", "modern")
CPU = torch.device("cpu")
PICTURES = np.random.default_rng(0).integers(0, 256, (22, 32, 32, 3)).astype(np.uint8)


def case(name: str) -> Config:
    return Config(**(CASES[name] | TINY))


class Watched:
    """A trainer, and what it was given and what gradients it descended in each step."""

    def __init__(self, config: Config, team: Team):
        self.trainer = new_trainer(config, PICTURES, CPU, team)
        self.given: list[Any] = []
        self.gradients: list[torch.Tensor] = []
        lessons, descend = self.trainer.lessons.of_step, self.trainer._descend

        def watched_lessons(*when):
            self.given = lessons(*when)
            return self.given

        def watched_descend(scale, *rest):
            norm = descend(scale, *rest)
            self.gradients.append(torch.cat([one.grad.flatten() for one in scale.weights]))
            return norm

        self.trainer.lessons.of_step, self.trainer._descend = watched_lessons, watched_descend

    def step(self) -> dict[str, Any]:
        self.gradients = []
        measured = self.trainer.step()
        return {
            "given": self.given,
            "gradients": self.gradients,
            "measured": measured,
            "buffers": {name: value.clone() for name, value in self.trainer.generator.named_buffers()},
        }


def copied(state: Any) -> Any:
    """Optimisers hand out their own tensors, which go on changing."""
    if isinstance(state, dict):
        return {key: copied(value) for key, value in state.items()}
    return state.clone() if isinstance(state, torch.Tensor) else state


def lessons(team: Team, folder: Path) -> dict[str, Any]:
    """Two steps of each case; the second again, after a resume from the first, and after one from one process's.

    Of more than two processes one step of some cases, since they share two cores.
    """
    devices.precision = lambda device: "float32"
    seen: dict[str, Any] = {}
    for name in CASES if team.size <= 2 else SOME_CASES:
        straight = Watched(case(name), team)
        steps = [straight.step()]
        if team.size > 2:
            seen[name] = {"steps": steps, "end": straight.trainer.state_dict()}
            continue
        state = copied(straight.trainer.state_dict())
        steps.append(straight.step())
        team.check_agreement(straight.trainer.state_dict())
        resumed = Watched(case(name), team)
        resumed.trainer.load_state_dict(copied(state))
        resumed.step()
        seen[name] = {"steps": steps, "state": state}
        seen[name] |= {"end": straight.trainer.state_dict(), "resumed": resumed.trainer.state_dict()}
        if team.size > 1:
            alone = torch.load(folder / "1-0.pt")[name]
            other = Watched(case(name), team)
            other.trainer.load_state_dict(alone["state"])
            seen[name]["after one alone"] = other.step()
    return seen


def complaint(act, *arguments) -> str:
    """What a ForgerError says; empty where there is none."""
    try:
        act(*arguments)
    except ForgerError as error:
        return str(error)
    return ""


def trainings(team: Team, folder: Path) -> dict[str, Any]:
    config = runs.find_run("straight").config
    first, second = team.rank == 0, team.rank == 1
    other = PICTURES + np.uint8(second)
    seen = {
        "wanted by one": team.any(second),
        "wanted by none": team.any(False),
        "agreed": complaint(team.check_agreement, {"images_seen": 4, "generator": {"w": torch.ones(3)}}),
        "apart": complaint(team.check_agreement, {"images_seen": 4, "generator": {"w": torch.ones(3) + team.rank}}),
        "alike": complaint(follower.check_alike, team, configure(config, data=f"elsewhere-{team.rank}"), PICTURES, CPU),
        "other settings": complaint(follower.check_alike, team, configure(config, seed=team.rank), PICTURES, CPU),
        "other pictures": complaint(follower.check_alike, team, config, other, CPU),
        "fewer pictures": complaint(follower.check_alike, team, config, PICTURES[team.rank :], CPU),
        "trouble": complaint(follower.check_alike, team, config, PICTURES, CPU, "No disk." if second else ""),
    }

    def train(name: str, target: int) -> Any:
        if first:
            return str(worker.train(runs.find_run(name), target, "cpu", team=team).state)
        return follower.follow(team, "cpu")

    seen["straight"] = train("straight", 48)
    with stop_at_step(2 if second else None):  # a signal that reaches one only
        seen["stopped"] = train("resumed", 1000)
    seen["resumed"] = train("resumed", 48)
    for name in ("straight", "resumed"):  # on with one, and back to all
        if first:
            worker.train(runs.find_run(name), 64, "cpu")
        train(name, 80)
    if first:
        runs.request_stop(PERMIT, runs.find_run("straight"))
    seen["refused"] = refusal(team)
    return seen


def refusal(team: Team) -> str:
    """A training that the first process cannot begin: the others' order never comes."""
    if team.rank == 0:
        complained = complaint(worker.train, runs.find_run("too-few"), 8, "cpu", lambda status: None, team)
        follower.give_order(team, None)
        return complained
    return str(follower.follow(team, "cpu"))


@contextlib.contextmanager
def stop_at_step(number: int | None):
    step, taken = Trainer.step, []

    def stopping(self, *who):
        taken.append(self.images_seen)
        if len(taken) == number:
            os.kill(os.getpid(), signal.SIGTERM)
        return step(self, *who)

    Trainer.step = stopping
    try:
        yield
    finally:
        Trainer.step = step


def fork(size: int, rank: int, port: int, act) -> int:
    child = os.fork()
    if child:
        return child
    os.environ |= {"RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": str(size), "LOCAL_WORLD_SIZE": str(size)}
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port)}
    status = 70
    try:
        status = act() or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        os._exit(status)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def main(act: str, folder: Path, rest: list[str]) -> int:
    torch.set_num_threads(1)
    new_trainer(case("classic"), PICTURES, CPU).step()  # torch imports a lot when it is needed first
    processes.PATIENCE = timedelta(seconds=100)  # rather than a test that hangs
    failed = 0
    sizes, lines = (rest, []) if act == "lessons" else (rest[:1], rest[1:])
    for size, line in itertools.product(map(int, sizes), lines or [""]):
        port = free_port()

        def work(rank: int, size: int = size, line: str = line) -> int:
            if line:
                return cli.main(shlex.split(line))
            with processes.join("cpu") as team:
                torch.save(
                    {"lessons": lessons, "trainings": trainings}[act](team, folder), folder / f"{size}-{rank}.pt"
                )
            return 0

        children = [fork(size, rank, port, lambda rank=rank: work(rank)) for rank in range(size)]
        statuses = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
        print(*statuses, flush=True)
        failed = failed or int(any(statuses))
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:]))
