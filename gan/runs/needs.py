"""What runs need of the data folder, and deleting from it with regard to them."""

from pathlib import Path

from gan.data import room
from gan.data.room import Kept, What
from gan.errors import ForgerError
from gan.permits import Permit
from gan.runs.run import Run
from gan.runs.shelf import list_runs


def needed_by(kept: Kept, runs: list[Run] | None = None) -> list[Run]:
    """The runs (of all, if none are given) that learn from `kept`: it is their data set, or its array at their size."""
    sources = {_whole(source) for source in kept.sources}
    found = [run for run in (list_runs() if runs is None else runs) if _whole(run.config.data) in sources]
    return [run for run in found if kept.what != What.ARRAY or run.config.resolution == kept.resolution]


def find(name: str) -> Kept:
    """What is called so in the data folder. Raises ForgerError where there is no such thing."""
    for one in room.listing():
        if one.name == name:
            return one
    raise ForgerError(f"There is no {name!r} in the data folder: `python -m gan data --list` says what there is.")


def delete(permit: Permit, kept: Kept, force: bool = False) -> None:
    """Deletes it for good. Raises ForgerError, naming the runs, where one trains from it now; without `force` also
    where one could not go on without it; and as `gan.data.room.delete` does."""
    runs = needed_by(kept)
    if alive := [run.name for run in runs if run.alive]:
        raise ForgerError(f"“{kept.name}” is in use: {in_words(alive)} trains from it now. Stop it first.")
    if runs and not kept.comes_back and not force:
        names = in_words([run.name for run in runs])
        raise ForgerError(
            f"“{kept.name}” is needed: {names} could not be trained on without it. With --force it goes all the same."
        )
    room.delete(permit, kept)


def in_words(names: list[str]) -> str:
    """Names of runs in a sentence, the first few of many."""
    said = names[:5] + ([f"{len(names) - 5} more"] if len(names) > 5 else [])
    return " and ".join([", ".join(said[:-1]), said[-1]] if said[1:] else said)


def _whole(source: str) -> str:
    """A path as `gan.data` notes it; a built-in name as it is."""
    return str(Path(source).resolve()) if Path(source).is_absolute() else source
