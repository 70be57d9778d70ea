"""The training behind a shipped generator: its pictures over time and its figures, to look at without training.

They lie in the generator's folder as a run of their own, `checkpoints/NAME/history/`, without checkpoints.
"""

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np

from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.learning.kinds import kind_of
from gan.paths import check_name, checkpoints_root, last_name, read_json, write_json
from gan.runs import grids
from gan.runs.run import Run, State

FOLDER = "history"
# No run of a person's own can be called so.
MARK = " (shipped)"
GRIDS = 60


def list_histories() -> list[Run]:
    """The trainings that ship, by name; broken ones are left out."""
    found = []
    for path in sorted(checkpoints_root().glob(f"[!.]*/{FOLDER}/config.json")):
        try:
            found.append(find_history(path.parent.parent.name + MARK))
        except ForgerError:
            continue
    return found


def is_history(name: str) -> bool:
    """Whether `name` is that of a shipped training, such as "cats (shipped)"."""
    return name.endswith(MARK)


def find_history(name: str) -> Run:
    """The shipped training called `name`. Raises ForgerError where there is none that can be read."""
    folder = checkpoints_root() / check_name(name.removesuffix(MARK)) / FOLDER
    if not folder.exists():
        raise ForgerError(f"No training was shipped with the generator {name.removesuffix(MARK)!r}.")
    return Run(folder, Config.from_dict(read_json(folder / "config.json")), called=name)


def write_history(run: Run, folder: Path) -> None:
    """Copies what viewers see of `run` into `folder`/history: settings, logs, about 60 grids (more of the early ones).

    Raises OSError where the disk is full, and ForgerError for a run that redraws: its grids show pictures of its data
    set, which are not for everybody.
    """
    if kind_of(run.config).shows_data:
        raise ForgerError("The grids of a training that redraws show its data set's own pictures; they stay here.")
    target = Run(folder / FOLDER, configure(run.config, data=last_name(run.config.data)))
    target.grids_folder.mkdir(parents=True)
    write_json(target.folder / "config.json", target.config.to_dict())
    status = run.status()
    # Here it ends where it came to, and whose process it was is nobody's business.
    ended = replace(
        status,
        state=State.FINISHED,
        target_images=status.images_seen,
        pid=0,
        process_started=0.0,
        process_since_boot=0.0,
        message="",
    )
    target.write_status(ended)
    for log in ("metrics_path", "quality_path", "verdicts_path"):
        if getattr(run, log).exists():
            shutil.copyfile(getattr(run, log), getattr(target, log))
    for images in _spread(run.grids()):
        shutil.copyfile(grids.grid_path(run.grids_folder, images), grids.grid_path(target.grids_folder, images))


def _spread(drawn: list[int]) -> list[int]:
    """About `GRIDS` of them, closer together at the start, where more changes."""
    if len(drawn) <= GRIDS:
        return drawn
    return [drawn[index] for index in np.unique((np.linspace(0, 1, GRIDS) ** 2 * (len(drawn) - 1)).round().astype(int))]
