"""The shelf of runs: find, list, create, rename and delete them. What a run's folder holds stands in `gan.runs.run`."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from gan import permits
from gan.errors import ForgerError
from gan.learning.config import Config
from gan.learning.how import how
from gan.paths import check_name, elsewhere, locked, read_json, runs_root, write_json
from gan.permits import Permit
from gan.runs import shipped
from gan.runs.changes import config_now
from gan.runs.run import Run, Status


def list_runs() -> list[Run]:
    """All runs, the most recently active first; folders that are no runs are left out, and `damaged` ones."""
    found = [run for run in _look_through().values() if isinstance(run, Run)]
    return sorted(found, key=lambda run: run.status().updated, reverse=True)


def damaged() -> dict[str, str]:
    """Why a folder that was a run cannot be read, by its name, in a sentence."""
    return {name: str(why) for name, why in sorted(_look_through().items()) if isinstance(why, ForgerError)}


def _look_through() -> dict[str, Run | ForgerError]:
    """Each folder that has a run's settings, by its name: the run, or what is wrong with it."""
    found: dict[str, Run | ForgerError] = {}
    for path in runs_root().glob("[!.]*/config.json"):
        name = path.parent.name
        try:
            found[name] = find_run(name)
        except ForgerError as error:
            found[name] = error
    return found


def find_run(name: str) -> Run:
    """The run called `name`. Raises ForgerError for an unknown one, and where its settings cannot be read."""
    if shipped.is_history(name):
        return shipped.find_history(name)
    folder = runs_root() / check_name(name)
    if not folder.exists():
        raise ForgerError(f"There is no run {name!r}.")
    try:
        return Run(folder, config_now(folder, Config.from_dict(read_json(folder / "config.json"))))
    except ForgerError as error:
        raise ForgerError(f"The settings of the run {name!r} (its config.json) cannot be used: {error}") from error


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
        "how": how(run.config),
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
def one_at_a_time() -> Iterator[None]:
    """Held while a run is created, started, renamed or deleted, so that thirty clicks are one after the other."""
    with locked(runs_root() / ".lock", "Runs"):
        yield


def check_there(run: Run) -> None:
    """Raises ForgerError for a run that is gone."""
    if not run.folder.exists():  # thirty viewers: one may delete what another still looks at
        raise ForgerError(f"There is no run {run.name!r} any more.")


def free_name(wish: str) -> str:
    """`wish`, or `wish-2`, `wish-3`, ... where a run has that name already."""
    names = (wish if number == 1 else f"{wish}-{number}" for number in range(1, 10_000))
    return next(name for name in names if not (runs_root() / name).exists())


def create(name: str, config: Config, state: Path | None = None) -> Run:
    """A new run; with `state`, one that goes on from that training state. Raises ForgerError if the name is taken."""
    with one_at_a_time():
        return create_unlocked(name, config, state)


def create_unlocked(name: str, config: Config, state: Path | None = None) -> Run:
    """What `create` does, for who holds the lock."""
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
        why = f"{error.strerror or error}.{elsewhere(folder)}" if isinstance(error, OSError) else str(error)
        raise ForgerError(f"The run {name!r} could not be made: {why}") from error
    return run


def rename(permit: Permit, run: Run, name: str) -> Run:
    """Gives `run` another name. Raises ForgerError while it trains and for a name that is taken."""
    permits.check(permit)
    with one_at_a_time():
        check_there(run)
        if run.alive:
            raise ForgerError("A run cannot be renamed while it trains.")
        folder = runs_root() / check_name(name)
        if folder.exists():
            raise ForgerError(f"There is a run {name!r} already.")
        try:
            return Run(run.folder.rename(folder), run.config)
        except OSError as error:
            raise ForgerError(f"The run could not be renamed: {error.strerror}.{elsewhere(folder)}") from error


def delete(permit: Permit, run: Run) -> None:
    """Deletes `run` for good, with all its grids and checkpoints. Raises ForgerError while it trains."""
    permits.check(permit)
    with one_at_a_time():
        check_there(run)
        if run.alive:
            raise ForgerError("A run cannot be deleted while it trains; stop it first.")
        try:
            shutil.rmtree(run.folder)
        except OSError as error:
            raise ForgerError(f"The run could not be deleted: {error.strerror}.{elsewhere(run.folder)}") from error
