"""A generator with its card: saved, listed, loaded and checked. Weights are safetensors, so a file carries no code.

A generator's folder holds `generator.safetensors`, `card.json` and `preview.png`; `state.pt` too where training can
go on from it; of a generator that redraws also `discriminator.safetensors` and, in `early/`, what it was after 1, 2, 4,
8, ... kimg. It is named `cats` (a folder of checkpoints/), `run:demo` (the averaged generator of a run) or
`run:demo/best` (the one of that run that came closest to real pictures, where it is not the last).
"""

import io
import shutil
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save
from torch import nn

from gan.config import Config
from gan.errors import ForgerError
from gan.paths import check_name, checkpoints_root, read_json, runs_root, write_atomically, write_json
from gan.run import Run
from gan.shipped import write_history
from gan.trainer import new_discriminator, new_generator

BEST = "/best"
WEIGHTS, CARD, PREVIEW, STATE = "generator.safetensors", "card.json", "preview.png", "state.pt"
DISCRIMINATOR, EARLY = "discriminator.safetensors", "early"


@dataclass(frozen=True)
class Model:
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

    @property
    def config(self) -> Config:
        """The settings it was trained with."""
        return Config.from_dict(self.card.get("config"))

    @property
    def version(self) -> tuple[str, int]:
        """Changes whenever the weights do, as those of a training run: a key for caches."""
        return self.name, (self.folder / WEIGHTS).stat().st_mtime_ns

    @property
    def redraws(self) -> bool:
        """Whether pictures go in, where others have latents."""
        return bool(self.config.task)

    @property
    def moments(self) -> list[int]:
        """After how many images it can be loaded, rising; the last is how it is now."""
        files = [path for path in (self.folder / EARLY).glob("*.safetensors") if path.stem.isdecimal()]
        # A file that someone else put there and named otherwise could not be found again by its number.
        found = [int(path.stem) for path in files if path == moment_path(self.folder, int(path.stem))]
        return [*sorted(images for images in found if images < self.images_seen), self.images_seen]

    @property
    def resumable(self) -> bool:
        return (self.folder / STATE).exists()


def list_models() -> list[Model]:
    """All generators that can be used now: shipped ones first, then those of runs, newest first."""
    shipped = sorted(_usable(checkpoints_root(), ""), key=lambda found: found[1].name)
    last = _usable(runs_root(), "run:")
    best = _usable(runs_root(), "run:", BEST)
    others = {(model.folder, model.images_seen) for _, model in last}
    best = [(time, model) for time, model in best if (model.folder.parent, model.images_seen) not in others]
    runs = sorted(last + best, key=lambda found: found[0], reverse=True)
    return [model for _, model in shipped + runs]


def _usable(root: Path, prefix: str, suffix: str = "") -> list[tuple[float, Model]]:
    """The generators in the folders of `root`, each with the time of its weights; broken ones are left out."""
    found = []
    for weights in root.glob(f"[!.]*{suffix}/{WEIGHTS}"):
        try:
            name = prefix + weights.parent.relative_to(root).as_posix()
            found.append((weights.stat().st_mtime, find_model(name)))
        except (ForgerError, OSError):  # broken, or deleted while we look
            continue
    return found


def find_model(name: str) -> Model:
    """The generator called `name`.

    Raises ForgerError for an unknown one, naming those there are, and for a card that cannot be read.
    """
    is_run = name.startswith("run:")
    best = BEST if is_run and name.endswith(BEST) else ""
    folder = (runs_root() if is_run else checkpoints_root()) / check_name(name.removeprefix("run:").removesuffix(best))
    folder /= best.strip("/")
    if not (folder / WEIGHTS).exists():
        if is_run and folder.exists():
            raise ForgerError(
                f"The run {name.removeprefix('run:')!r} has no generator yet: it appears with its first checkpoint."
            )
        known = ", ".join(model.name for model in list_models()) or "none yet"
        raise ForgerError(f"There is no generator {name!r}. There are: {known}.")
    card = read_json(folder / CARD)
    if not isinstance(card, dict):
        raise ForgerError(f"The card of the generator {name!r} cannot be read.")
    Config.from_dict(card.get("config"))  # so that who has a model can rely on its config
    return Model(name, folder, card)


def save_generator(folder: Path, generator: nn.Module, card: dict[str, Any]) -> None:
    """Writes weights and card into `folder`, each whole or not at all. `card` must hold the `config`."""
    folder.mkdir(parents=True, exist_ok=True)
    save_weights(folder / WEIGHTS, generator)
    write_json(folder / CARD, card)


def save_weights(path: Path, network: nn.Module, dtype: torch.dtype = torch.float32) -> None:
    """Writes what a network has learned, whole or not at all. Raises ForgerError on a full disk.

    Half precision (`dtype`) takes half the space, and is enough for what is only looked at.
    """
    weights = {
        name: (value.to(dtype) if value.is_floating_point() else value).detach().cpu().contiguous()
        for name, value in network.state_dict().items()
    }
    write_atomically(path, lambda temporary: temporary.write_bytes(save(weights)))


def is_moment(before: int, now: int) -> bool:
    """Whether a generator that redraws is kept between these numbers of images seen: at 1, 2, 4, 8, ... kimg."""
    return (now // 1000).bit_length() > (before // 1000).bit_length()


def moment_path(folder: Path, images_seen: int) -> Path:
    """Where the generator after so many images lies in a run's or a generator's folder."""
    return folder / EARLY / f"{images_seen:010d}.safetensors"


def load_generator(model: Model, device: torch.device | None = None, images_seen: int | None = None) -> nn.Module:
    """The network of `model`, ready to draw; with `images_seen`, one of its `moments`, as it was then.

    Raises ForgerError for weights that are broken or of another shape.
    """
    early = images_seen is not None and images_seen != model.images_seen
    path = moment_path(model.folder, images_seen) if early else model.folder / WEIGHTS
    return _load(new_generator(model.config), path, model, device)


def load_discriminator(model: Model, device: torch.device | None = None) -> nn.Module | None:
    """The network that judged `model`; None where it was not kept. Raises as `load_generator` does."""
    path = model.folder / DISCRIMINATOR
    return _load(new_discriminator(model.config), path, model, device) if path.exists() else None


def _load(network: nn.Module, path: Path, model: Model, device: torch.device | None) -> nn.Module:
    try:
        network.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise ForgerError(f"The weights of the generator {model.name!r} are broken or do not fit its card.") from error
    return network.to(device or "cpu").eval().requires_grad_(False)


def add_to_checkpoints(model: Model, name: str, state: Path | None = None, history: Run | None = None) -> Model:
    """Copies a run's generator into checkpoints/ under `name`.

    With `state`, also what training needs to go on; with `history`, what can be seen of that run's training.

    Raises ForgerError if the name is taken, and on a full disk; then nothing is left behind.
    """
    folder = checkpoints_root() / check_name(name)
    if folder.exists():
        raise ForgerError(f"There is a generator {name!r} already; choose another name.")
    unfinished = folder.with_name(f".{name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        unfinished.mkdir(parents=True)
        for part in _parts(model):
            (unfinished / part).parent.mkdir(exist_ok=True)
            shutil.copyfile(model.folder / part, unfinished / part)
        if state is not None:
            shutil.copyfile(state, unfinished / STATE)
        if history is not None:
            write_history(history, unfinished)
        write_json(unfinished / CARD, model.card | {"title": name})
        unfinished.rename(folder)
    except OSError as error:
        raise ForgerError(f"The generator could not be added: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    return find_model(name)


def as_zip(model: Model) -> bytes:
    """The generator's files as one ZIP, to take away."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for part in (CARD, *_parts(model)):
            archive.write(model.folder / part, part)
    return content.getvalue()


def _parts(model: Model) -> list[str]:
    """The files of a generator beside its card, as paths in its folder."""
    early = (moment_path(model.folder, images) for images in model.moments[:-1])
    judge = [DISCRIMINATOR] if (model.folder / DISCRIMINATOR).exists() else []
    return [WEIGHTS, PREVIEW, *judge, *(path.relative_to(model.folder).as_posix() for path in early)]
