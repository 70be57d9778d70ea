"""What a generator's folder holds, said here alone: its files, how each is written and read, and which travel with it.

generator.safetensors       the averaged generator, in full precision
card.json                   what it is: settings, images seen, data, figures; of a shipped one also what people ask
preview.png                 a sheet of what it makes
discriminator.safetensors   the inspector that judged it, with which others can start from it (*)
early/0000004000.safetensors   the averaged generator at some moments of its training, by images seen (*)
early/0000004000.inspector.safetensors   the inspector at that moment (*)
history/                    grids and curves of its training (see `gan.runs.shipped`)

(*) Where they were kept: in half precision, which takes half the space and is enough to look at and to start from.
Weights are safetensors, so a file carries no code.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import load_file, save
from torch import nn

from gan.paths import make_folder, write_file, write_json

WEIGHTS, CARD, PREVIEW = "generator.safetensors", "card.json", "preview.png"
TRAVELLING = 5  # moments
DISCRIMINATOR, EARLY = "discriminator.safetensors", "early"


class BrokenWeights(Exception):
    """A file of weights that cannot be read, or that belongs to another network."""


def travelling(folder: Path, images_seen: int) -> list[Path]:
    """The files of the generator in `folder`, trained for so many images, that go wherever it goes.

    They are paths in the folder; its card comes last. Of its moments five go along, spaced as they were kept, by ratio,
    and without their inspectors, which would be most of it.
    """
    kept = moments(folder, images_seen)
    chosen = sorted({round(step * (len(kept) - 1) / (TRAVELLING - 1)) for step in range(TRAVELLING)}) if kept else []
    early = (moment_path(folder, kept[number]) for number in chosen)
    files = [folder / name for name in (WEIGHTS, PREVIEW, DISCRIMINATOR)]
    return [path.relative_to(folder) for path in (*files, *early, folder / CARD) if path.exists()]


def save_generator(
    folder: Path, average: nn.Module, card: dict[str, Any], preview: bytes | None = None,
    discriminator: nn.Module | None = None,
) -> None:  # fmt: skip
    """Writes a generator into `folder`, each file whole or not at all. `card` must hold the `config`.

    `preview` is a PNG file. Raises ForgerError on a full disk.
    """
    make_folder(folder)
    if preview is not None:
        write_file(folder / PREVIEW, preview)
    if discriminator is not None:
        save_weights(folder / DISCRIMINATOR, discriminator, torch.float16)
    save_weights(folder / WEIGHTS, average)
    write_json(folder / CARD, card)


def save_weights(path: Path, network: nn.Module, dtype: torch.dtype = torch.float32) -> None:
    """Writes what a network has learned, whole or not at all. Raises ForgerError on a full disk."""
    weights = {
        name: (value.to(dtype) if value.is_floating_point() else value).detach().cpu().contiguous()
        for name, value in network.state_dict().items()
    }
    write_file(path, save(weights))


def load_weights(path: Path, new_network: Callable[[], nn.Module], device: torch.device | None = None) -> nn.Module:
    """The network that `new_network` makes, with the weights of a file, ready to draw or judge. Raises BrokenWeights.

    It is made only where the file has weights of its shapes: a card may ask for a network of gigabytes.
    """
    with torch.device("meta"):
        wanted = {name: list(value.shape) for name, value in new_network().state_dict().items()}
    try:
        with safe_open(path, "pt") as file:
            names = file.keys()  # it cannot be walked through otherwise
            if {name: file.get_slice(name).get_shape() for name in names} != wanted:
                raise BrokenWeights(path.name)
        network = new_network()
        network.load_state_dict(load_file(path))
    except (OSError, SafetensorError, RuntimeError) as error:
        raise BrokenWeights(path.name) from error
    return network.to(device or "cpu").eval().requires_grad_(False)


def is_moment(before: int, now: int) -> bool:
    """Whether a generator is to be kept between these numbers of images seen: at 1, 2, 4, 8, ... kimg."""
    return (now // 1000).bit_length() > (before // 1000).bit_length()


def save_moment(folder: Path, average: nn.Module, discriminator: nn.Module, images_seen: int) -> None:
    """Keeps the generator as it is now, and its inspector, to be compared with later ones. Raises ForgerError on a full
    disk."""
    make_folder(folder / EARLY)
    save_weights(inspector_path(folder, images_seen), discriminator, torch.float16)
    save_weights(moment_path(folder, images_seen), average, torch.float16)


def copy_moments(source: Path, target: Path, images_seen: int) -> None:
    """The moments of the generator in `source` before so many images, to those of `target`.

    Raises ForgerError on a full disk.
    """
    for images in moments(source, images_seen):
        make_folder(target / EARLY)
        write_file(moment_path(target, images), moment_path(source, images).read_bytes())


def moment_path(folder: Path, images_seen: int) -> Path:
    """Where the generator after so many images lies."""
    return folder / EARLY / f"{images_seen:010d}.safetensors"


def inspector_path(folder: Path, images_seen: int) -> Path:
    """Where the inspector of that moment lies; runs from before it was kept have none."""
    return folder / EARLY / f"{images_seen:010d}.inspector.safetensors"


def moments(folder: Path, images_seen: int) -> list[int]:
    """After how many images a generator was kept, rising, of those under `images_seen`.

    A run that was killed may have kept one that its last checkpoint has not come to yet.
    """
    files = [path for path in (folder / EARLY).glob("*.safetensors") if path.stem.isdecimal()]
    # A file that someone else put there and named otherwise could not be found again by its number.
    found = [int(path.stem) for path in files if path == moment_path(folder, int(path.stem))]
    return sorted(images for images in found if images < images_seen)
