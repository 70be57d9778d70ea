"""What a generator learned from, and where that lies on this machine."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from gan import runs
from gan.data import find_pictures, known, source_names, use
from gan.errors import ForgerError
from gan.generators import BEST, TrainedGenerator
from gan.paths import cache_root, last_name, read_json
from gan.runs.contents import as_learned
from gan.runs.run import Run


def run_of(model: TrainedGenerator) -> Run | None:
    """The run that `model` belongs to; None for a shipped one, and where the run's settings cannot be read."""
    if not model.name.startswith("run:"):
        return None
    try:
        return runs.find_run(model.name.removeprefix("run:").removesuffix(BEST))
    except ForgerError:
        return None


def data_name(model: TrainedGenerator) -> str:
    """What `model` learned from, without the folder where it lay."""
    return last_name(model.config.data)


def learned_from_others(model: TrainedGenerator, name: str, pictures: int) -> bool:
    """Whether `model` learned from other pictures than those called `name`, so many, as far as its card tells."""
    data = model.card.get("data")
    given = {"source": name, "pictures": pictures}
    return isinstance(data, dict) and any(data.get(key, value) != value for key, value in given.items())


def source_of(model: TrainedGenerator) -> str | None:
    """The pictures that `model` learned from, as `open_pictures` takes them; None where that would need a download.

    A run knows where they lie. A card knows no more than a name and a number, so that it can travel: these are
    looked up among the sources that were opened on this machine before.
    """
    run = run_of(model)
    source = run.config.data if run else data_name(model)
    if source in source_names():
        here = source not in known.KNOWN or known.is_fetched(source) or source in _opened_before(source)
        return source if here else None
    if run:
        return source if Path(source).exists() else None
    data = model.card.get("data")
    count = data.get("pictures") if isinstance(data, dict) else None
    there = (path for path, found in _opened_before(source).items() if count in (found, None) and Path(path).exists())
    return next(there, None)


def with_own_split(model: TrainedGenerator, source: str) -> Run | None:
    """The run of `model`, where it remembers another split of the pictures of `source` than they have by themselves;
    else None, as for pictures that were not prepared here yet."""
    run = run_of(model)
    pictures = find_pictures(source, model.config.resolution, model.config.preparation) if run else None
    return run if pictures is not None and as_learned(run, pictures) is not pictures else None


def _opened_before(name: str) -> dict[str, int]:
    """The sources of that name that have a cached array, with how many pictures each has."""
    return {source: count for source, count in _cached() if Path(source).name == name}


def _cached() -> Iterator[tuple[str, int]]:
    for path in sorted((cache_root() / "cache").glob("*/info.json")):
        info = read_json(path)
        try:
            count = len(np.load(path.with_name("pictures.npy"), mmap_mode="r"))
            yield from ((source, count) for source in dict.fromkeys([str(info["source"]), *use.sources(path.parent)]))
        except (OSError, ValueError, TypeError, KeyError, EOFError):  # damaged: made again when it is opened
            continue
