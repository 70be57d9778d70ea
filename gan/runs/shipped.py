"""The training behind a shipped generator: its pictures over time and its figures, to look at without training.

They lie in the generator's folder as a run of their own, `checkpoints/NAME/history/`, without checkpoints.
"""

import io
import json
import shutil
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.learning.kinds import kind_of
from gan.paths import check_name, checkpoints_root, last_name, read_json, write_json
from gan.pictures.files import jpeg_bytes
from gan.runs import grids
from gan.runs.run import Run, State

FOLDER = "history"
# No run of a person's own can be called so.
MARK = " (shipped)"
GRIDS = 60
MOST_BYTES = 2_000_000  # of a history, whose generator ships in a repository
LINES = 400  # of a log: more points than a chart has pixels for
QUALITY = 75  # of the pictures, where they would be too many bytes as they are


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
    """Copies what viewers see of `run` into `folder`/history: settings, logs, up to 60 grids (more of the early ones),
    in no more than `MOST_BYTES`.

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
    kept = _spread(run.grids())
    for log in ("metrics_path", "quality_path"):
        _copy_thinned(getattr(run, log), getattr(target, log))
    _copy_thinned(run.verdicts_path, target.verdicts_path, _of_grids(kept))
    room = MOST_BYTES - sum(path.stat().st_size for path in target.folder.glob("*.*"))
    for images, content in _within(room, run.grids_folder, kept).items():
        grids.grid_path(target.grids_folder, images).write_bytes(content)


def take_history(folder: Path, run: Run) -> None:
    """Gives `run`, which goes on with the training behind the generator in `folder`, the grids and figures that this
    brought; without the grids where `run` draws others. Raises ForgerError on a full disk and for a broken history."""
    source = Run(folder / FOLDER, run.config)
    if not source.folder.exists():
        return
    theirs = Config.from_dict(read_json(source.folder / "config.json"))
    logs = ["metrics_path", "quality_path"]
    alike = all(getattr(theirs, name) == getattr(run.config, name) for name in ("seed", "sample_count"))
    try:
        if alike:
            logs.append("verdicts_path")
            shutil.copytree(source.grids_folder, run.grids_folder, dirs_exist_ok=True)
        for log in logs:
            if getattr(source, log).exists():
                shutil.copyfile(getattr(source, log), getattr(run, log))
    except OSError as error:
        raise ForgerError(f"The history could not be copied: {error.strerror or error}.") from error


def _copy_thinned(source: Path, target: Path, wanted: Callable[[str], bool] = lambda line: True) -> None:
    """Copies the `wanted` lines of a log, if there is one: at most `LINES`, evenly spread, with the last."""
    if not source.exists():
        return
    lines = list(filter(wanted, source.read_text(encoding="utf-8").splitlines(keepends=True)))
    if len(lines) > LINES:
        lines = [lines[index] for index in np.linspace(0, len(lines) - 1, LINES).round().astype(int)]
    target.write_text("".join(lines), encoding="utf-8")


def _of_grids(kept: Collection[int]) -> Callable[[str], bool]:
    """Whether a line of verdicts is about one of the `kept` grids; one that is torn is not."""

    def wanted(line: str) -> bool:
        try:
            return json.loads(line)["images"] in kept
        except (ValueError, KeyError, TypeError):
            return False

    return wanted


def _within(room: int, folder: Path, kept: list[int]) -> dict[int, bytes]:
    """The files of these grids that fit into so many bytes: pressed harder, and fewer, where they would not."""
    files = {images: grids.grid_path(folder, images).read_bytes() for images in kept}
    if sum(map(len, files.values())) > room:
        files = {images: _pressed(content) for images, content in files.items()}
    count = len(files)
    while sum(map(len, files.values())) > room and count > 2:
        count -= 1
        files = {images: files[images] for images in _spread(list(files), count)}
    return files


def _pressed(content: bytes) -> bytes:
    return jpeg_bytes(np.asarray(Image.open(io.BytesIO(content)).convert("RGB")), QUALITY)


def _spread(drawn: list[int], count: int = GRIDS) -> list[int]:
    """About `count` of them, closer together at the start, where more changes."""
    if len(drawn) <= count:
        return drawn
    return [drawn[index] for index in np.unique((np.linspace(0, 1, count) ** 2 * (len(drawn) - 1)).round().astype(int))]
