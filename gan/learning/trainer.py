"""One training step: state in, state out. No files, no clock, no printing."""

import copy
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from gan import device as devices
from gan.data.split import split
from gan.errors import ForgerError
from gan.latents.distributions import sample_latents
from gan.learning.augment import augment
from gan.learning.averaging import decay, update_average
from gan.learning.config import Config, configure
from gan.learning.losses import LOSSES
from gan.learning.order import batch_indices
from gan.learning.penalties import PENALTIES, slope
from gan.networks import new_discriminator, new_generator
from gan.networks.contract import Judge

# What `Trainer.step` can measure; which parts the inspector's loss has depends on the loss and the penalty.
METRICS = (
    "loss_d", "loss_d_real", "loss_d_fake", "loss_d_pairs", "penalty", "loss_g", "loss_l1",
    "d_real", "d_fake", "d_fake_after",
    "accuracy_real", "accuracy_fake",
    "gradient_d", "gradient_g",
)  # fmt: skip


class Trainer:
    """Both networks, both optimisers, the averaged generator and all chance, moved on by `step`.

    `pictures` is a uint8 array (N, resolution, resolution, 3), a tenth of which is held out (`gan.data.split`) and
    never shown. `images_seen` counts real pictures shown to the discriminator. On the CPU, N images, `state_dict`,
    `load_state_dict` and M more equal N + M at once, bit for bit. Raises ForgerError where
    the pictures do not have the resolution of `config`.
    """

    def __init__(self, config: Config, pictures: np.ndarray, device: torch.device):
        if pictures.shape[1:] != (config.resolution, config.resolution, 3):
            raise ForgerError(
                f"The pictures are {pictures.shape[1]} pixels wide; the settings say {config.resolution}."
            )
        self.config, self.pictures, self.device = config, pictures, device
        self.training, _ = split(len(pictures))
        self.loss = LOSSES[config.loss]
        self.images_seen = 0
        self.generator = devices.send(new_generator(config), device)
        self.discriminator = devices.send(new_discriminator(config), device)
        assert isinstance(self.discriminator, Judge)
        self.group = self.discriminator.group
        self.average = copy.deepcopy(self.generator).eval().requires_grad_(False)
        self.optimizer_g = self._adam(self.generator, config.learning_rate_g)
        self.optimizer_d = self._adam(self.discriminator, config.learning_rate_d)
        # Chance lives on the CPU, so that a card repeats what the processor would have drawn.
        self.latent_random = torch.Generator().manual_seed(config.seed)
        self.flip_random = torch.Generator().manual_seed(config.seed + 1)
        self.augment_random = torch.Generator().manual_seed(config.seed + 2)

    def _adam(self, network: nn.Module, learning_rate: float) -> torch.optim.Adam:
        return torch.optim.Adam(
            network.parameters(), lr=learning_rate, betas=(self.config.beta1, self.config.beta2), fused=True
        )

    def _settle(self) -> None:
        """Smaller steps as time goes by: what is learned late is fine, and large steps would shake it."""
        config = self.config
        share = 1 / (1 + self.images_seen / config.settle_after) if config.settle_after else 1
        rates = {self.optimizer_g: config.learning_rate_g, self.optimizer_d: config.learning_rate_d}
        for optimizer, rate in rates.items():
            for group in optimizer.param_groups:
                group["lr"] = share * rate

    @property
    def images_per_step(self) -> int:
        return self.config.batch_size * self.config.d_steps

    @property
    def epoch(self) -> float:
        """How often all pictures to train with have been shown."""
        return self.images_seen / len(self.training)

    def step(self) -> dict[str, Tensor]:
        """One lesson for each side. Returns those `METRICS` that its settings have, each a tensor () on the device."""
        measured: dict[str, Tensor] = {}
        self._settle()
        for _ in range(self.config.d_steps):
            real, fake = self._next_real(), self._forge()
            real_logits = self._teach_discriminator(real, fake.detach(), measured)
        for lesson in range(self.config.g_steps):
            if lesson > 0:
                fake = self._forge()
            # Its verdicts on real pictures from before this lesson spare another look at them.
            self._teach_generator(fake, real_logits, measured)
            # Counting the images of the whole step for each lesson would age the average too fast.
            share = self.images_per_step / self.config.g_steps
            update_average(self.average, self.generator, decay(share, self.config.average_half_life, self.images_seen))
        return measured

    def _teach_discriminator(self, real: Tensor, fake: Tensor, measured: dict[str, Tensor]) -> Tensor:
        """One lesson for the inspector. Returns its verdicts on `real`, (batch,)."""
        config = self.config
        real, fake = self._augment(real), self._augment(fake)
        for pictures, wanted in zip((real, fake), PENALTIES[config.penalty], strict=True):
            pictures.requires_grad_(wanted and self._penalty_is_due())
        real_logits, fake_logits = self._judge(real, fake)
        parts = self.loss.discriminator(real_logits, fake_logits, config.real_label)
        loss = torch.stack(list(parts.values())).sum()
        measured |= {"loss_d": loss.detach()} | {name: part.detach() for name, part in parts.items()}
        if config.penalty != "none":
            penalised = [pictures for pictures in (real, fake) if pictures.requires_grad]
            slopes = slope(torch.cat([real_logits, fake_logits]), penalised) if penalised else torch.zeros_like(loss)
            # Every few steps, and then so many times as much: the same for less work (Karras et al. 2020).
            penalty = config.penalty_every * config.penalty_weight / 2 * slopes
            loss = loss + penalty
            measured["penalty"] = penalty.detach()
        measured["gradient_d"] = self._descend(self.discriminator, self.optimizer_d, loss)
        real_logits, fake_logits = real_logits.detach(), fake_logits.detach()
        undecided = self.loss.undecided(real_logits, fake_logits, config.real_label)
        measured |= {
            "d_real": real_logits.sigmoid().mean(),
            "d_fake": fake_logits.sigmoid().mean(),
            "accuracy_real": (real_logits > undecided).float().mean(),
            "accuracy_fake": (fake_logits <= undecided).float().mean(),
        }
        return real_logits

    def _judge(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """The inspector's verdicts (batch,) on both: in one pass, which is quicker, where that changes none of them."""
        with devices.autocast(self.device):
            if self.group is not None and len(real) % self.group == 0:
                real_logits, fake_logits = self.discriminator(torch.cat([real, fake])).float().chunk(2)
            else:
                real_logits, fake_logits = self.discriminator(real).float(), self.discriminator(fake).float()
        return real_logits, fake_logits

    def _penalty_is_due(self) -> bool:
        return (self.images_seen // self.config.batch_size) % self.config.penalty_every == 0

    def _augment(self, pictures: Tensor) -> Tensor:
        return augment(pictures, self.config.augment_probability, self.augment_random)

    def _teach_generator(self, fake: Tensor, real_logits: Tensor, measured: dict[str, Tensor]) -> None:
        # The inspector only judges here: without gradients for its weights the backward pass is a third cheaper.
        self.discriminator.requires_grad_(False)
        with devices.autocast(self.device):
            logits = self.discriminator(self._augment(fake)).float()
        loss = self.loss.generator(logits, real_logits)
        measured |= {"loss_g": loss.detach(), "d_fake_after": logits.detach().sigmoid().mean()}
        measured["gradient_g"] = self._descend(
            self.generator, self.optimizer_g, self._also_wanted(fake, loss, measured)
        )
        self.discriminator.requires_grad_(True)

    def _also_wanted(self, fake: Tensor, loss: Tensor, measured: dict[str, Tensor]) -> Tensor:
        """What the forger's loss is, where more than the verdict counts."""
        return loss

    @staticmethod
    def _descend(network: nn.Module, optimizer: torch.optim.Optimizer, loss: Tensor) -> Tensor:
        """One optimiser step down `loss`. Returns the norm of the whole gradient."""
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()
        return nn.utils.get_total_norm([p.grad for p in network.parameters() if p.grad is not None])

    def _forge(self) -> Tensor:
        config = self.config
        z = sample_latents(config.batch_size, config.latent_size, config.latent_distribution, self.latent_random)
        with devices.autocast(self.device):
            return self.generator(self._send(z)).float()

    def _next_real(self) -> Tensor:
        """The next real pictures (batch, 3, resolution, resolution) in [-1, 1], half of them mirrored."""
        config = self.config
        chosen = batch_indices(config.seed, len(self.training), self.images_seen, config.batch_size)
        self.images_seen += config.batch_size
        real = self._send(torch.from_numpy(self.pictures[self.training[chosen]])).permute(0, 3, 1, 2)
        real = real.to(torch.float32, memory_format=devices.MEMORY_FORMAT).div_(127.5).sub_(1)
        if config.flips:
            mirrored = self._send(torch.rand(config.batch_size, generator=self.flip_random) < 0.5)
            real = torch.where(mirrored[:, None, None, None], real.flip(3), real)
        return real

    def _send(self, tensor: Tensor) -> Tensor:
        """To the device; from pinned memory a card copies while it computes."""
        if self.device.type == "cuda":
            return tensor.pin_memory().to(self.device, non_blocking=True)
        return tensor.to(self.device)

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
            "augment_random": self.augment_random.get_state(),
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
        self.augment_random.set_state(state["augment_random"].cpu())
