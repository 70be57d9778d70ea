"""The commands that train: a new GAN, or one that goes on."""

import argparse
import sys
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from tqdm import tqdm

from gan.cli.commands import BY_COMMAND, device_called
from gan.errors import ForgerError
from gan.learning.config import SETTINGS, Config, in_vain
from gan.learning.team import Team
from gan.runs.changes import NO_CHANGE, Change
from gan.runs.contents import OtherPictures
from gan.runs.requests import turned_by
from gan.runs.run import Run, State, Status

if TYPE_CHECKING:
    from gan.training.plan import Plan


def train(request: argparse.Namespace) -> int:
    from gan import device as devices

    return _with_team(request, _train, lambda: _plan(request, devices.choose(request.device).type).config)


def _plan(request: argparse.Namespace, device: str) -> "Plan":
    from gan.training.plan import plan

    changes = {name: getattr(request, name) for name in SETTINGS if getattr(request, name) is not None}
    sized_for = device if request.sized_for == "auto" else request.sized_for
    return plan(changes, request.preset, request.recipe, sized_for)


def _train(request: argparse.Namespace, team: Team) -> int:
    from gan import runs

    device = device_called(request.device).type
    plan = _plan(request, device)
    target = images(plan.kimg if request.kimg is None else request.kimg)
    runs.check_processes(plan.config, device, request.processes)
    if remark := in_vain(plan.config):
        print(remark)
    run = runs.create(request.run or runs.free_name(plan.name), plan.config)
    try:
        code = work(run, target, device, request.processes, team)
    except ForgerError:
        runs.delete(BY_COMMAND, run)  # a wrong request leaves nothing behind
        raise
    if code == 2:  # the first of several processes has said why
        runs.delete(BY_COMMAND, run)
    return code


def resume(request: argparse.Namespace) -> int:
    return _with_team(request, _resume)


def _resume(request: argparse.Namespace, team: Team) -> int:
    from gan import runs
    from gan.data import absolute_source
    from gan.training import follower

    run = runs.find_run(request.run)
    status = run.status()
    target = status.target_images if request.kimg is None else images(request.kimg)
    # What an interrupted run has seen may not be saved yet.
    if status.state in (State.NEW, State.STOPPED, State.FINISHED) and status.images_seen >= target:
        print(f"Nothing to do: {run.name} has seen {status.images_seen / 1000:g} kimg. Ask for more with --kimg.")
        follower.give_order(team, None)
        return 0
    device = device_called(request.device).type
    place = None if request.data is None else absolute_source(request.data)
    change = Change(place, request.batch_size)
    runs.check_processes(change.applied(run.config), device, request.processes)
    turns = [(knob, _number(value)) for knob, value in request.turn]
    turns = runs.check_turns(run.config, turned_by(run), turns, request.processes)
    try:
        return work(run, target, device, request.processes, team, turns, change)
    except OtherPictures as error:
        if error.named and not request.give_way:  # in the background: what it prints is shown to visitors
            print(error.named, file=sys.stderr)
        raise


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise ForgerError(f"{text!r} is not a number to turn a knob to.") from error


def _with_team(
    request: argparse.Namespace,
    act: Callable[[argparse.Namespace, Team], int],
    own_config: Callable[[], Config] | None = None,
) -> int:
    """Lets the first process act, and those that torch's launcher started beside it follow."""
    from gan.device import give_way
    from gan.training import follower, processes

    if request.give_way:
        give_way()
    with processes.join(request.device) as team:
        if team.rank > 0:
            return follower.follow(team, request.device, own_config)
        if team.size > 1 and request.processes > 1:
            raise ForgerError("torchrun says how many processes there are: leave --processes out.")
        return act(request, team)


def images(kimg: float) -> int:
    """Thousands of images as images. Raises ForgerError for none and for far too many."""
    if not 0.001 <= kimg <= 1_000_000:
        raise ForgerError(f"--kimg must be from 0.001 to 1,000,000, not {kimg:g}.")
    return round(kimg * 1000)


def work(
    run: Run,
    target_images: int,
    device: str,
    processes: int = 1,
    team: Team | None = None,
    turns: Iterable[tuple[str, float]] = (),
    change: Change = NO_CHANGE,
) -> int:
    """Trains `run` in the foreground, with a progress bar, as `gan.training.worker.train` does. Returns the exit code.

    Raises ForgerError where it never began.
    """
    from gan.training import launch, worker

    if processes > 1:
        return launch.launch(run, target_images, device, processes, change)
    began = False
    # Silent without a terminal: the log of a run in the background needs no line a second.
    with tqdm(total=target_images, unit="img", unit_scale=True, desc=run.name, delay=1, disable=None) as bar:

        def report(status: Status) -> None:
            nonlocal began
            began = status.state == State.TRAINING
            bar.set_postfix_str(status.message or f"epoch {status.epoch:.1f}", refresh=False)
            bar.update(status.images_seen - bar.n)

        try:
            status = worker.train(run, target_images, device, report, team, turns, change)
        except ForgerError as error:
            if not began:
                raise
            print(f"forger: {error}", file=sys.stderr)
            return 1
    print(
        f"{run.name}: {status.state} after {status.images_seen / 1000:g} kimg in {status.seconds:.0f} s; {run.folder}"
    )
    return 0
