"""The commands that steer a training at work: pause, continue, slow, step and turn; and what is going on in it."""

import argparse
from collections.abc import Callable

from gan.commands import BY_COMMAND
from gan.errors import ForgerError
from gan.learning.config import SETTINGS
from gan.learning.knobs import KNOBS, Who

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


def _diagnose(request: argparse.Namespace) -> int:
    from gan import runs
    from gan.networks import LATENTS
    from gan.quality import diagnosis
    from gan.runs import snapshot

    run = runs.find_run(request.run)
    if run.config.kind != LATENTS:
        raise ForgerError("There is no diagnosis for a GAN that redraws: its forger has targets, too.")
    seen = snapshot.look(run)
    if not seen.verdicts:
        raise ForgerError(f"The run {run.name!r} has kept no verdicts: it is from an older version, or just begins.")
    found = diagnosis.diagnose(diagnosis.course(seen.metrics, seen.verdicts))
    print(f"{found.state}. {found.why} {found.advice}")
    return 0
