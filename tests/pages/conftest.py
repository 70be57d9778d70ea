"""A generator whose pictures differ, without any training; and a run that trains, without a trainer."""

import os
from dataclasses import replace

import psutil
import pytest

from gan import generators
from gan.generators import TrainedGenerator
from gan.runs.run import Run, State


@pytest.fixture
def lively(shipped) -> TrainedGenerator:
    """The shipped generator `cats` with big weights: every latent makes another pattern."""
    generator = generators.load_generator(shipped)
    for weights in generator.parameters():
        if weights.dim() > 1:
            weights.mul_(20)
    generators.save_generator(shipped.folder, generator, shipped.card)
    return shipped


@pytest.fixture
def training_run(trained_run) -> Run:
    """The run `demo` as it is while it trains: this very process passes for its trainer."""
    started = psutil.Process().create_time()
    trained_run.write_status(
        replace(trained_run.status(), state=State.TRAINING, pid=os.getpid(), process_started=started)
    )
    return trained_run
