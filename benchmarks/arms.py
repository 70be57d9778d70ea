"""What `training_speed` lets run beside each other: the textbook's loop, `classic`, and `classic` less or plus one
measure, turned from outside."""

import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from unittest.mock import patch

import numpy as np
import torch
from PIL import Image

from benchmarks.textbook import Textbook, lay_out
from gan import device as devices
from gan.data import open_pictures
from gan.learning.config import Config, configure
from gan.learning.trainer import Trainer

RESOLUTION = 64
CPU = torch.device("cpu")


class Learner(Protocol):
    images_seen: int

    def step(self) -> object: ...


@dataclass(frozen=True)
class Settings:
    """What all arms share. `folder` is an empty one for the pictures as files."""

    pictures: Path
    folder: Path
    width: int
    batch: int
    threads: int
    workers: int

    def prepare(self) -> None:
        """Lays out the files and makes the cached array, so that no arm has to."""
        lay_out(self.pictures, self.folder)
        open_pictures(str(self.pictures), RESOLUTION)

    @property
    def config(self) -> Config:
        return Config(resolution=RESOLUTION, width_g=self.width, width_d=self.width, batch_size=self.batch)


@dataclass(frozen=True)
class Arm:
    """`start(settings)` is entered once, in the arm's own process, which has the variables of `environment`."""

    help: str
    start: Callable[[Settings], AbstractContextManager[Learner]]
    environment: dict[str, str] = field(default_factory=dict)


@contextlib.contextmanager
def textbook(settings: Settings) -> Iterator[Learner]:
    yield Textbook(settings.folder, workers=settings.workers, width=settings.width, batch=settings.batch)


@contextlib.contextmanager
def textbook_without_workers(settings: Settings) -> Iterator[Learner]:
    yield Textbook(settings.folder, workers=0, width=settings.width, batch=settings.batch)


def trainer(settings: Settings) -> Trainer:
    return Trainer(settings.config, open_pictures(str(settings.pictures), RESOLUTION).array, CPU)


@contextlib.contextmanager
def classic(settings: Settings) -> Iterator[Learner]:
    devices.prepare(CPU)
    yield trainer(settings)


@contextlib.contextmanager
def default_format(settings: Settings) -> Iterator[Learner]:
    with patch.object(devices, "MEMORY_FORMAT", torch.contiguous_format):
        yield trainer(settings)


@contextlib.contextmanager
def channels_last(settings: Settings) -> Iterator[Learner]:
    with patch.object(devices, "MEMORY_FORMAT", torch.channels_last):
        yield trainer(settings)


@contextlib.contextmanager
def unfrozen(settings: Settings) -> Iterator[Learner]:
    with patch.object(Trainer, "_let_inspector_learn", lambda trainer, may: None):
        yield trainer(settings)


@contextlib.contextmanager
def plain_adam(settings: Settings) -> Iterator[Learner]:
    with patch("gan.learning.trainer.Adam", lambda weights, fused, **others: torch.optim.Adam(weights, **others)):
        yield trainer(settings)


class Decoded:
    """The pictures of a folder, read from their files again whenever they are asked for."""

    def __init__(self, folder: Path):
        self.files = sorted(folder.rglob("*.*"))
        self.shape = (len(self.files), RESOLUTION, RESOLUTION, 3)

    def __len__(self) -> int:
        return len(self.files)

    def __getitem__(self, chosen: np.ndarray) -> np.ndarray:
        images = (Image.open(self.files[index]).convert("RGB") for index in chosen)
        return np.stack([np.asarray(image.resize((RESOLUTION, RESOLUTION))) for image in images])


@contextlib.contextmanager
def decoding(settings: Settings) -> Iterator[Learner]:
    yield Trainer(settings.config, Decoded(settings.folder), CPU)


@contextlib.contextmanager
def no_average(settings: Settings) -> Iterator[Learner]:
    changed = configure(settings.config, average_half_life=0)
    yield Trainer(changed, open_pictures(str(settings.pictures), RESOLUTION).array, CPU)


@contextlib.contextmanager
def half_precision(settings: Settings) -> Iterator[Learner]:
    with patch.object(devices, "autocast", lambda device: torch.autocast("cpu", dtype=torch.bfloat16)):
        yield trainer(settings)


@contextlib.contextmanager
def full_precision(settings: Settings) -> Iterator[Learner]:
    with patch.object(devices, "autocast", lambda device: contextlib.nullcontext()):
        yield trainer(settings)


@contextlib.contextmanager
def half_batch(settings: Settings) -> Iterator[Learner]:
    changed = configure(settings.config, batch_size=settings.batch // 2)
    yield Trainer(changed, open_pictures(str(settings.pictures), RESOLUTION).array, CPU)


@contextlib.contextmanager
def double_batch(settings: Settings) -> Iterator[Learner]:
    changed = configure(settings.config, batch_size=settings.batch * 2)
    yield Trainer(changed, open_pictures(str(settings.pictures), RESOLUTION).array, CPU)


@contextlib.contextmanager
def one_thread(settings: Settings) -> Iterator[Learner]:
    torch.set_num_threads(1)
    yield trainer(settings)


KEEP_MEMORY = {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**31)}
HUGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}

ARMS = {
    "textbook": Arm("the textbook's loop (benchmarks/textbook.py)", textbook),
    "textbook-0": Arm("the same without worker processes", textbook_without_workers),
    "classic": Arm("the recipe as it is", classic),
    "default-format": Arm("classic in the default memory format", default_format),
    "channels-last": Arm("classic in channels-last", channels_last),
    "unfrozen": Arm("classic with gradients for D's weights in G's step", unfrozen),
    "plain-adam": Arm("classic with Adam as it is by default, not fused", plain_adam),
    "decoding": Arm("classic that decodes its pictures again and again", decoding),
    "no-average": Arm("classic without the averaged generator", no_average),
    "bfloat16": Arm("classic in bfloat16 where that is safe (autocast)", half_precision),
    "float32": Arm("classic in single precision throughout", full_precision),
    "half-batch": Arm("classic with half of the batch size", half_batch),
    "double-batch": Arm("classic with twice the batch size", double_batch),
    "one-thread": Arm("classic on one thread", one_thread),
    "keep-memory": Arm("classic with an allocator that gives no memory back (glibc)", classic, KEEP_MEMORY),
    "huge-pages": Arm("classic with an allocator that asks for huge pages (glibc)", classic, HUGE_PAGES),
}
