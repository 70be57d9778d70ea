"""All runs: create, list, start, stop, rename, delete. What a run's folder holds stands in gan/run.py.

One run trains at a time: starting takes a lock, looks for a living trainer, and writes its process into the status.
"""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from filelock import FileLock

from gan import shipped
from gan.config import Config
from gan.data.store import cache_root
from gan.errors import ForgerError
from gan.paths import PROJECT, check_name, read_json, runs_root, write_json
from gan.run import Run, State, Status


def list_runs() -> list[Run]:
    """All runs, the most recently active first; folders that are no runs are left out."""
    found = []
    for path in runs_root().glob("[!.]*/config.json"):
        try:
            found.append(find_run(path.parent.name))
        except ForgerError:
            continue
    return sorted(found, key=lambda run: run.status().updated, reverse=True)


def find_run(name: str) -> Run:
    """The run called `name`. Raises ForgerError for an unknown one, and where its settings cannot be read."""
    if shipped.is_history(name):
        return shipped.find_history(name)
    folder = runs_root() / check_name(name)
    if not folder.exists():
        raise ForgerError(f"There is no run {name!r}.")
    return Run(folder, Config.from_dict(read_json(folder / "config.json")))


def summary(run: Run) -> dict[str, Any]:
    """What a list of runs says about one: plain values, ready for JSON or a table."""
    status = run.status()
    return {
        "name": run.name,
        "state": status.state,
        "kimg": status.images_seen / 1000,
        "target_kimg": status.target_images / 1000,
        "data": run.config.data,
        "resolution": run.config.resolution,
        "images_per_second": round(status.images_per_second, 1),
        "seconds": round(status.seconds),
        "device": status.device,
        "message": status.message,
        "folder": str(run.folder),
    }


def active_run() -> Run | None:
    """The run that is training now, if any."""
    return next((run for run in list_runs() if run.alive), None)


@contextmanager
def _starting():
    """Held while a run is created, started, renamed or deleted, so that thirty clicks are one after the other."""
    root = runs_root()
    lock = FileLock(root / ".lock")
    try:
        root.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise ForgerError(f"Runs cannot be kept in {root}: {error.strerror}.") from error
    try:
        yield
    finally:
        lock.release()


def _check_there(run: Run) -> None:
    if not run.folder.exists():  # thirty viewers: one may delete what another still looks at
        raise ForgerError(f"There is no run {run.name!r} any more.")


def free_name(wish: str) -> str:
    """`wish`, or `wish-2`, `wish-3`, ... where a run has that name already."""
    names = (wish if number == 1 else f"{wish}-{number}" for number in range(1, 10_000))
    return next(name for name in names if not (runs_root() / name).exists())


def create(name: str, config: Config, state: Path | None = None) -> Run:
    """A new run; with `state`, one that goes on from that training state. Raises ForgerError if the name is taken."""
    with _starting():
        return _create(name, config, state)


def _create(name: str, config: Config, state: Path | None = None) -> Run:
    folder = runs_root() / check_name(name)
    if folder.exists():
        raise ForgerError(f"There is a run {name!r} already; resume it, or choose another name.")
    run = Run(folder, config)
    try:
        run.checkpoints_folder.mkdir(parents=True)
        run.grids_folder.mkdir()
        if state is not None:
            shutil.copyfile(state, run.checkpoints_folder / "0000000000.pt")
        write_json(folder / "config.json", config.to_dict())
        run.write_status(Status())
    except (OSError, ForgerError) as error:
        shutil.rmtree(folder, ignore_errors=True)  # half a run would be in the way of its own name
        raise ForgerError(f"The run {name!r} could not be made: {error}") from error
    return run


def start_new(name: str, config: Config, target_images: int, device: str = "auto", state: Path | None = None) -> Run:
    """Creates a run and starts its trainer, as one act: of two clicks the second is refused.

    Raises ForgerError where a run is training already or the name is taken.
    """
    with _starting():
        _refuse_second()
        run = _create(name, config, state)
        _spawn(run, target_images, device)
        return run


def resume(run: Run, target_images: int, device: str = "auto") -> None:
    """Starts a trainer for `run` until `target_images` in all. Raises ForgerError where one is training already."""
    with _starting():
        _check_there(run)
        _refuse_second()
        _spawn(run, target_images, device)


def claim(run: Run, target_images: int) -> Status:
    """For the trainer process: makes this process the one at work on `run`, and returns its first heartbeat.

    Raises ForgerError where another process trains, this run or another.
    """
    with _starting():
        _refuse_second(but=os.getpid())
        status = run.status()
        if (status.state, status.pid) != (State.PREPARING, os.getpid()):
            run.stop_path.unlink(missing_ok=True)  # else a page started this process, and a stop may wait already
        return _beat(run, os.getpid(), target_images)


def _refuse_second(but: int = 0) -> None:
    running = active_run()
    if running is not None and running.status().pid != but:
        raise ForgerError(f"The run {running.name!r} is training already. Stop it first, or watch it to its end.")


def _spawn(run: Run, target_images: int, device: str) -> None:
    run.stop_path.unlink(missing_ok=True)
    goal = ["--kimg", str(target_images / 1000), "--device", device]
    command = [sys.executable, "-m", "gan", "resume", run.name, *goal, "--give-way"]
    # Its working folder is another one, so a relative place would mean another place.
    places = {"FORGER_RUNS": str(runs_root().resolve()), "FORGER_DATA": str(cache_root())}
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
        )
    _beat(run, process.pid, target_images)


def _beat(run: Run, pid: int, target_images: int) -> Status:
    started = psutil.Process(pid).create_time()
    status = replace(
        run.status(),
        state=State.PREPARING,
        message="Starting.",
        pid=pid,
        process_started=started,
        target_images=target_images,
    )
    run.write_status(status)
    return status


def request_stop(run: Run) -> None:
    """Asks the trainer to stop; it sees this between two steps, saves and ends. No harm where nothing runs."""
    if run.alive:
        run.stop_path.touch()


def rename(run: Run, name: str) -> Run:
    """Gives `run` another name. Raises ForgerError while it trains and for a name that is taken."""
    with _starting():
        _check_there(run)
        if run.alive:
            raise ForgerError("A run cannot be renamed while it trains.")
        folder = runs_root() / check_name(name)
        if folder.exists():
            raise ForgerError(f"There is a run {name!r} already.")
        try:
            return Run(run.folder.rename(folder), run.config)
        except OSError as error:
            raise ForgerError(f"The run could not be renamed: {error.strerror}.") from error


def delete(run: Run) -> None:
    """Deletes `run` for good, with all its grids and checkpoints. Raises ForgerError while it trains."""
    with _starting():
        _check_there(run)
        if run.alive:
            raise ForgerError("A run cannot be deleted while it trains; stop it first.")
        try:
            shutil.rmtree(run.folder)
        except OSError as error:
            raise ForgerError(f"The run could not be deleted: {error.strerror}.") from error
