"""The textbook's DCGAN loop, written anew after the structure of the well-known PyTorch DCGAN example.

    python -m benchmarks.textbook PICTURES [--minutes 1] [--workers 2] [--threads 2] [--seed 1]

It is the yardstick of the other benchmarks, so nothing here is clever: an image folder whose JPEGs worker processes
decode in every epoch, the default memory format, networks of width 64 with a sigmoid and binary cross-entropy on its
answer, batches of 64, Adam with 2e-4 and betas 0.5 and 0.999, the discriminator taught on real and then on generated
pictures with a backward pass each, gradients for its weights in the generator's step too, no averaged generator.
PICTURES is a ZIP or a folder of pictures. Run directly it prints how the losses go and whether it collapsed.
"""

import argparse
import itertools
import shutil
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torchvision import transforms
from torchvision.datasets import ImageFolder

from benchmarks.meter import TICK, cpu_seconds, print_machine
from gan.pictures.tensors import to_uint8

LATENT_SIZE = 100
# The discriminator has won for good when it was this sure for so many steps on end.
SURE, STEPS_ON_END = 0.001, 200


class Textbook:
    """The loop one step at a time. `folder` holds folders of pictures, as `lay_out` makes them.

    `collapsed`: at some time D(x) was 1.000 and D(G(z)) 0.000 for 200 steps on end. No training that was seen to do
    that drew anything afterwards.
    """

    def __init__(self, folder: Path, seed: int = 1, workers: int = 2, size: int = 64, width: int = 64, batch: int = 64):
        torch.manual_seed(seed)
        prepare = transforms.Compose([
            transforms.Resize(size),
            transforms.CenterCrop(size),
            transforms.ToTensor(),
            transforms.Normalize((0.5, 0.5, 0.5), (0.5, 0.5, 0.5)),
        ])  # fmt: skip
        self.loader = DataLoader(ImageFolder(folder, prepare), batch, shuffle=True, num_workers=workers)
        self.generator, self.discriminator = generator(size, width), discriminator(size, width)
        self.criterion = nn.BCELoss()
        self.optimizer_d = torch.optim.Adam(self.discriminator.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.optimizer_g = torch.optim.Adam(self.generator.parameters(), lr=2e-4, betas=(0.5, 0.999))
        self.images_seen = 0
        self.collapsed = False
        self._steps_won = 0
        self._batches = self._endless()

    def step(self) -> dict[str, float]:
        """One step of both networks: the five numbers that the example prints."""
        real = next(self._batches)
        count = len(real)
        label = torch.full((count,), 1.0)

        self.discriminator.zero_grad()
        verdict = self.discriminator(real)
        loss_real = self.criterion(verdict, label)
        loss_real.backward()
        d_real = verdict.mean().item()
        fake = self.generator(torch.randn(count, LATENT_SIZE, 1, 1))
        label.fill_(0.0)
        verdict = self.discriminator(fake.detach())
        loss_fake = self.criterion(verdict, label)
        loss_fake.backward()
        d_fake = verdict.mean().item()
        self.optimizer_d.step()

        self.generator.zero_grad()
        label.fill_(1.0)
        verdict = self.discriminator(fake)
        loss_g = self.criterion(verdict, label)
        loss_g.backward()
        self.optimizer_g.step()

        self.images_seen += count
        self._steps_won = self._steps_won + 1 if d_real > 1 - SURE and d_fake < SURE else 0
        self.collapsed = self.collapsed or self._steps_won >= STEPS_ON_END
        return {
            "loss_d": (loss_real + loss_fake).item(),
            "loss_g": loss_g.item(),
            "d_real": d_real,
            "d_fake": d_fake,
            "d_fake_after": verdict.mean().item(),
        }

    def draw(self, count: int, seed: int = 0) -> np.ndarray:
        """Pictures (count, size, size, 3) uint8, by the statistics of their own batches of 64, as the loop draws."""
        random = torch.Generator().manual_seed(seed)
        z = torch.randn(count, LATENT_SIZE, 1, 1, generator=random)
        before = {name: value.clone() for name, value in self.generator.named_buffers()}
        with torch.no_grad():
            pictures = np.concatenate([to_uint8(self.generator(part)) for part in z.split(64)])
            for name, value in self.generator.named_buffers():  # looking must not change the training
                value.copy_(before[name])
        return pictures

    def _endless(self) -> Iterator[Tensor]:
        while True:
            for real, _ in self.loader:
                yield real

    def _parts(self) -> dict[str, Any]:
        names = ("generator", "discriminator", "optimizer_g", "optimizer_d")
        return {name: getattr(self, name) for name in names}

    def state_dict(self) -> dict[str, Any]:
        """Enough to go on with another order of the pictures."""
        counts = {"images_seen": self.images_seen, "collapsed": self.collapsed, "steps_won": self._steps_won}
        return counts | {name: part.state_dict() for name, part in self._parts().items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.images_seen, self.collapsed = state["images_seen"], state["collapsed"]
        self._steps_won = state["steps_won"]


def generator(size: int, width: int) -> nn.Module:
    """Latents (N, 100, 1, 1) to pictures (N, 3, size, size) in [-1, 1]."""
    channels = width * size // 8
    layers: list[nn.Module] = [nn.ConvTranspose2d(LATENT_SIZE, channels, 4, 1, 0, bias=False)]
    while channels > width:
        layers += [nn.BatchNorm2d(channels), nn.ReLU(True)]
        layers += [nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1, bias=False)]
        channels //= 2
    layers += [nn.BatchNorm2d(width), nn.ReLU(True), nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh()]
    return nn.Sequential(*layers).apply(initialise)


def discriminator(size: int, width: int) -> nn.Module:
    """Pictures (N, 3, size, size) to how likely each is real: (N,) from 0 to 1."""
    channels = width
    layers: list[nn.Module] = [nn.Conv2d(3, width, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
    while channels < width * size // 8:
        layers += [nn.Conv2d(channels, 2 * channels, 4, 2, 1, bias=False)]
        layers += [nn.BatchNorm2d(2 * channels), nn.LeakyReLU(0.2, inplace=True)]
        channels *= 2
    layers += [nn.Conv2d(channels, 1, 4, 1, 0, bias=False), nn.Sigmoid(), nn.Flatten(0)]
    return nn.Sequential(*layers).apply(initialise)


def initialise(module: nn.Module) -> None:
    if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


def lay_out(source: Path, folder: Path, chosen: np.ndarray | None = None) -> int:
    """Puts the pictures of a ZIP or a folder into `folder`/all, as ImageFolder wants them; how many.

    `chosen` are places in the order of the names, the order of `gan.data.open_pictures`; all of them by default.
    """
    target = folder / "all"
    target.mkdir(parents=True)
    if source.is_dir():
        files = sorted(path for path in source.rglob("*") if path.is_file())
        names = [path.relative_to(source).as_posix() for path in files]
    else:
        archive = zipfile.ZipFile(source)
        names = sorted(one.filename for one in archive.infolist() if not one.is_dir())
    wanted = range(len(names)) if chosen is None else chosen
    for place in wanted:
        to = target / f"{place:06d}{Path(names[place]).suffix}"
        if source.is_dir():
            shutil.copyfile(source / names[place], to)
        else:
            to.write_bytes(archive.read(names[place]))
    return len(wanted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pictures", type=Path)
    parser.add_argument("--minutes", type=float, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--width", type=int, default=64, help="any other is not the yardstick")
    parser.add_argument("--batch", type=int, default=64, help="likewise")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    print_machine()
    with tempfile.TemporaryDirectory() as folder:
        lay_out(options.pictures, Path(folder))
        loop = Textbook(Path(folder), options.seed, options.workers, width=options.width, batch=options.batch)
        started, cpu = time.monotonic(), cpu_seconds()
        for number in itertools.count(1):
            numbers = loop.step()
            seconds = time.monotonic() - started
            if number % 10 == 0 or seconds > 60 * options.minutes:
                print(
                    f"{loop.images_seen:7d} images {loop.images_seen / seconds:6.1f} a second, "
                    f"{loop.images_seen / max(cpu_seconds() - cpu, TICK):5.1f} a core-second   "
                    + "  ".join(f"{name} {value:.3f}" for name, value in numbers.items())
                )
            if seconds > 60 * options.minutes:
                break
        print("It collapsed: D was sure of everything." if loop.collapsed else "It did not collapse.")


if __name__ == "__main__":
    main()
