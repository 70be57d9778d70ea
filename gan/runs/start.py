"""Starting and stopping a trainer, which is a process of its own.

One run trains at a time: starting takes a lock, looks for a living trainer, and writes its process into the status.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from types import MappingProxyType

import psutil

from gan import permits
from gan.data import lacks_pairs
from gan.device import check_cards, choose
from gan.errors import ForgerError
from gan.learning.config import Config
from gan.learning.knobs import check_turn
from gan.learning.team import check_shares
from gan.paths import PROJECT, cache_root, elsewhere, runs_root, write_file
from gan.permits import Permit
from gan.runs.changes import NO_CHANGE, Change
from gan.runs.requests import turned_by
from gan.runs.run import Run, State, Status
from gan.runs.shelf import active_run, check_there, create_unlocked, one_at_a_time

LOOK_SECONDS = 0.1
# On Windows, which knows no sessions: without the console that would end it with the server, and without a new one.
DETACHED = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0) | getattr(subprocess, "CREATE_NO_WINDOW", 0)
NO_TURNS: Mapping[str, float] = MappingProxyType({})


def start_new(
    permit: Permit,
    name: str,
    config: Config,
    target_images: int,
    device: str = "auto",
    processes: int = 1,
    turns: Mapping[str, float] = NO_TURNS,
) -> Run:
    """Creates a run and starts its trainer, as one act: of two clicks the second is refused.

    Its knobs are turned before its first lesson as `turns` says (see `gan.learning.knobs`).

    Raises ForgerError where a run is training already, the name is taken, its task wants pairs where there are
    none, and as `check_processes` does.
    """
    permits.check(permit)
    if missing := lacks_pairs(config.data, config.preparation):
        raise ForgerError(missing)
    check_processes(config, device, processes)
    check_turns(config, {}, turns.items(), processes)
    with one_at_a_time():
        _refuse_second()
        run = create_unlocked(name, config)
        _spawn(run, target_images, device, processes, turns)
        return run


def resume(
    permit: Permit,
    run: Run,
    target_images: int,
    device: str = "auto",
    processes: int = 1,
    turns: Mapping[str, float] = NO_TURNS,
    change: Change = NO_CHANGE,
) -> None:
    """Starts a trainer for `run` until `target_images` in all, which turns its knobs as `turns` says before it goes on,
    with other pictures or another batch size where `change` says so.

    Raises ForgerError where one is training already, and as `check_processes` and `Change.applied` do.
    """
    permits.check(permit)
    check_processes(change.applied(run.config), device, processes)
    with one_at_a_time():
        check_there(run)
        _refuse_second()
        check_turns(run.config, turned_by(run), turns.items(), processes)
        _spawn(run, target_images, device, processes, turns, change)


def check_processes(config: Config, device: str, processes: int) -> None:
    """Raises ForgerError where there is no such device, where it has fewer cards, and where so many processes cannot
    share a batch."""
    check_cards(choose(device), processes)
    check_shares(config, processes)


def check_turns(
    config: Config, turned: Mapping[str, float], turns: Iterable[tuple[str, float]], processes: int = 1
) -> list[tuple[str, float]]:
    """`turns` as they will be, after those in `turned`. Raises ForgerError for a knob that a training by `config` does
    not have, a value beyond its bounds, and several processes, which cannot be turned."""
    checked: list[tuple[str, float]] = []
    for setting, value in turns:
        if processes > 1:
            raise ForgerError("A training shared by several processes has no knobs to turn: give it one process.")
        checked.append((setting, check_turn(config, {**turned, **dict(checked)}, setting, value)))
    return checked


def claim(run: Run, target_images: int, launcher: int = 0) -> Status:
    """For the trainer process: makes this process the one at work on `run`, and returns its first heartbeat.

    The first of several processes takes over what their `launcher`, a process id, may have claimed for it. Raises
    ForgerError where another process trains, this run or another.
    """
    ours = (os.getpid(), launcher)
    with one_at_a_time():
        _refuse_second(but=ours)
        status = run.status()
        if status.state != State.PREPARING or status.pid not in ours:
            run.stop_path.unlink(missing_ok=True)  # else a page started this process, and a stop may wait already
        return _beat(run, os.getpid(), target_images)


def _refuse_second(but: tuple[int, ...] = ()) -> None:
    running = active_run()
    if running is not None and running.status().pid not in but:
        raise ForgerError(f"The run {running.name!r} is training already. Stop it first, or watch it to its end.")


def _spawn(
    run: Run,
    target_images: int,
    device: str,
    processes: int,
    turns: Mapping[str, float],
    change: Change = NO_CHANGE,
) -> None:
    goal = ["--kimg", str(target_images / 1000), "--device", device]
    goal += ["--processes", str(processes)] if processes > 1 else []
    goal += [word for setting, value in turns.items() for word in ("--turn", setting, str(value))]
    goal += change.words()
    command = [sys.executable, "-m", "gan", "resume", run.name, *goal, "--give-way"]
    # Its working folder is another one, so a relative place would mean another place.
    places = {"FORGER_RUNS": str(runs_root().resolve()), "FORGER_DATA": str(cache_root())}
    places["PYTHONUTF8"] = "1"  # or its log could not hold all letters on Windows
    try:
        run.stop_path.unlink(missing_ok=True)
        with open(run.log_path, "ab") as log:
            # Detached: it outlives the page, the browser and the server.
            process = subprocess.Popen(
                command,
                cwd=PROJECT,
                env=os.environ | places,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                creationflags=DETACHED,
            )
    except OSError as error:
        why = f"{error.strerror or error}.{elsewhere(run.folder)}"
        raise ForgerError(f"No trainer could be started for {run.name!r}: {why}") from error
    _beat(run, process.pid, target_images)


def _beat(run: Run, pid: int, target_images: int) -> Status:
    try:
        started = psutil.Process(pid).create_time()
    except psutil.Error as error:
        message = "The trainer process ended as soon as it was started."
        run.write_status(replace(run.status(), state=State.FAILED, message=message))
        raise ForgerError(message) from error
    status = replace(
        run.status(),
        state=State.PREPARING,
        message="Starting.",
        pid=pid,
        process_started=started,
        process_since_boot=max(0.0, started - psutil.boot_time()),
        target_images=target_images,
    )
    run.write_status(status)
    return status


def stop_and_wait(permit: Permit, run: Run, patience: float) -> None:
    """Asks the trainer to stop, and waits until it has saved and ended.

    Raises ForgerError where that takes longer than `patience` seconds.
    """
    request_stop(permit, run)
    until = time.monotonic() + patience
    while run.alive:
        if time.monotonic() > until:
            raise ForgerError(f"The run {run.name!r} was asked to stop and is still busy. Try again in a minute.")
        time.sleep(LOOK_SECONDS)


def request_stop(permit: Permit, run: Run) -> None:
    """Asks the trainer to stop; it sees this between two steps, saves, says from where it was stopped, and ends. No
    harm where nothing runs."""
    permits.check(permit)
    if run.alive:
        try:
            write_file(run.stop_path, permit.holder.encode())
        except ForgerError:  # the disk is full: then it stops without a word
            with suppress(OSError):
                run.stop_path.touch()
                return
            raise
