"""Two runs side by side: in words what their settings differ in, and their figures after the same number of images."""

import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL import Image

from gan.errors import ForgerError
from gan.learning.how import differences, said
from gan.paths import last_name, write_file
from gan.pictures.captioned import captioned
from gan.pictures.files import png_bytes
from gan.runs import changes
from gan.runs.grids import nearest_grids, read_grid
from gan.runs.log import read_lines
from gan.runs.purpose import copy_of
from gan.runs.requests import turns
from gan.runs.run import Run
from gan.runs.shipped import is_history
from gan.runs.snapshot import Snapshot, look

# Where these differ (the names are those of `differences`), the same networks have other losses.
LOSS_IS = {"loss", "real label", "task", "l1 weight"}
MANY = 4
HALVINGS = 5
MOST_KIMG = 1_000_000
NEAR = 0.1  # of the images seen: how far away a figure may have been measured


def source_of(run: Run) -> str:
    """What a run learned from, without where that lies."""
    return last_name(run.config.data)


def differences_of(one: Run, other: Run, named: Callable[[Run], str] = source_of) -> list[tuple[str, str, str]]:
    """Every setting by which two runs learn otherwise: its name, then either's value, in words. `named` says what a
    run's data set may be called here."""
    found = differences(one.config, other.config, apart_from=("data", "seed"))
    if not _same_source(one, other):
        names = named(one), named(other)
        found.insert(0, ("pictures", *names) if names[0] != names[1] else ("pictures", "some", "others"))
    if one.config.seed != other.config.seed:
        found.append(("seed", str(one.config.seed), str(other.config.seed)))
    return found


def in_words(one: Run, other: Run, found: Sequence[tuple[str, str, str]], brief: bool = False) -> list[str]:
    """What two runs differ in, in sentences; `found` are their `differences_of`. Where there are many, the brief ones
    leave out the values."""
    turned = [sentence for run in (one, other) for said in (_turned, _changed) if (sentence := said(run))]
    changed = any(changes.changes(run.folder) for run in (one, other))
    differing = _differing(one.name, other.name, found, brief and len(found) > MANY, changed)
    return [*_copied(one, other), differing, *turned, *_cautions(one, other)]


def _differing(one: str, other: str, found: Sequence[tuple[str, str, str]], only_names: bool, changed: bool) -> str:
    have = "have" if changed else "began with"
    if not found:
        return f"They {have} the same settings, from the same seed."
    if len(found) == 1:
        ((name, here, there),) = found
        if name == "seed":
            return f"They {have} the same settings; only the seed differs ({here} / {there}), which is chance."
        return f"{one} has {name} {here}, {other} {there}; all else that they learn by is the same."
    *first, last = (name if only_names else f"{name} ({here} / {there})" for name, here, there in found)
    order = "" if only_names else f": first {one}, then {other}"
    return f"They differ in {', '.join(first)} and {last}{order}."


def _turned(run: Run) -> str:
    """What was turned while it trained, the last turns of each knob; empty where nothing was."""
    by_knob: dict[str, list[str]] = {}
    for images, setting, value in turns(run):
        by_knob.setdefault(setting, []).append(f"{said(value)} after {images / 1000:.4g} kimg")
    words = [f"{setting.replace('_', ' ')} {', '.join(said_[-MANY:])}" for setting, said_ in by_knob.items()]
    return f"Turned meanwhile in {run.name}: {'; '.join(words)}." if words else ""


def _changed(run: Run) -> str:
    """What was changed when it was resumed; empty where nothing was."""
    words = changes.in_words(run.folder)
    return f"Changed meanwhile in {run.name}: {words}." if words else ""


def _copied(one: Run, other: Run) -> list[str]:
    pairs = (one, other), (other, one)
    return [f"{copy.name} began as a copy of {good.name}." for copy, good in pairs if copy_of(copy) == good.name]


def _cautions(one: Run, other: Run) -> list[str]:
    """Where the figures of the two are not of one scale."""
    found = []
    if {name for name, *_ in differences(one.config, other.config)} & LOSS_IS:
        found.append("Their losses are reckoned in different ways: compare how they move, not how high they are.")
    if not _same_source(one, other) or one.config.resolution != other.config.resolution:
        found.append("Each is measured against its own real pictures.")
    return found


def _same_source(one: Run, other: Run) -> bool:
    if is_history(one.name) or is_history(other.name):  # these know no more than its name
        return source_of(one) == source_of(other)
    return one.config.data == other.config.data


def look_at_both(one: Run, other: Run) -> tuple[Snapshot, Snapshot]:
    """How both stand. Measurements on different features have different scales: neither has any then."""
    seen = look(one), look(other)
    features = {found for run in (one, other) if (found := _features(run))}
    if len(features) < 2:
        return seen
    return replace(seen[0], quality={}), replace(seen[1], quality={})


def _features(run: Run) -> str:
    lines = read_lines(run.quality_path)
    return str(lines[-1].get("features")) if lines else ""


def table(one: Run, other: Run) -> list[dict[str, object]]:
    """Their figures after as many images as both have seen, and after a half, a quarter, ... of that: a line for each
    run at each of these moments at which anything was measured, with NaN for what was not. Raises ForgerError where one
    has seen nothing yet."""
    seen = look_at_both(one, other)
    reach = min(_end(run, snapshot) for run, snapshot in zip((one, other), seen, strict=True))
    lines: list[dict[str, object]] = []
    for kimg in (reach / 2**halved for halved in range(HALVINGS, -1, -1)):
        figures = [_figures_at(snapshot, kimg) for snapshot in seen]
        if not np.isnan([*figures[0].values(), *figures[1].values()]).all():
            lines += [{"kimg": kimg, "run": run.name} | own for run, own in zip((one, other), figures, strict=True)]
    return lines


def _end(run: Run, snapshot: Snapshot) -> float:
    """After how many thousands of images its last figures are from."""
    logged = snapshot.metrics.get("kimg", np.array([]))
    ends = [*logged[np.isfinite(logged)][-1:].tolist(), *(grid / 1000 for grid in snapshot.grids[-1:])]
    if not ends or max(ends) <= 0:
        raise ForgerError(f"There is nothing to compare yet: {run.name!r} has no figures.")
    return max(ends)


def _figures_at(snapshot: Snapshot, kimg: float) -> dict[str, float]:
    verdicts = {
        "kimg": np.array([one.images_seen / 1000 for one in snapshot.verdicts]),
        "diversity": np.array([one.diversity for one in snapshot.verdicts]),
        "distance": np.array([one.distance for one in snapshot.verdicts]),
    }
    wanted = {
        "loss G": (snapshot.metrics, "loss_g"), "loss D": (snapshot.metrics, "loss_d"),
        "KID": (snapshot.quality, "kid"), "pixels": (snapshot.quality, "pixels"),
        "to the eye": (snapshot.quality, "perceptual"),
        "diversity": (verdicts, "diversity"), "distance": (verdicts, "distance"),
    }  # fmt: skip
    return {label: _near(columns, name, kimg) for label, (columns, name) in wanted.items()}


def _near(columns: dict[str, np.ndarray], name: str, kimg: float) -> float:
    if name not in columns:
        return np.nan
    known = np.isfinite(columns[name]) & np.isfinite(columns["kimg"])
    if not known.any():
        return np.nan
    x, y = columns["kimg"][known], columns[name][known]
    nearest = np.argmin(np.abs(x - kimg))
    return float(y[nearest]) if abs(x[nearest] - kimg) <= NEAR * kimg else np.nan


def save_sheets(one: Run, other: Run, path: Path, kimg: float | None) -> dict[str, int]:
    """Writes both runs' grids after as many images, `kimg` thousands or as late as both go, as one PNG file.

    Returns after how many images each was drawn, by name. Raises ForgerError where a run has no grid that can be read,
    for a `kimg` that is no number of images, and where the file cannot be written.
    """
    for run in (one, other):
        if not run.grids():
            raise ForgerError(f"The run {run.name!r} has drawn nothing yet.")
    images = max(one.grids()[-1], other.grids()[-1]) if kimg is None else _images(kimg)
    counts = dict(zip((one.name, other.name), nearest_grids(one.grids(), other.grids(), images), strict=True))
    sheets = [_sheet(run, counts[run.name]) for run in (one, other)]
    captions = [f"{name}, after {images:,} images" for name, images in counts.items()]
    write_file(path, png_bytes(captioned(sheets, captions)))
    return counts


def _images(kimg: float) -> int:
    if not 0 <= kimg <= MOST_KIMG:
        raise ForgerError(f"--kimg must be from 0 to {MOST_KIMG:,}, not {kimg:g}.")
    return round(1000 * kimg)


def _sheet(run: Run, images: int) -> np.ndarray:
    try:
        return np.asarray(Image.open(io.BytesIO(read_grid(run.grids_folder, images) or b"")).convert("RGB"))
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise ForgerError(f"The grid of {run.name!r} after {images:,} images cannot be read.") from error
