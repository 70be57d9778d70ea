"""A run's training states on disk: the newest few, each written whole or not at all, and found again after a crash."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch

from gan.errors import ForgerError
from gan.paths import write_file
from gan.runs.run import Run


def write_checkpoint(run: Run, images_seen: int, state: dict[str, Any]) -> None:
    """Keeps `state`, and of older ones as many as the run's settings say. Raises ForgerError on a full disk."""
    # In memory first: on a full disk torch.save itself would say something that nobody understands.
    content = io.BytesIO()
    torch.save(state, content)
    write_file(run.checkpoints_folder / f"{images_seen:010d}.pt", content.getbuffer())
    for path in run.checkpoints()[: -run.config.keep_checkpoints]:
        path.unlink()


def load_newest(run: Run, device: torch.device, load: Callable[[dict[str, Any]], None]) -> None:
    """Gives the newest state that can be read to `load`; nothing where there is none yet.

    Raises ForgerError where none of several can be read, and whatever ForgerError `load` raises.
    """
    broken = []
    for path in reversed(run.checkpoints()):
        try:
            load(read_checkpoint(path, device))
            break
        except ForgerError:
            raise
        except Exception as error:  # torch names no type for a torn file
            print(f"{path.name} cannot be read ({error}); trying the one before it.", flush=True)
            broken.append(path)
    else:
        if broken:
            raise ForgerError("None of this run's checkpoints can be read; start a new run.")
    for path in broken:  # or it would pass for the newest, and push out good ones
        path.rename(path.with_suffix(".broken"))


def read_checkpoint(path: Path, device: torch.device) -> dict[str, Any]:
    """The state in a file. For one that is torn or damaged, raises whatever zipfile and torch raise, or ValueError."""
    # torch.load takes a flipped bit for a number; the sums in the file know better.
    with zipfile.ZipFile(path) as archive:
        if torn := archive.testzip():
            raise ValueError(f"{torn} is damaged")
    return torch.load(path, map_location=device, weights_only=True)
