"""One training step: state in, state out. No files, no clock, no printing."""

import copy
import math
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gan import device as devices
from gan.averaging import decay, update_average
from gan.errors import ForgerError
from gan.losses import discriminator_loss, generator_loss
from gan.networks.dcgan import Discriminator, Generator, initialise
from gan.order import batch_indices
from gan.recipes import Config, configure
from gan.sampling import draw_latents

# What `Trainer.step` measures, in the order in which the charts tell it.
METRICS = (
    "loss_d", "loss_d_real", "loss_d_fake", "loss_g",
    "d_real", "d_fake", "d_fake_after",
    "accuracy_real", "accuracy_fake",
    "gradient_d", "gradient_g",
)  # fmt: skip


def new_generator(config: Config) -> Generator:
    """An untrained generator; its weights depend on nothing but the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed)
        return Generator(config.resolution, config.width, config.latent_size).apply(initialise)


def new_discriminator(config: Config) -> Discriminator:
    """An untrained discriminator; its weights depend on nothing but the seed."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(config.seed + 1)
        return Discriminator(config.resolution, config.width).apply(initialise)


class Trainer:
    """Both networks, both optimisers, the averaged generator and all chance, moved on by `step`.

    `pictures` is a uint8 array (N, resolution, resolution, 3). `images_seen` counts real pictures shown to the
    discriminator. On the CPU, N images, `state_dict`, `load_state_dict` and M more equal N + M at once, bit for bit.
    Raises ForgerError where the pictures do not have the resolution of `config`.
    """

    def __init__(self, config: Config, pictures: np.ndarray, device: torch.device):
        if pictures.shape[1:] != (config.resolution, config.resolution, 3):
            raise ForgerError(
                f"The pictures are {pictures.shape[1]} pixels wide; the settings say {config.resolution}."
            )
        self.config, self.pictures, self.device = config, pictures, device
        self.images_seen = 0
        memory = {"device": device, "memory_format": devices.MEMORY_FORMAT}
        self.generator = new_generator(config).to(**memory)
        self.discriminator = new_discriminator(config).to(**memory)
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        self.optimizer_g = self._adam(self.generator, config.learning_rate_g)
        self.optimizer_d = self._adam(self.discriminator, config.learning_rate_d)
        # Chance lives on the CPU, so that a card repeats what the processor would have drawn.
        self.latent_random = torch.Generator().manual_seed(config.seed)
        self.flip_random = torch.Generator().manual_seed(config.seed + 1)

    def _adam(self, network: nn.Module, learning_rate: float) -> torch.optim.Adam:
        return torch.optim.Adam(network.parameters(), lr=learning_rate, betas=(self.config.beta1, 0.999), fused=True)

    @property
    def undecided(self) -> float:
        """The logit of an inspector that can only guess: half-way between its two answers, `real_label` and 0."""
        return math.log(self.config.real_label / (2 - self.config.real_label))

    @property
    def images_per_step(self) -> int:
        return self.config.batch_size * self.config.d_steps

    @property
    def epoch(self) -> float:
        """How often the whole data set has been shown."""
        return self.images_seen / len(self.pictures)

    def step(self) -> dict[str, Tensor]:
        """One lesson for each side. Returns the `METRICS`, each a tensor () on the device."""
        measured: dict[str, Tensor] = {}
        for _ in range(self.config.d_steps):
            fake = self._forge()
            self._teach_discriminator(self._next_real(), fake.detach(), measured)
        for lesson in range(self.config.g_steps):
            if lesson > 0:
                fake = self._forge()
            self._teach_generator(fake, measured)
            # Counting the images of the whole step for each lesson would age the average too fast.
            share = self.images_per_step / self.config.g_steps
            update_average(self.average, self.generator, decay(share, self.config.average_half_life, self.images_seen))
        return measured

    def _teach_discriminator(self, real: Tensor, fake: Tensor, measured: dict[str, Tensor]) -> None:
        with devices.autocast(self.device):
            real_logits = self.discriminator(real).float()
            fake_logits = self.discriminator(fake).float()
        loss_real, loss_fake = discriminator_loss(real_logits, fake_logits, self.config.real_label)
        loss = loss_real + loss_fake
        measured["gradient_d"] = self._descend(self.discriminator, self.optimizer_d, loss)
        measured |= {
            "loss_d": loss.detach(),
            "loss_d_real": loss_real.detach(),
            "loss_d_fake": loss_fake.detach(),
            "d_real": real_logits.detach().sigmoid().mean(),
            "d_fake": fake_logits.detach().sigmoid().mean(),
            "accuracy_real": (real_logits > self.undecided).float().mean(),
            "accuracy_fake": (fake_logits <= self.undecided).float().mean(),
        }

    def _teach_generator(self, fake: Tensor, measured: dict[str, Tensor]) -> None:
        # The inspector only judges here: without gradients for its weights the backward pass is a third cheaper.
        self.discriminator.requires_grad_(False)
        with devices.autocast(self.device):
            logits = self.discriminator(fake).float()
        loss = generator_loss(logits)
        measured["gradient_g"] = self._descend(self.generator, self.optimizer_g, loss)
        self.discriminator.requires_grad_(True)
        measured |= {"loss_g": loss.detach(), "d_fake_after": logits.detach().sigmoid().mean()}

    @staticmethod
    def _descend(network: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor) -> Tensor:
        """One optimiser step down `loss`. Returns the norm of the whole gradient."""
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return nn.utils.get_total_norm([p.grad for p in network.parameters()])

    def _forge(self) -> Tensor:
        config = self.config
        z = draw_latents(config.batch_size, config.latent_size, config.latent_distribution, self.latent_random)
        with devices.autocast(self.device):
            return self.generator(self._send(z)).float()

    def _next_real(self) -> Tensor:
        """The next real pictures (batch, 3, resolution, resolution) in [-1, 1], half of them mirrored."""
        config = self.config
        chosen = batch_indices(config.seed, len(self.pictures), self.images_seen, config.batch_size)
        self.images_seen += config.batch_size
        real = self._send(torch.from_numpy(self.pictures[chosen])).permute(0, 3, 1, 2)
        real = real.to(torch.float32, memory_format=devices.MEMORY_FORMAT).div_(127.5).sub_(1)
        if config.flips:
            mirrored = self._send(torch.rand(config.batch_size, generator=self.flip_random) < 0.5)
            real = torch.where(mirrored[:, None, None, None], real.flip(3), real)
        return real

    def _send(self, tensor: Tensor) -> Tensor:
        """To the device; from pinned memory a card copies while it computes."""
        if self.device.type == "cuda":
            return tensor.pin_memory().to(self.device, non_blocking=True)
        return tensor

    def _parts(self) -> dict[str, Any]:
        return {
            "generator": self.generator,
            "discriminator": self.discriminator,
            "average": self.average,
            "optimizer_g": self.optimizer_g,
            "optimizer_d": self.optimizer_d,
        }

    def state_dict(self) -> dict[str, Any]:
        """All that the next step depends on, as tensors and plain values (loads with `weights_only=True`)."""
        return {
            # A path would tell strangers about this machine, if the state is passed on.
            "config": configure(self.config, data=Path(self.config.data).name).to_dict(),
            "pictures": len(self.pictures),
            "images_seen": self.images_seen,
            "latent_random": self.latent_random.get_state(),
            "flip_random": self.flip_random.get_state(),
        } | {name: part.state_dict() for name, part in self._parts().items()}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes over a `state_dict`. Raises ForgerError, naming each difference, where the settings are others."""
        theirs = Config.from_dict(state["config"])
        # The same pictures may lie elsewhere on another machine; their number is compared instead.
        differences = self.config.differences(configure(theirs, data=self.config.data))
        if state["pictures"] != len(self.pictures):
            differences.append(f"pictures: {len(self.pictures)} here, {state['pictures']} there")
        if differences:
            raise ForgerError("The checkpoint belongs to other settings. " + "; ".join(differences) + ".")
        for name, part in self._parts().items():
            part.load_state_dict(state[name])
        self.images_seen = state["images_seen"]
        self.latent_random.set_state(state["latent_random"].cpu())
        self.flip_random.set_state(state["flip_random"].cpu())
