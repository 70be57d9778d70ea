"""Failures on purpose: trainings that go wrong in a known way, begun as one or made of a copy of a good run, and cured.

`python -m benchmarks.failures` measures after how many images each shows its symptom, and how far its cure comes.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from gan import runs
from gan.errors import ForgerError
from gan.learning.config import configure
from gan.learning.knobs import KNOBS
from gan.learning.recipes import PRESETS
from gan.networks import LATENTS
from gan.permits import Permit
from gan.quality.diagnosis import State
from gan.runs import requests
from gan.runs.purpose import copy_of, copy_past, failure_named, note_failure
from gan.runs.run import Run
from gan.runs.verdicts import read_verdicts

HEALTHY = PRESETS["quick-look"]
PATIENCE = 60.0  # seconds that another training has to stop
VARIED = 0.4  # as much as real pictures


@dataclass(frozen=True)
class Failure:
    """A way to fail, for people: `expect` before it starts, what to `look` at, `why`, and what its `cure` does.

    As a training of its own it is the quick look with other `settings`, where there are any; of a copy of a good run it
    is made by turning the knobs in `turns`, where there are any. `state` is what the diagnosis calls it within `kimg`
    thousand images. It is cured by turning the same knobs back, or, where those are no cause, by another training with
    `cured_by` instead. `needs_variety`: only a run whose pictures vary can lose that.
    """

    title: str
    state: State | None
    settings: Mapping[str, Any]
    turns: Mapping[str, float]
    kimg: float
    expect: str
    look: str
    why: str
    cure: str
    cured_by: Mapping[str, Any] = field(default_factory=dict)
    needs_variety: bool = False
    cure_kimg: float = 8.0


@dataclass(frozen=True)
class Plan:
    """A training to be started: `run`, a `new` one or not, until `target_images`, its knobs turned first as `turns`
    says."""

    run: Run
    target_images: int
    turns: Mapping[str, float] = field(default_factory=dict)
    new: bool = True


FAILURES = {
    "too-strong": Failure(
        "Inspector too strong",
        State.STRONG,
        {"learning_rate_d": 2e-3, "learning_rate_g": 2e-5},
        {},
        kimg=5.0,
        expect="The inspector learns a hundred times as fast as the forger.",
        look="The inspector is right nearly always, and the pictures stay blots: no heads come.",
        why="It is so sure of every forgery that its verdict hardly depends on what the forger changes, and the forger "
        "takes tiny steps besides.",
        cure="Both get the quick look's learning rate again.",
        cure_kimg=16.0,
    ),
    "too-weak": Failure(
        "Inspector too weak",
        State.FOOLED,
        {"learning_rate_d": 1e-6},
        {"learning_rate_d": 1e-6},
        kimg=3.0,
        expect="The inspector hardly learns, a thousand times more slowly than the forger.",
        look="It finds forgeries more real than real pictures, D(G(z)) above D(x), and they are bad, or get worse.",
        why="The forger becomes what its inspector asks for, and this one does not know what a cat is.",
        cure="The inspector gets its learning rate back.",
    ),
    "collapse": Failure(
        "Collapse",
        State.COLLAPSED,
        {},
        {"learning_rate_g": 5e-3, "learning_rate_d": 2e-5},
        kimg=5.0,
        expect="The forger becomes five times quicker than it was, and the inspector slower.",
        look="All pictures become much the same one, and then all of them another.",
        why="Nothing in its loss asks for variety. What fools the inspector now is drawn for every latent, and when "
        "the inspector has noticed, all of them run to the next.",
        cure="Both learn at the same rate again. The inspector can follow, and being different pays.",
        needs_variety=True,
    ),
    "too-fast": Failure(
        "Learning rates far too high",
        State.BREAKING,
        {
            "loss": "relativistic", "penalty": "none", "generator": "skip", "width_g": 12, "discriminator": "plain",
            "batch_size": 8, "learning_rate_g": 5e-2, "learning_rate_d": 5e-2, "beta1": 0.0, "beta2": 0.99,
        },
        {},
        kimg=2.0,
        expect="Both learn a hundred times too fast, by the modern recipe without its penalty.",
        look="The losses leap beyond 20, and the pictures are glaring and quite others at every grid.",
        why="A gradient is true of where the weights are. A step that goes far beyond lands somewhere else, where "
        "everything is worse, and the next step goes farther.",
        cure="Another training begins, by the modern recipe as it is: smaller rates, and a penalty.",
        cured_by={"penalty": "r1+r2", "learning_rate_g": 5e-4, "learning_rate_d": 5e-4, "average_half_life": 1_000},
    ),
    "too-few": Failure(
        "Too few pictures",
        State.COPYING,
        {"data": "few-drawn-cats"},
        {},
        kimg=8.0,
        expect="Sixteen pictures to learn from, and no more.",
        look="The inspector scores the pictures that it studies far higher than other real ones: it knows them by "
        "heart.",
        why="Sixteen pictures are learned by heart sooner than what a cat is. From such an inspector the forger learns "
        "to copy.",
        cure="Another training begins, with 4,096 pictures.",
        cured_by={"data": "drawn-cats"},
    ),
    "no-average": Failure(
        "No averaging",
        None,
        {"average_half_life": 0},
        {},
        kimg=6.0,
        expect="What you see is the forger itself instead of its average over the recent past.",
        look="The same latent's picture changes twice as much from grid to grid as with the average.",
        why="Forger and inspector chase each other in circles. The average stays in the middle of the circle.",
        cure="Another training begins, with averaging.",
        cured_by={"average_half_life": 1_000},
    ),
}  # fmt: skip


def failure(key: str) -> Failure:
    """The failure called `key`. Raises ForgerError for an unknown one."""
    if key not in FAILURES:
        raise ForgerError(f"There is no failure {key!r}; choose one of {', '.join(FAILURES)}.")
    return FAILURES[key]


def failure_of(run: Run) -> Failure | None:
    """Which failure `run` was made to be; None for all others."""
    return FAILURES.get(failure_named(run))


def begin(permit: Permit, key: str, seed: int = 0) -> Plan:
    """A new run that will fail as `key` says. Raises ForgerError for an unknown failure, and for one that is
    made of copies only."""
    wanted = failure(key)
    if not wanted.settings:
        raise ForgerError(f"“{wanted.title}” is made of a copy of a good run: train one first.")
    config = configure(HEALTHY.config, **{**wanted.settings, "seed": seed})
    run = runs.create(runs.free_name(key), config)
    note_failure(run, key)
    return Plan(run, _images(wanted.kimg))


def spoil(permit: Permit, key: str, good: Run) -> Plan:
    """A copy of `good` as of its newest checkpoint, which will fail as `key` says; `good` stays as it is.

    Raises ForgerError for a failure that is not made of a copy, and for a run that has no checkpoint yet, redraws, or
    does not have the knobs.
    """
    wanted = failure(key)
    if why := why_not(key, good):
        raise ForgerError(why)
    checkpoints = good.checkpoints()
    run = runs.create(runs.free_name(f"{good.name}-{key}"), good.config, checkpoints[-1])
    note_failure(run, key, good.name)
    copy_past(good, run)
    begun = int(checkpoints[-1].stem)
    return Plan(run, begun + _images(wanted.kimg), wanted.turns)


def why_not(key: str, good: Run) -> str:
    """Why no copy of `good` can be made to fail as `key` says; "" where it can."""
    wanted = failure(key)
    if not wanted.turns or good.config.kind != LATENTS or failure_of(good):
        return f"“{wanted.title}” is not made of a copy of this run: start it as a training of its own."
    if not good.checkpoints():
        return f"The run {good.name!r} has no checkpoint yet to make a copy of."
    if wanted.needs_variety:
        verdicts = read_verdicts(good.verdicts_path)
        if not verdicts or not verdicts[-1].diversity > VARIED:
            return f"The pictures of {good.name!r} do not vary enough yet to lose that: let it train on first."
    try:
        runs.check_turns(good.config, requests.turned_by(good), wanted.turns.items())
    except ForgerError as error:
        return str(error)
    return ""


def cure(permit: Permit, run: Run) -> Plan:
    """What cures `run`, which is stopped for it: the run itself with its knobs turned back or, where the cause is no
    knob, another one.

    Raises ForgerError for a run that was not made to fail, and for one that does not stop within a minute.
    """
    wanted = failure_of(run)
    if wanted is None:
        raise ForgerError(f"The run {run.name!r} was not made to fail on purpose.")
    if wanted.cured_by:
        config = configure(run.config, **wanted.cured_by)
        return Plan(runs.create(runs.free_name(f"{run.name}-cured"), config), _images(wanted.cure_kimg))
    if run.alive:
        runs.stop_and_wait(permit, run, PATIENCE)
    return Plan(run, run.status().images_seen + _images(wanted.cure_kimg), _back(run, wanted), new=False)


def go_on(permit: Permit, run: Run) -> Plan:
    """Some more of a run that was cured and has ended."""
    wanted = failure_of(run)
    return Plan(run, run.status().images_seen + _images(wanted.cure_kimg if wanted else 1.0), new=False)


def is_cured(run: Run) -> bool:
    """Whether the knobs of a run that was made to fail are turned back."""
    wanted = failure_of(run)
    return wanted is not None and not wanted.cured_by and _back(run, wanted).items() <= requests.turned_by(run).items()


def make_room(permit: Permit) -> None:
    """Stops whatever trains, which saves it. Raises ForgerError where that takes longer than a minute."""
    active = runs.active_run()
    if active is not None:
        runs.stop_and_wait(permit, active, PATIENCE)


def start(permit: Permit, plan: Plan, device: str = "auto") -> None:
    """Starts what was planned. Raises ForgerError where it cannot start: a new run is gone again then."""
    try:
        runs.resume(permit, plan.run, plan.target_images, device, turns=plan.turns)
    except ForgerError:
        if plan.new:
            runs.delete(permit, plan.run)
        raise


def _back(run: Run, wanted: Failure) -> dict[str, float]:
    """The knobs as they were in the good run, or are in the quick look."""
    if copy_of(run):
        return {name: float(getattr(run.config, name)) for name in wanted.turns}
    return {name: float(getattr(HEALTHY.config, name)) for name in wanted.settings if name in KNOBS}


def _images(kimg: float) -> int:
    return round(1000 * kimg)
