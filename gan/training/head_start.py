"""A training that begins with what another one has learned: a run, or a generator that ships with its inspector.

At twice the resolution, and with half the width, the networks have the same layers but for those next to the picture.
The plan of a face or a cat is known already, and only what the new pixels add starts from chance. That is growing
(Karras et al. 2018, arXiv 1710.10196) without its slow blending of old and new.

A training that redraws can start from one that draws from seeds, whose decoder knows how to draw already.

With other pictures it is a transfer, and images are counted from 0. A shipped generator that is given its own pictures
again goes on from where it came to, as far as that ships: with its grids and curves, without what its optimisers
remembered.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from gan import generators, runs
from gan.errors import ForgerError
from gan.generators import DISCRIMINATOR, WEIGHTS, TrainedGenerator
from gan.generators.folder import copy_moments
from gan.generators.origin import data_name, source_of
from gan.learning import schedule
from gan.learning.config import SETTINGS, Config, configure
from gan.learning.eyes import missing
from gan.learning.kinds import kind_of
from gan.learning.setting import Fit
from gan.learning.trainer import Trainer
from gan.networks.transfer import RELATED, take_discriminator, take_generator, take_stages
from gan.paths import checkpoints_root, last_name
from gan.runs.checkpoint import read_checkpoint
from gan.runs.run import Run
from gan.runs.shipped import take_history

NETWORKS = "generator", "discriminator"
KIMG = 100.0  # by which a training that starts from another one goes further, where nobody says


@dataclass(frozen=True)
class HeadStart:
    """What to start from: a `run` with its checkpoints, or else a shipped generator, its `model`."""

    name: str
    config: Config
    run: Run | None = None
    model: TrainedGenerator | None = None

    def goes_on(self, config: Config, pictures: int) -> bool:
        """Whether a training by `config` of so many pictures is the one that this was, as far as its card tells."""
        data = self.model.card.get("data") if self.model else None
        asked = {"source": last_name(config.data), "pictures": pictures}
        same = isinstance(data, dict) and all(data.get(key) == value for key, value in asked.items())
        return same and config.resolution == self.config.resolution and config.task == self.config.task

    @property
    def images_seen(self) -> int:
        """How many images a training that goes on begins at."""
        return self.model.images_seen if self.model else 0

    @property
    def turned(self) -> dict[str, Any]:
        """The settings that were others by its end than its `config` says, because somebody turned them."""
        turned = _recorded(self.model).get("turned") if self.model else None
        moved = schedule.moving(self.config, 0)  # the schedule would move these once more
        known = turned if isinstance(turned, dict) else {}
        return {name: value for name, value in known.items() if name in SETTINGS and name not in moved}

    def state(self, device: torch.device) -> dict[str, dict[str, Tensor]]:
        """The weights of "average" and "discriminator". Raises whatever who reads them raises."""
        if self.run:
            return read_checkpoint(self.run.checkpoints()[-1], device)["trainer"]
        assert self.model
        average, judge = (
            load(self.model, device) for load in (generators.load_generator, generators.load_discriminator)
        )
        assert average and judge
        return {"average": average.state_dict(), "discriminator": judge.state_dict()}


def begin(base: Config, changes: Mapping[str, Any]) -> Config:
    """`base` with `changes`; where that says what to start from, with networks shaped like those, too, apart from what
    `changes` say of them. Raises ForgerError where there is nothing of that name."""
    config = configure(base, **changes)
    return shaped_like(config, find_start(config.start_from).config, changes) if config.start_from else config


def as_it_was_trained(name: str) -> Config:
    """The settings behind what is called `name`, with its pictures where those are on this machine, else without any;
    and without what looks with the eyes of networks that are not installed.

    Raises ForgerError where there is nothing of that name.
    """
    start = find_start(name)
    source = start.config.data if start.run else source_of(start.model) if start.model else None
    blind = dict.fromkeys(missing(start.config), 0.0)
    return configure(start.config, **start.turned | blind, data=source or "", start_from=name)


def kimg_to_go(config: Config) -> float:
    """Until how many thousand images a training by `config` goes, where nobody says: so many more than what it goes on
    from, as far as the name of its pictures tells."""
    start = find_start(config.start_from)
    seen = start.images_seen if start.model and last_name(config.data) == data_name(start.model) else 0
    return seen / 1000 + KIMG


def possible_starts(config: Config) -> list[str]:
    """What a training by `config` can start from once its networks are shaped alike: what ships, then runs."""
    shipped = (model for model in generators.list_generators() if _ships(model.name))
    starts = [HeadStart(one.name, one.config, model=one) for one in shipped if (one.folder / DISCRIMINATOR).exists()]
    there = (run for run in runs.list_runs() if run.checkpoints() and not _ships(run.name))
    starts += [HeadStart(run.name, run.config, run=run) for run in there]
    return [start.name for start in starts if _can_fit(config, start.config)]


def _ships(name: str) -> bool:
    """Whether that is the name of a shipped generator: then it is no run's."""
    return not name.startswith("run:") and (checkpoints_root() / name / WEIGHTS).exists()


def _can_fit(config: Config, theirs: Config) -> bool:
    try:
        return fits(shaped_like(config, theirs), theirs)
    except ForgerError:
        return False


def shaped_like(config: Config, theirs: Config, apart_from: Collection[str] = ()) -> Config:
    """`config` with networks that have layers for those by `theirs`, as far as that can be, apart from these settings.

    Raises ForgerError where what must be the same is beyond its bounds at this resolution.
    """
    scale, changes = config.resolution / theirs.resolution, dict[str, Any]()
    for name, setting in SETTINGS.items():
        value = getattr(theirs, name)
        if setting.fit == Fit.SAME and config.kind == theirs.kind:
            changes[name] = value
        elif setting.fit == Fit.SAME and name in NETWORKS:
            ours = getattr(config, name)
            related = (one for one, those in RELATED.items() if value in those)
            changes[name] = ours if value in RELATED.get(ours, ()) else next(related, ours)
        elif setting.fit == Fit.SCALED:
            changes[name] = round(value / scale)
    return configure(config, **{name: value for name, value in changes.items() if name not in apart_from})


def fits(mine: Config, theirs: Config) -> bool:
    """Whether networks by `theirs` have layers for those by `mine`."""
    scale, related = mine.resolution / theirs.resolution, mine.kind != theirs.kind
    if scale not in ((1, 2) if kind_of(theirs).grows else (1,)):
        return False
    for name, setting in SETTINGS.items():
        ours, older = getattr(mine, name), getattr(theirs, name)
        if setting.fit == Fit.SCALED and ours * scale != older:
            return False
        if setting.fit == Fit.SAME and setting.has_a_say(mine) and not related and ours != older:
            return False
    return not related or all(getattr(theirs, name) in RELATED.get(getattr(mine, name), ()) for name in NETWORKS)


def find_start(name: str) -> HeadStart:
    """What is called `name`: a shipped generator that brings its inspector, or a run, also as `run:demo`.

    Raises ForgerError where there is none, or none that one could start from.
    """
    if _ships(name):
        model = generators.find_generator(name)
        if not (model.folder / DISCRIMINATOR).exists():
            raise ForgerError(f"The generator {name!r} did not bring its inspector, so no training can start from it.")
        return HeadStart(name, model.config, model=model)
    run = runs.find_run(name.removeprefix("run:"))
    if not run.checkpoints():
        raise ForgerError(f"The run {run.name!r} has no checkpoint yet to start from.")
    return HeadStart(run.name, run.config, run=run)


def find_head_start(config: Config) -> HeadStart:
    """What `config` says to start from. Raises ForgerError where there is nothing that fits."""
    start = find_start(config.start_from)
    if not fits(config, start.config):
        raise ForgerError(
            f"The networks of {start.name!r} do not fit. Start from one with the same networks and widths, or from one "
            "that draws from seeds at half the resolution with twice the widths; “guided” and “poster”, which redraw, "
            "start from “skip”, too."
        )
    return start


def check_goal(start: HeadStart, goes_on: bool, target_images: int) -> None:
    """Raises ForgerError where a training that goes on has reached its goal before it begins."""
    if goes_on and start.images_seen >= target_images:
        seen = f"{start.images_seen / 1000:g} kimg"
        raise ForgerError(f"{start.name} has seen {seen} of these pictures: to go on from there, ask for more.")


def load_head_start(trainer: Trainer, start: HeadStart, goes_on: bool) -> None:
    """Takes what `start` has learned into the networks of `trainer`.

    The generator and its average both begin as the average: the trained one is no better to go on from
    (docs/recipes.md). A training that `goes_on` counts on. Raises ForgerError where a file cannot be read.
    """
    try:
        state = start.state(trainer.device)
        take_generator(trainer.average, state["average"])
        take_generator(trainer.generator, state["average"])
        if start.config.kind == trainer.config.kind:
            take_discriminator(trainer.discriminator, state["discriminator"])
        else:
            larger = trainer.config.resolution > start.config.resolution
            take_stages(trainer.discriminator, state["discriminator"], larger)
    except ForgerError:
        raise
    except Exception as error:  # torch names no type for a torn file
        raise ForgerError(f"What {start.name!r} has learned cannot be read ({error}).") from error
    if goes_on:
        trainer.images_seen = start.images_seen


def take_past(start: HeadStart, run: Run) -> float:
    """Gives `run`, which goes on with the training behind `start`, what can be seen of that, and its moments. Returns
    its seconds. Raises ForgerError on a full disk, and for what is broken."""
    assert start.model
    take_history(start.model.folder, run)
    copy_moments(start.model.folder, run.folder, start.images_seen)
    seconds = _recorded(start.model).get("seconds")
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def _recorded(model: TrainedGenerator) -> dict[str, Any]:
    """What its card says of its training."""
    training = model.card.get("training")
    return training if isinstance(training, dict) else {}


def said(start: HeadStart, goes_on: bool) -> str:
    """In a sentence, what a training does with `start`."""
    seen = f"{start.images_seen / 1000:g} kimg"
    if goes_on:
        return f"It goes on from {start.name}, which has seen {seen} of these pictures."
    learned = data_name(start.model) if start.model else last_name(start.config.data)
    return f"It begins with what {start.name} has learned of {learned}."
