"""A wall clock that is set back or forward moves nothing: not whether a run lives, nor its seconds, nor a cache."""

import os
import time
from dataclasses import replace

import numpy as np
import psutil
import pytest

from gan import runs
from gan.runs.log import read_columns
from gan.runs.run import State
from gan.runs.start import claim
from gan.training import worker

HOUR = 3600.0


class Clock:
    ahead = 0.0


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The system's clock, and all that the system works out from it."""
    clock, now, started, boot = Clock(), time.time, psutil.Process.create_time, psutil.boot_time
    monkeypatch.setattr(time, "time", lambda: now() + clock.ahead)
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: started(self) + clock.ahead)
    monkeypatch.setattr(psutil, "boot_time", lambda: boot() + clock.ahead)
    return clock


@pytest.mark.parametrize("jump", [-HOUR, HOUR])
def test_a_run_lives_on(trained_run, clock, jump):
    claim(trained_run, 100)
    clock.ahead = jump
    assert trained_run.alive and runs.active_run().name == trained_run.name
    trained_run.write_status(trained_run.status())  # its next heartbeat
    clock.ahead = 0.0
    assert trained_run.alive


def test_another_process_of_the_same_number_is_no_trainer(trained_run, clock):
    status = claim(trained_run, 100)
    assert status.pid == os.getpid()
    trained_run.write_status(
        replace(status, process_started=status.process_started - HOUR, process_since_boot=status.process_since_boot + 1)
    )
    assert trained_run.status().state == State.INTERRUPTED


def test_a_training_counts_its_own_seconds_and_learns_the_same(trained_run, config, clock):
    run = runs.create("jumps", config)

    def jump(status):
        assert 0 <= status.seconds < HOUR and (status.seconds_left or 0) < HOUR
        clock.ahead = HOUR if clock.ahead < 0 else -HOUR

    status = worker.train(run, 40, "cpu", jump)
    assert status.state == State.FINISHED and 0 < status.seconds < HOUR and 0 < status.images_per_second < 1e6
    here, there = read_columns(run.metrics_path), read_columns(trained_run.metrics_path)
    assert (here["images_per_second"] > 0).all()
    for name in here.keys() - {"images_per_second"}:
        np.testing.assert_array_equal(here[name], there[name])


def test_caches_that_are_refreshed_go_by_a_clock_that_nobody_sets():
    from streamlit.runtime.caching import cache_utils

    assert cache_utils.TTLCACHE_TIMER is time.monotonic
