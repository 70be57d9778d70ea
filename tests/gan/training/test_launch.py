"""Processes that share one training, started as people start them: by the command, and by the page."""

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace

import psutil
import pytest
import torch

from gan import paths, runs
from gan.data import open_pictures
from gan.errors import ForgerError
from gan.permits import issue
from gan.runs.checkpoint import read_checkpoint
from gan.runs.run import State
from gan.training import launch, processes

PERMIT = issue("a test")


def until(condition: Callable[[], object]) -> None:
    while not condition():
        time.sleep(0.05)


@pytest.fixture
def command(config) -> list[str]:
    open_pictures(config.data, config.resolution)
    tiny = ["--width-g", "4", "--width-d", "4", "--resolution", "32", "--batch-size", "4", "--checkpoint-every", "16"]
    what = ["train", "--run", "demo", "--data", config.data, *tiny, "--kimg", "1000", "--measure-every", "0"]
    return [sys.executable, "-m", "gan", *what, "--device", "cpu", "--processes", "2"]


def test_a_process_that_dies_ends_the_run_and_a_page_can_resume_it(command):
    launcher = subprocess.Popen(command, cwd=paths.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: launcher.poll() is not None or ((found := runs.list_runs()) and found[0].checkpoints()))
    run = runs.find_run("demo")
    status = run.status()
    both = psutil.Process(launcher.pid).children()
    (second,) = [one for one in both if one.pid != status.pid]
    second.send_signal(signal.SIGKILL)
    _output, errors = launcher.communicate()
    assert launcher.returncode == 1
    sentence = (
        "Process 2 of 2 was killed (SIGKILL), perhaps because the memory was full. The last checkpoint is untouched."
    )
    assert sentence in errors and "Traceback" not in errors
    assert (run.status().state, run.status().message) == (State.FAILED, sentence)
    assert not any(psutil.pid_exists(one.pid) for one in both)
    newest = run.checkpoints()[-1]
    assert read_checkpoint(newest, torch.device("cpu"))["trainer"]["images_seen"] == int(newest.stem)

    saved = int(newest.stem)
    runs.resume(PERMIT, run, 10**9, "cpu", 2)
    with pytest.raises(ForgerError, match="training already"):
        runs.resume(PERMIT, run, 10**9, "cpu", 2)
    until(lambda: not run.alive or (run.status().state == State.TRAINING and int(run.checkpoints()[-1].stem) > saved))
    runs.request_stop(PERMIT, run)
    until(lambda: not run.alive)
    assert (run.status().state, run.status().message) == (State.STOPPED, "Stopped by a test.")
    assert int(run.checkpoints()[-1].stem) == run.status().images_seen > saved
    until(lambda: "demo: stopped after" in run.log_path.read_text())  # it says so after its status does
    assert run.log_path.read_text().count("demo: stopped after") == 1


def _trainers(launcher: int) -> list[psutil.Process]:
    """Those of its children that train: while it imports torch it may have others."""
    found = []
    for child in psutil.Process(launcher).children():
        with contextlib.suppress(psutil.Error):
            if "resume" in child.cmdline():
                found.append(child)
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP], ids=["Ctrl-C", "a closed terminal"])
def test_a_stop_while_the_processes_are_started_is_not_lost(command, number):
    launcher = subprocess.Popen(command, cwd=paths.PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    until(lambda: launcher.poll() is not None or _trainers(launcher.pid))
    launcher.send_signal(number)
    output, errors = launcher.communicate()
    assert (launcher.returncode, errors) == (0, "")
    run = runs.find_run("demo")
    assert run.status().state == State.STOPPED
    assert output.startswith("demo: stopped after 0 kimg")


def test_a_request_that_cannot_be_met_leaves_no_run(config):
    with pytest.raises(ForgerError, match="cannot be shared by 3 processes: choose 1, 2 or 4"):
        runs.start_new(PERMIT, "demo", config, 1000, "cpu", processes=3)
    assert runs.list_runs() == []


def test_as_many_processes_as_cards(monkeypatch):
    from gan import device as devices

    monkeypatch.setattr(devices, "count_cards", lambda: 2)
    devices.check_cards(torch.device("cuda"), 2)
    devices.check_cards(torch.device("cpu"), 3)
    with pytest.raises(ForgerError, match="this machine has 2, not 3: choose 2 processes, or the CPU"):
        devices.check_cards(torch.device("cuda"), 3)


@pytest.mark.parametrize(("state", "code"), [(State.FINISHED, 0), (State.STOPPED, 0), (State.TRAINING, 1)])
def test_who_stumbles_on_the_way_out_does_not_undo_what_is_done(config, tmp_path, state, code):
    run = runs.create("done", config)
    run.write_status(replace(run.status(), state=state))
    aborted = SimpleNamespace(exitcode=-signal.SIGABRT, signal_name=lambda: "SIGABRT")
    assert launch._explain(run, 2, {1: aborted}, tmp_path) == code
    assert run.status().state == (State.FAILED if code else state)
    assert "memory" not in run.status().message


def test_whose_launcher_is_gone_does_not_wait_for_others_for_hours(monkeypatch):
    waited, parents = [], iter([7, 7, 1])
    monkeypatch.setattr(processes.os, "getppid", lambda: next(parents))
    monkeypatch.setattr(processes.time, "sleep", waited.append)
    monkeypatch.setattr(processes.os, "_exit", lambda code: waited.append(f"exit {code}"))
    processes._end_with(7)
    assert waited == [processes.LOOK_SECONDS] * 2 + [processes.GRACE_SECONDS, "exit 1"]
