"""The commands that steer a training at work: pause, continue, slow, step and turn; that make one fail on purpose and
cure it; and that say what is going on in it."""

import argparse
from collections.abc import Callable

from gan.cli.commands import BY_COMMAND
from gan.cli.train import images, work
from gan.errors import ForgerError
from gan.learning.config import SETTINGS
from gan.learning.knobs import KNOBS, Who
from gan.training.failures import FAILURES, Plan

Command = Callable[..., argparse.ArgumentParser]


def add(command: Command) -> None:
    """Adds them to the command line; `command` makes one of a name, what it does, and help."""
    for name, do, help in (
        ("pause", "pause", "Let a training wait between two lessons; what it has learned is saved."),
        ("continue", "go on", "Let a training that waits go on."),
        ("slow", "slow", "Slow motion: a step each second."),
    ):
        child = command(name, _ask, help)
        child.add_argument("run")
        child.set_defaults(do=do, who=Who.BOTH, times=1, setting="", value=0.0)
    step = command("step", _ask, "Take single steps of a training, which then waits.")
    step.add_argument("run")
    step.add_argument("--who", type=Who, default=Who.BOTH, help=f"is taught: {', '.join(Who)} (default both)")
    step.add_argument("--times", type=int, default=1, help="so many steps (default 1)")
    step.set_defaults(do="step", setting="", value=0.0)
    turn = command("turn", _ask, "Turn a knob of a training while it runs.")
    turn.add_argument("run")
    turn.add_argument("setting", help=f"one of {', '.join(KNOBS)}")
    turn.add_argument("value", type=float, help="; ".join(f"{name}: {SETTINGS[name].help}" for name in KNOBS))
    turn.set_defaults(do="turn", who=Who.BOTH, times=1)
    fail = command("fail", _fail, "Train a GAN that goes wrong on purpose, or a copy of a good run.")
    fail.add_argument("kind", choices=FAILURES, help="; ".join(f"{key}: {one.title}" for key, one in FAILURES.items()))
    fail.add_argument("--copy", metavar="RUN", help="a copy of it fails; it stays as it is")
    fail.add_argument("--seed", type=int, default=0, help="of its chance (default 0)")
    cure = command("cure", _cure, "Cure a training that was made to fail: turn its knobs back, or begin another.")
    cure.add_argument("run")
    for child in (fail, cure):
        child.add_argument("--kimg", type=float, help="train until so many thousands of images in all")
        child.add_argument("--device", default="auto", help="auto (default), cpu or cuda")
    diagnose = command("diagnose", _diagnose, "Say in words what is going on in a training, and what to try.")
    diagnose.add_argument("run")


def _ask(request: argparse.Namespace) -> int:
    from gan import runs
    from gan.runs import requests

    run = runs.find_run(request.run)
    wish = requests.Request(requests.Do(request.do), request.who, request.times, request.setting, request.value)
    requests.ask(BY_COMMAND, run, wish)
    print(f"Asked of {run.name}; it obeys between two lessons.")
    return 0


def _fail(request: argparse.Namespace) -> int:
    from gan import runs
    from gan.training import failures

    goal = _goal(request)
    if request.copy:
        return _carry_out(failures.spoil(BY_COMMAND, request.kind, runs.find_run(request.copy)), goal, request.device)
    return _carry_out(failures.begin(BY_COMMAND, request.kind, request.seed), goal, request.device)


def _cure(request: argparse.Namespace) -> int:
    from gan import runs
    from gan.training import failures

    run, goal = runs.find_run(request.run), _goal(request)
    return _carry_out(failures.cure(BY_COMMAND, run), goal, request.device)


def _goal(request: argparse.Namespace) -> int:
    """How many images were asked for; 0 where that is left to the plan."""
    return 0 if request.kimg is None else images(request.kimg)


def _carry_out(plan: Plan, goal: int, device: str) -> int:
    """Trains in the foreground what was planned."""
    from gan import runs

    try:
        return work(plan.run, goal or plan.target_images, device, turns=plan.turns.items())
    except ForgerError:
        if plan.new:
            runs.delete(BY_COMMAND, plan.run)
        raise


def _diagnose(request: argparse.Namespace) -> int:
    from gan import runs
    from gan.networks import LATENTS
    from gan.quality import diagnosis
    from gan.runs import requests, snapshot

    run = runs.find_run(request.run)
    if run.config.kind != LATENTS:
        raise ForgerError("There is no diagnosis for a GAN that redraws: its forger has targets, too.")
    seen = snapshot.look(run)
    if not seen.verdicts:
        raise ForgerError(f"The run {run.name!r} has kept no verdicts: it is from an older version, or just begins.")
    found = diagnosis.diagnose(diagnosis.course(seen.metrics, seen.verdicts, requests.last_turn(run)))
    print(f"{found.state}. {found.why} {found.advice}")
    return 0
