"""The real command at work, as people start it: `python -m gan train`, in a folder of runs of its own."""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import psutil

from benchmarks.meter import TICK, cpu_seconds
from gan import WAITING_VARIABLES
from gan.learning.config import Config, configure
from gan.learning.recipes import preset
from gan.paths import PROJECT
from gan.runs.run import Run, State

NAME = "benchmark"
# Between two looks at the heartbeat: what is measured begins and ends so much too late at most.
LOOK_SECONDS = 0.01


@dataclass(frozen=True)
class Mark:
    """How far a training was: `images` at the heartbeat that was written at `beat`, and `core_seconds` at `now`."""

    images: int
    beat: float
    core_seconds: float
    now: float


@dataclass(frozen=True)
class Took:
    """What one training, or a part of it, took."""

    images: int
    seconds: float
    core_seconds: float

    @property
    def speed(self) -> float:
        """Images a second."""
        return self.images / self.seconds

    @property
    def thrift(self) -> float:
        """Images a core-second."""
        return self.images / self.core_seconds


def between(before: Mark, after: Mark) -> Took:
    """What lies between two marks of one training: from heartbeat to heartbeat, with its share of processor time."""
    seconds = max(after.beat - before.beat, TICK)
    cores = (after.core_seconds - before.core_seconds) / max(after.now - before.now, TICK)
    return Took(after.images - before.images, seconds, max(cores * seconds, TICK))


def settings_of(name: str, data: Path | None) -> Config:
    """The preset's settings, with other pictures where there are any, and without measurements of quality, which are no
    part of the pace of a loop."""
    config = configure(preset(name).config, measure_every=0)
    return configure(config, data=str(data.resolve())) if data else config


def environment(**changes: str) -> dict[str, str]:
    """This process's environment, with nothing but `changes` about how threads wait: not what gan/ set here."""
    return {name: value for name, value in os.environ.items() if name not in WAITING_VARIABLES} | changes


class Training:
    """A training by the command, from entering it until leaving it, when it is ended.

    `waiting` are variables about how threads wait; without them the command decides. With `gives_way` it lets others go
    first, as those that a page starts do. `others` are settings that are not the preset's.
    """

    def __init__(
        self,
        name: str,
        kimg: float,
        data: Path | None,
        waiting: dict[str, str] | None = None,
        gives_way: bool = False,
        others: dict[str, int] | None = None,
    ):
        self.config = configure(settings_of(name, data), **others or {})
        self.command = [
            *(sys.executable, "-m", "gan", "train", "--preset", name, "--run", NAME, "--kimg", str(kimg)),
            *("--data", self.config.data, "--measure-every", "0", "--device", "cpu"),
        ]
        for setting, value in (others or {}).items():
            self.command += ["--" + setting.replace("_", "-"), str(value)]
        if gives_way:
            self.command.append("--give-way")
        self.waiting = waiting or {}

    def __enter__(self) -> "Training":
        with ExitStack() as stack:
            self.runs = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            self.printed = stack.enter_context((self.runs / "printed.txt").open("w+"))
            self.process = subprocess.Popen(
                self.command,
                cwd=PROJECT,
                env=environment(FORGER_RUNS=str(self.runs), **self.waiting),
                stdin=subprocess.DEVNULL,
                stdout=self.printed,
                stderr=self.printed,
            )
            stack.callback(self._end)
            self.run = Run(self.runs / NAME, self.config)
            self.system = psutil.Process(self.process.pid)
            self.stack = stack.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stack.close()

    def _end(self) -> None:
        self.process.kill()
        self.process.wait()

    def mark(self) -> Mark:
        """How far it is, as of its last heartbeat."""
        status = self.run.status()
        return Mark(status.images_seen, status.updated, cpu_seconds(self.system), time.time())

    def reach(self, *states: State) -> Mark:
        """Waits until its heartbeat says one of `states`. Raises SystemExit where it ends otherwise."""
        while True:
            ended = self.process.poll() is not None  # asked first: the heartbeat may change in between
            if self.run.status().state in states:
                return self.mark()
            if ended:
                self.printed.seek(0)
                raise SystemExit(f"The command ended unexpectedly: {' '.join(self.command)}\n{self.printed.read()}")
            time.sleep(LOOK_SECONDS)

    def next_beat(self) -> Mark:
        """Waits for a heartbeat from after this call."""
        now = time.time()
        while self.run.status().updated < now and self.process.poll() is None:
            time.sleep(LOOK_SECONDS)
        return self.reach(State.TRAINING)


def train(name: str, kimg: float, data: Path | None) -> Took:
    """A whole training by the command, without its start: from before its first step until all is saved."""
    with Training(name, kimg, data) as training:
        began = training.reach(State.TRAINING)
        return between(began, training.reach(State.FINISHED))
