"""What a run was made for, where it was made to fail: which failure, and the good run that it is a copy of."""

import shutil
from pathlib import Path

from gan.errors import ForgerError
from gan.paths import read_json, write_json
from gan.runs import changes, contents
from gan.runs.run import Run

FILE = "failure.json"


def note_failure(run: Run, failure: str, copied: str = "") -> None:
    """Notes it in the run's folder. Raises ForgerError on a full disk."""
    write_json(run.folder / FILE, {"failure": failure, "copy_of": copied})


def failure_named(run: Run) -> str:
    """What it was made for; "" for nothing."""
    return _read(run, "failure")


def copy_of(run: Run) -> str:
    """The name of the run that `run` was made a copy of; "" where it was begun by itself."""
    return _read(run, "copy_of")


def _read(run: Run, field: str) -> str:
    known = read_json(run.folder / FILE)
    value = known.get(field) if isinstance(known, dict) else ""
    return value if isinstance(value, str) else ""


def copy_past(good: Run, run: Run) -> None:
    """Gives `run`, a new copy of `good`, its logs and grids, too. What is later than its checkpoint goes when it is
    resumed. Raises ForgerError on a full disk."""
    remembered = [good.folder / name for name in (changes.FILE, contents.FILE)]
    logs = [good.metrics_path, good.quality_path, good.verdicts_path, good.turns_path, *remembered]
    try:
        for path in filter(Path.exists, logs):
            shutil.copyfile(path, run.folder / path.name)
        shutil.copytree(good.grids_folder, run.grids_folder, dirs_exist_ok=True)
    except OSError as error:
        raise ForgerError(f"The past of {good.name!r} could not be copied: {error}") from error
