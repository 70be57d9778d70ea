"""A run that trains, without a trainer; and visitors who have asked for nothing yet."""

import os
from dataclasses import replace

import psutil
import pytest

from gan import generators
from gan.generators import TrainedGenerator
from gan.paths import checkpoints_root
from gan.runs.run import Run, State
from ui import asking, generated, live
from ui.limits import Ledger
from ui.watch import overlaid


@pytest.fixture(autouse=True)
def limits(monkeypatch) -> Ledger:
    """A minute in which nobody has asked for anything yet: all pages of a test are one visitor's."""
    ledger = Ledger()
    monkeypatch.setattr(asking, "LEDGER", ledger)
    return ledger


@pytest.fixture(autouse=True)
def nothing_seen() -> None:
    """What the test before saw of its runs is forgotten: the next one begins within the second for which it is kept."""
    live.active_name.clear()
    live.view.clear()
    overlaid.view.clear()


@pytest.fixture
def training_run(trained_run) -> Run:
    """The run `demo` as it is while it trains: this very process passes for its trainer."""
    started = psutil.Process().create_time()
    trained_run.write_status(
        replace(trained_run.status(), state=State.TRAINING, pid=os.getpid(), process_started=started)
    )
    return trained_run


@pytest.fixture
def asked(monkeypatch) -> list[generated.Walk]:
    """The walks that the page asked to film."""
    walks = []
    film = generated.walk_film

    def record(model, walk, suffix):
        walks.append(walk)
        return film(model, walk, suffix)

    monkeypatch.setattr(generated, "walk_film", record)
    return walks


@pytest.fixture
def colours(write_redrawing) -> TrainedGenerator:
    """The generator `colours`, whose task does not start from drawings."""
    write_redrawing(checkpoints_root() / "colours", task="grey")
    return generators.find_generator("colours")
