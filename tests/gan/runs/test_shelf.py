import errno
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
from dataclasses import fields, replace
from pathlib import Path

import psutil
import pytest
import torch

from gan import paths, runs
from gan.data import open_pictures
from gan.errors import ForgerError
from gan.generators import list_generators
from gan.learning.config import configure
from gan.permits import issue
from gan.runs import start
from gan.runs.run import Run, State, Status
from gan.runs.snapshot import look
from gan.training.pace import noted

PERMIT = issue("a test")


@pytest.fixture
def no_survivors():
    """Trainer processes that a test started end with it, also where it fails."""
    yield
    for run in runs.list_runs():
        if run.alive:
            psutil.Process(run.status().pid).kill()


@pytest.fixture
def idle_trainer(tmp_path, monkeypatch, no_survivors):
    """Trainer processes that start at once and do nothing."""
    script = tmp_path / "idle"
    script.write_text("#!/bin/sh\nexec sleep 300\n")
    script.chmod(0o755)
    monkeypatch.setattr(start.sys, "executable", str(script))


def alive_here(run: Run) -> None:
    """Makes `run` look as if this very process trained it."""
    started = psutil.Process().create_time()
    run.write_status(Status(state=State.TRAINING, pid=os.getpid(), process_started=started))


def ended_process() -> subprocess.Popen:
    """A process that has ended, not waited for yet: a zombie."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    while psutil.Process(process.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    return process


def test_a_new_run(config):
    run = runs.create("demo", config)
    assert runs.find_run("demo") == run
    assert runs.list_runs() == [run]
    assert run.status().state == State.NEW
    assert (run.checkpoints(), run.grids(), run.alive) == ([], [], False)


@pytest.mark.parametrize(
    "name", ["../x", "..", "", "a/b", "/tmp/x", ".hidden", "a b", "x" * 49, "demo\n", "ümlaut", "-x"]
)
def test_names_that_lead_elsewhere_are_refused(config, own_folders, name):
    for act in (
        lambda: runs.create(name, config),
        lambda: runs.find_run(name),
        lambda: runs.start_new(PERMIT, name, config, 1000),
    ):
        with pytest.raises(ForgerError, match="cannot be a name"):
            act()
    run = runs.create("demo", config)
    with pytest.raises(ForgerError, match="cannot be a name"):
        runs.rename(PERMIT, run, name)
    assert [path.name for path in own_folders.rglob("config.json")] == ["config.json"]


def test_a_name_is_given_once(config):
    runs.create("demo", config)
    with pytest.raises(ForgerError, match="'demo' already"):
        runs.create("demo", config)
    assert runs.free_name("demo") == "demo-2"
    runs.create("demo-2", config)
    assert runs.free_name("demo") == "demo-3"
    assert runs.free_name("other") == "other"


def test_runs_are_listed_the_most_recently_active_first(config, monkeypatch):
    clock = iter(range(100, 200))
    monkeypatch.setattr("gan.runs.run.time.time", lambda: next(clock))
    first, second = runs.create("first", config), runs.create("second", config)
    assert [run.name for run in runs.list_runs()] == ["second", "first"]
    first.write_status(first.status())
    assert [run.name for run in runs.list_runs()] == ["first", "second"]
    assert second.status().updated == 101


def test_no_runs_at_all():
    assert runs.list_runs() == []
    assert runs.active_run() is None
    with pytest.raises(ForgerError, match="no run 'demo'"):
        runs.find_run("demo")


HOSTILE_SETTINGS = [
    "",
    "no JSON",
    "[]",
    "null",
    "{}",
    "[" * 100_000,
    '{"data": "\\u0000"}',
    b"\xff\xfe\x00",
]


@pytest.mark.parametrize("content", HOSTILE_SETTINGS, ids=range(len(HOSTILE_SETTINGS)))
def test_hostile_settings_are_refused_and_do_not_hide_other_runs(config, content):
    good, bad = runs.create("good", config), runs.create("bad", config)
    path = bad.folder / "config.json"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ForgerError):
        runs.find_run("bad")
    assert runs.list_runs() == [good]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("width_g", 10**9), ("batch_size", "4; rm -rf /"), ("learning_rate_g", 10**400), ("flips", {}), ("data", [])],
)
def test_hostile_values_are_refused_and_do_not_hide_other_runs(config, setting, value):
    good, bad = runs.create("good", config), runs.create("bad", config)
    (bad.folder / "config.json").write_text(json.dumps(config.to_dict() | {setting: value}))
    with pytest.raises(ForgerError, match=setting):
        runs.find_run("bad")
    assert runs.list_runs() == [good]


@pytest.mark.parametrize(
    "status",
    [
        [1],
        "text",
        7,
        {"surprise": 1},
        {"state": 5},
        {"state": "training", "pid": "1"},
        {"state": "training", "pid": -1},
        {"state": "training", "pid": 10**30},
        {"state": "training", "pid": 1, "process_started": 10**400},
        {"updated": "now"},
    ],
)
def test_a_hostile_status_neither_blocks_nor_breaks(config, status):
    run = runs.create("demo", config)
    (run.folder / "status.json").write_text(json.dumps(status))
    assert not run.alive
    assert run.status().state in (State.FAILED, State.INTERRUPTED)
    assert [found.name for found in runs.list_runs()] == ["demo"]
    assert runs.active_run() is None


def test_a_process_that_died_without_a_word_does_not_block(config):
    run = runs.create("demo", config)
    process = ended_process()
    started = psutil.Process(process.pid).create_time()
    run.write_status(Status(state=State.TRAINING, pid=process.pid, process_started=started))
    assert run.status().state == State.INTERRUPTED  # a zombie: the page that started it has not looked after it yet
    process.wait()
    assert run.status().state == State.INTERRUPTED
    assert runs.active_run() is None
    assert runs.rename(PERMIT, run, "other").name == "other"


def test_a_recycled_process_number_does_not_block(config):
    run = runs.create("demo", config)
    alive_here(run)
    assert run.alive
    run.write_status(replace(run.status(), process_started=psutil.Process().create_time() - 3600))
    assert run.status().state == State.INTERRUPTED
    runs.delete(PERMIT, run)
    assert runs.list_runs() == []


def test_while_a_run_trains_nothing_else_starts_and_it_is_neither_renamed_nor_deleted(config):
    run, other = runs.create("demo", config), runs.create("other", config)
    alive_here(run)
    assert runs.active_run() == run
    for act in (
        lambda: runs.start_new(PERMIT, "third", config, 1000),
        lambda: runs.resume(PERMIT, other, 1000),
        lambda: runs.resume(PERMIT, run, 1000),
    ):
        with pytest.raises(ForgerError, match="'demo' is training already"):
            act()
    with pytest.raises(ForgerError, match="renamed while it trains"):
        runs.rename(PERMIT, run, "fourth")
    with pytest.raises(ForgerError, match="deleted while it trains"):
        runs.delete(PERMIT, run)
    assert {path.parent.name for path in paths.runs_root().glob("*/config.json")} == {"demo", "other"}
    assert runs.rename(PERMIT, other, "third").name == "third"  # the others are free


def test_rename_and_delete(trained_run):
    renamed = runs.rename(PERMIT, trained_run, "better-name")
    assert runs.list_runs() == [renamed]
    assert renamed.grids() == [0, 16, 32, 40]
    runs.create("taken", renamed.config)
    with pytest.raises(ForgerError, match="'taken' already"):
        runs.rename(PERMIT, renamed, "taken")
    runs.delete(PERMIT, renamed)
    assert not renamed.folder.exists()
    assert [run.name for run in runs.list_runs()] == ["taken"]


def test_what_another_viewer_has_deleted_is_said_in_words(trained_run):
    runs.delete(PERMIT, trained_run)
    for act in (
        lambda: runs.delete(PERMIT, trained_run),
        lambda: runs.rename(PERMIT, trained_run, "other"),
        lambda: runs.resume(PERMIT, trained_run, 1000),
    ):
        with pytest.raises(ForgerError, match="no run 'demo' any more"):
            act()
    runs.request_stop(PERMIT, trained_run)  # no harm
    assert not trained_run.folder.exists()


def test_a_stop_request_where_nothing_runs_leaves_nothing_behind(trained_run):
    runs.request_stop(PERMIT, trained_run)
    assert not trained_run.stop_path.exists()


def test_of_many_clicks_on_start_one_starts(config, idle_trainer):
    barrier, outcomes = threading.Barrier(8), []

    def click(number: int) -> None:
        barrier.wait()
        try:
            outcomes.append(runs.start_new(PERMIT, f"click-{number}", config, 1000).name)
        except ForgerError as error:
            assert "is training already" in str(error)

    threads = [threading.Thread(target=click, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(outcomes) == 1
    assert [run.name for run in runs.list_runs()] == outcomes
    run = runs.active_run()
    assert (run.name, run.status().state, run.status().target_images) == (outcomes[0], State.PREPARING, 1000)
    assert run.status().pid != os.getpid()
    runs.request_stop(PERMIT, run)
    assert run.stop_path.exists()


def test_a_resume_goes_on_towards_the_new_goal(trained_run, idle_trainer):
    trained_run.stop_path.touch()
    runs.resume(PERMIT, trained_run, 96)
    status = trained_run.status()
    assert (status.state, status.target_images, status.images_seen) == (State.PREPARING, 96, 40)
    assert not trained_run.stop_path.exists()  # an old request is not for this process


def test_of_several_trainer_processes_one_trains(config, forked):
    open_pictures(config.data, config.resolution)
    for name in ("one", "two", "three"):
        runs.create(name, config)
    outcomes = forked("race", ["one", "two", "three"])
    assert sorted(outcomes.values()) == [0, 2, 2]
    for name, outcome in outcomes.items():
        run = runs.find_run(name)
        assert (run.status().state, len(run.checkpoints()) > 0) == (
            (State.STOPPED, True) if outcome == 0 else (State.NEW, False)
        )


def test_a_real_process_starts_detached_and_obeys_a_stop_that_came_before_it_was_ready(config, no_survivors):
    run = runs.start_new(PERMIT, "demo", config, 10**9, "cpu")
    runs.request_stop(PERMIT, run)  # it is still importing PyTorch
    assert run.stop_path.exists()
    pid = run.status().pid
    assert os.getsid(pid) == pid != os.getsid(0)  # no terminal, browser or server takes it along
    with pytest.raises(ForgerError, match="training already"):
        runs.start_new(PERMIT, "second", config, 1000)
    patience = time.monotonic() + 60
    while run.alive and time.monotonic() < patience:
        time.sleep(0.1)
    status = run.status()
    assert (status.state, status.message, status.images_seen) == (
        State.STOPPED,
        "The pictures were still being prepared. Stopped by a test.",
        0,
    )
    assert not run.stop_path.exists()
    assert "Traceback" not in run.log_path.read_text()


def test_a_run_that_cannot_be_made_leaves_nothing_behind(config, monkeypatch):
    def full(*arguments):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(paths.os, "replace", full)
    with pytest.raises(ForgerError, match=r"'demo' could not be made.*No space left on device"):
        runs.create("demo", config)
    assert not (paths.runs_root() / "demo").exists()


def test_a_state_that_is_not_there(config, tmp_path):
    with pytest.raises(ForgerError, match="could not be made"):
        runs.create("demo", config, state=tmp_path / "nothing.pt")
    assert not (paths.runs_root() / "demo").exists()


def test_a_place_where_no_runs_can_be_kept(config, tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("FORGER_RUNS", str(tmp_path / "file" / "runs"))
    with pytest.raises(ForgerError, match="Runs cannot be kept in"):
        runs.create("demo", config)


def test_time_left():
    assert Status(target_images=1000).seconds_left is None
    assert Status(images_seen=400, target_images=1000, images_per_second=20.0).seconds_left == 30
    assert Status(images_seen=1200, target_images=1000, images_per_second=20.0).seconds_left == 0


def test_settings_are_frozen_in_the_folder(config):
    run = runs.create("demo", configure(config, learning_rate_g=1.5e-4))
    assert json.loads(Path(run.folder, "config.json").read_text())["learning_rate_g"] == 1.5e-4


@pytest.mark.parametrize("content", ["", "{", "[]", "null", "\xff", '{"loss": NaN}', "[" * 100_000])
def test_a_run_whose_settings_are_damaged_is_named_and_hides_no_others(config, content):
    for name in ("good", "bad"):
        runs.create(name, config)
    (paths.runs_root() / "bad" / "config.json").write_text(content)
    assert [run.name for run in runs.list_runs()] == ["good"]
    assert list(runs.damaged()) == ["bad"]
    assert "'bad'" in runs.damaged()["bad"] and "config.json" in runs.damaged()["bad"]


HOSTILE_NUMBERS = ("NaN", "Infinity", "-Infinity", "1e999", "9" * 400, "1e300", "-1", "-1e300", "null", '"8"', "[8]")


@pytest.mark.parametrize("number", HOSTILE_NUMBERS)
@pytest.mark.parametrize("field", [item.name for item in fields(Status) if item.type in (int, float)])
def test_a_status_with_numbers_that_cannot_be_is_said_to_be_unreadable(config, field, number):
    run = runs.create("demo", config)
    values = json.loads((run.folder / "status.json").read_text())
    text = json.dumps(values | {field: "HERE"}).replace('"HERE"', number)
    (run.folder / "status.json").write_text(text)
    assert run.status().state == State.FAILED
    assert "cannot be read" in run.status().message
    assert runs.summary(run)["kimg"] == 0


@pytest.mark.parametrize("seed", range(5))
def test_no_damage_to_its_files_makes_a_run_unlistable(trained_run, seed):
    """Values of its files are exchanged for others of every kind, and bytes for others."""
    rng = random.Random(seed)
    names = ("config.json", "status.json", "metrics.jsonl", "quality.jsonl", "pace.json", "card.json")
    whole = {name: (trained_run.folder / name).read_bytes() for name in names if (trained_run.folder / name).exists()}
    assert {"config.json", "status.json", "metrics.jsonl", "card.json"} <= set(whole)
    values = [*HOSTILE_NUMBERS, "1", "0", "true", "{}", '""', '"' + "x" * 5000 + '"', "[" * 5000]
    for _ in range(150):
        name = rng.choice(list(whole))
        text = whole[name].decode()
        if rng.random() < 0.7:
            places = [match.span(1) for match in re.finditer(r'":\s*([^,{}\[\]]+)', text)]
            start, end = rng.choice(places)
            text = text[:start] + rng.choice(values) + text[end:]
            content = text.encode()
        else:
            content = bytearray(whole[name])
            for _ in range(rng.randint(1, 20)):
                content[rng.randrange(len(content))] = rng.randrange(256)
        (trained_run.folder / name).write_bytes(content)
        for run in runs.list_runs():
            runs.summary(run)
            look(run)
        runs.damaged()
        noted(trained_run.config, torch.device("cpu"))
        for model in list_generators():
            assert isinstance(model.title, str) and isinstance(model.images_seen, int)
        (trained_run.folder / name).write_bytes(whole[name])
    assert [run.name for run in runs.list_runs()] == [trained_run.name]
