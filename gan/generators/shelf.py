"""The shelf of generators: those that ship and those of runs, each with its card; found, loaded, kept, taken away.

A generator is named `cats` (a folder of checkpoints/), `run:demo` (the averaged generator of a run) or
`run:demo/best` (the one of that run that came closest to real pictures, where it is not the last). What its
folder holds stands in `gan.generators.folder`.
"""

import io
import math
import shutil
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from gan import permits
from gan.errors import ForgerError
from gan.generators import folder as files
from gan.generators.folder import CARD, DISCRIMINATOR, WEIGHTS
from gan.learning.config import Config
from gan.networks import new_discriminator, new_generator
from gan.paths import check_name, checkpoints_root, elsewhere, read_json, runs_root, write_json
from gan.permits import Permit
from gan.runs.run import Run
from gan.runs.shipped import write_history

BEST = "/best"


@dataclass(frozen=True)
class TrainedGenerator:
    """Where a generator lies and what its card says. `name` is what people type: `cats`, `run:demo`."""

    name: str
    folder: Path
    card: dict[str, Any]

    @property
    def title(self) -> str:
        """A run's generator is called as the run is now; a shipped one as its card says."""
        if self.name.startswith("run:"):
            return self.name.removeprefix("run:").replace(BEST, " (its best)")
        return str(self.card.get("title") or self.name)

    @property
    def images_seen(self) -> int:
        """What it was trained for; 0 where the card does not say."""
        images = self.card.get("images_seen")
        return images if isinstance(images, int) else 0

    @property
    def about(self) -> dict[str, str]:
        """What the card says to people: data, authors, terms, strengths and weaknesses."""
        about = self.card.get("about")
        return about if isinstance(about, dict) else {}

    @cached_property
    def config(self) -> Config:
        """The settings it was trained with."""
        return Config.from_dict(self.card.get("config"))

    @property
    def kind(self) -> str:
        """What kind of GAN it comes from, by what goes in: see `gan.learning.kinds`."""
        return self.config.kind

    @property
    def version(self) -> tuple[str, int]:
        """Changes whenever the weights do, as those of a training run: a key for caches."""
        return self.name, (self.folder / WEIGHTS).stat().st_mtime_ns

    @property
    def moments(self) -> list[int]:
        """After how many images it can be loaded, rising; the last is how it is now."""
        return [*files.moments(self.folder, self.images_seen), self.images_seen]

    def moment_after(self, kimg: float | None) -> int:
        """Which of its `moments` was after `kimg`; the newest for None. Raises ForgerError where none was kept then."""
        if kimg is None:
            return self.images_seen
        # As near as the six digits in which they are written below.
        found = [images for images in self.moments if math.isclose(images, 1000 * kimg, rel_tol=1e-5)]
        if not found:
            kept = ", ".join(f"{images / 1000:g}" for images in self.moments)
            raise ForgerError(f"{self.name} was not kept after {kimg:g} kimg; choose one of {kept}.")
        return found[-1]


def list_generators() -> list[TrainedGenerator]:
    """All generators that can be used now: shipped ones first, then those of runs, newest first."""
    shipped = sorted(_usable(checkpoints_root(), ""), key=lambda found: found[1].name)
    last = _usable(runs_root(), "run:")
    best = _usable(runs_root(), "run:", BEST)
    others = {(model.folder, model.images_seen) for _, model in last}
    best = [(time, model) for time, model in best if (model.folder.parent, model.images_seen) not in others]
    runs = sorted(last + best, key=lambda found: found[0], reverse=True)
    return [model for _, model in shipped + runs]


def _usable(root: Path, prefix: str, suffix: str = "") -> list[tuple[float, TrainedGenerator]]:
    """The generators in the folders of `root`, each with the time of its weights; broken ones are left out."""
    found = []
    for weights in root.glob(f"[!.]*{suffix}/{WEIGHTS}"):
        try:
            name = prefix + weights.parent.relative_to(root).as_posix()
            found.append((weights.stat().st_mtime, find_generator(name)))
        except (ForgerError, OSError):  # broken, or deleted while we look
            continue
    return found


def find_generator(name: str) -> TrainedGenerator:
    """The generator called `name`; a run may be called without "run:" where no shipped generator is called so.

    Raises ForgerError for an unknown one, naming those there are, and for a card that cannot be read.
    """
    if not (checkpoints_root() / name).exists() and (runs_root() / name).exists():
        name = f"run:{name}"  # as other commands call it
    is_run = name.startswith("run:")
    best = BEST if is_run and name.endswith(BEST) else ""
    folder = (runs_root() if is_run else checkpoints_root()) / check_name(name.removeprefix("run:").removesuffix(best))
    folder /= best.strip("/")
    if not (folder / WEIGHTS).exists():
        if is_run and folder.exists():
            raise ForgerError(
                f"The run {name.removeprefix('run:')!r} has no generator yet: it appears with its first checkpoint."
            )
        known = ", ".join(model.name for model in list_generators()) or "none yet"
        raise ForgerError(f"There is no generator {name!r}. There are: {known}.")
    card = read_json(folder / CARD)
    if not isinstance(card, dict):
        raise ForgerError(f"The card of the generator {name!r} cannot be read.")
    model = TrainedGenerator(name, folder, card)
    _ = model.config  # so that who has a model can rely on its config
    return model


def load_generator(
    model: TrainedGenerator, device: torch.device | None = None, images_seen: int | None = None
) -> nn.Module:
    """The network of `model`, ready to draw; with `images_seen`, one of its `moments`, as it was then.

    Raises ForgerError for weights that are broken or of another shape.
    """
    path = model.folder / WEIGHTS
    if images_seen is not None and images_seen != model.images_seen:
        path = files.moment_path(model.folder, images_seen)
    return _load(partial(new_generator, model.config), path, model, device)


def load_discriminator(
    model: TrainedGenerator, device: torch.device | None = None, images_seen: int | None = None
) -> nn.Module | None:
    """The network that judged `model`, now or at one of its `moments`; None where it was not kept. Raises as
    `load_generator` does."""
    path = model.folder / DISCRIMINATOR
    if images_seen is not None and images_seen != model.images_seen:
        path = files.inspector_path(model.folder, images_seen)
    return _load(partial(new_discriminator, model.config), path, model, device) if path.exists() else None


def _load(
    new_network: Callable[[], nn.Module], path: Path, model: TrainedGenerator, device: torch.device | None
) -> nn.Module:
    try:
        return files.load_weights(path, new_network, device)
    except files.BrokenWeights as error:
        raise ForgerError(f"The weights of the generator {model.name!r} are broken or do not fit its card.") from error


def add_to_checkpoints(
    permit: Permit, model: TrainedGenerator, name: str, history: Run | None = None
) -> TrainedGenerator:
    """Copies a run's generator into checkpoints/ under `name`; with `history`, what can be seen of that run's training.

    Raises ForgerError if the name is taken, and on a full disk; then nothing is left behind.
    """
    permits.check(permit)
    folder = checkpoints_root() / check_name(name)
    if folder.exists():
        raise ForgerError(f"There is a generator {name!r} already; choose another name.")
    unfinished = folder.with_name(f".{name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        for part in files.travelling(model.folder, model.images_seen):
            (unfinished / part).parent.mkdir(exist_ok=True)
            shutil.copyfile(model.folder / part, unfinished / part)
        if history is not None:
            write_history(history, unfinished)
        write_json(unfinished / CARD, model.card | {"title": name})
        unfinished.rename(folder)
    except OSError as error:
        raise ForgerError(f"The generator could not be added: {error.strerror or error}.{elsewhere(folder)}") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return find_generator(name)


def as_zip(model: TrainedGenerator) -> bytes:
    """The generator's files as one ZIP, to take away."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part in files.travelling(model.folder, model.images_seen):
            archive.write(model.folder / part, part)
    return content.getvalue()
