"""Run as a program by tests: trainer processes that die by SIGKILL, or that race for the start.

PyTorch is imported and warmed up once, and each trainer forked from here: a new Python would need seconds for that.
Forking is safe because a single thread has done it all.

    forked_trainers.py kill NAME-POINT ...      creates nothing; trains each of these runs until its point, and dies
    forked_trainers.py race NAME ...            trains all of these runs at once; the last one left is asked to stop

Prints one line for each trainer: the run's name and the exit status.
"""

import itertools
import math
import os
import signal
import sys

import numpy as np
import torch

from gan import runs
from gan.errors import ForgerError
from gan.learning.config import Config
from gan.learning.trainer import Trainer
from gan.permits import issue
from gan.training import heart, worker

PERMIT = issue("a test")

KILL_TARGET, RACE_TARGET = 40, 10**9


def die_at(point: int) -> None:
    """Every file of a run arrives by `os.replace`: dies in the middle of writing the n-th (point 2n), or
    right after it arrived (2n + 1)."""
    replace, files = os.replace, itertools.count()

    def deadly(source, target):
        moment = 2 * next(files)
        if moment == point:
            os.truncate(source, os.path.getsize(source) // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        replace(source, target)
        if moment + 1 == point:
            os.kill(os.getpid(), signal.SIGKILL)

    os.replace = deadly


def fork(name: str, target: int, point: int | None) -> int:
    child = os.fork()
    if child:
        return child
    status = 70
    try:
        if point is not None:
            die_at(point)
        worker.train(runs.find_run(name), target, "cpu")
        status = 0
    except ForgerError:
        status = 2
    finally:
        os._exit(status)


def main(act: str, names: list[str]) -> None:
    torch.set_num_threads(1)
    heart.SECONDS = math.inf  # files must not depend on the clock
    config = Config(resolution=32, width_g=4, width_d=4)
    Trainer(config, np.zeros((64, 32, 32, 3), np.uint8), torch.device("cpu")).step()
    children = {}
    for name in names:
        point = int(name.rpartition("-")[2]) if act == "kill" else None
        children[fork(name, KILL_TARGET if act == "kill" else RACE_TARGET, point)] = name
        if act == "kill":  # one run trains at a time
            print_one(children)
    while children:
        print_one(children)
        if act == "race" and len(children) == 1:  # the others were refused
            runs.request_stop(PERMIT, runs.active_run())


def print_one(children: dict[int, str]) -> None:
    child, status = os.wait()
    print(children.pop(child), os.waitstatus_to_exitcode(status), flush=True)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
