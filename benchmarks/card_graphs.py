"""The part of a training step that a CUDA graph can hold, to see what launching it as one would bring."""

from collections.abc import Callable
from itertools import cycle

import torch
from torch import Tensor

from benchmarks.card_checks import on_noise
from gan import device as devices
from gan.learning.config import Config
from gan.learning.losses import LOSSES

PRECISIONS = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": torch.float32}


class PlainStep:
    """Both lessons of a training from latents, always of the same pictures and latents, which lie on the device.

    Captured are: the forger's pictures; the inspector's verdicts on both in one pass, its loss, every so many steps
    with the exact R1 and R2 penalty, its gradients and its Adam step; the verdict on the forgeries again, the forger's
    loss, gradients and Adam step; the average. Left out of what `Trainer.step` does are: drawing latents and sending
    pictures, mirroring, augmentation, rates that fall, and most metrics, since chance and schedules live on the host
    and a graph would repeat their first numbers forever. Both arms leave them out, so they can be compared with each
    other, not with `Trainer.step`.
    """

    def __init__(self, config: Config, device: torch.device):
        self.config, self.device = config, device
        trainer = on_noise(config, device)
        self.generator, self.discriminator = trainer.generator, trainer.discriminator
        self.averaged, self.trained = list(trainer.average.parameters()), list(trainer.generator.parameters())
        random = torch.Generator().manual_seed(config.seed)
        shape = (config.batch_size, 3, config.resolution, config.resolution)
        self.latents = torch.randn(config.batch_size, config.latent_size, generator=random).to(device)
        self.real = (2 * torch.rand(shape, generator=random) - 1).to(device, memory_format=devices.MEMORY_FORMAT)
        self.loss = torch.zeros((), device=device)
        self.optimizer_g, self.optimizer_d = (
            # A captured Adam counts its steps on the card.
            torch.optim.Adam(
                network.parameters(), lr=rate, betas=(config.beta1, config.beta2), fused=True,
                capturable=device.type == "cuda",
            )
            for network, rate in (
                (self.generator, config.learning_rate_g), (self.discriminator, config.learning_rate_d),
            )
        )  # fmt: skip
        self.penalised = cycle([True] + (config.penalty_every - 1) * [False])

    def __call__(self) -> None:
        self.lessons(next(self.penalised))

    def lessons(self, penalised: bool) -> None:
        """One lesson for each side; `loss` is the inspector's afterwards."""
        config, loss = self.config, LOSSES[self.config.loss]
        fake = self._by(self.generator, self.latents)
        real, forged = (pictures.detach().requires_grad_(penalised) for pictures in (self.real, fake))
        verdicts = self._by(self.discriminator, torch.cat([real, forged]))
        of_real, of_forged = verdicts.chunk(2)
        wrong = torch.stack(list(loss.discriminator(of_real, of_forged, config.real_label).values())).sum()
        if penalised:
            slopes = torch.autograd.grad(verdicts.sum(), [real, forged], create_graph=True)
            squared = torch.stack([one.square().sum((1, 2, 3)).mean() for one in slopes]).sum()
            wrong = wrong + config.penalty_every * config.penalty_weight / 2 * squared
        self._descend(self.optimizer_d, wrong)
        self.loss = wrong.detach()
        self.discriminator.requires_grad_(False)
        self._descend(self.optimizer_g, loss.generator(self._by(self.discriminator, fake), of_real.detach()))
        self.discriminator.requires_grad_(True)
        with torch.no_grad():
            torch._foreach_lerp_(self.averaged, self.trained, 0.001)

    def _by(self, network: torch.nn.Module, x: Tensor) -> Tensor:
        dtype = PRECISIONS[devices.precision(self.device)]
        # Casts that one call kept for the next would be a graph's own memory.
        with torch.autocast(self.device.type, dtype, dtype != torch.float32, cache_enabled=False):
            return network(x).float()

    @staticmethod
    def _descend(optimizer: torch.optim.Optimizer, loss: Tensor) -> None:
        optimizer.zero_grad(set_to_none=True)
        loss.backward()
        optimizer.step()


def captured(step: PlainStep) -> Callable[[], None]:
    """The same steps as two CUDA graphs, with the penalty and without, replayed in turns (PyTorch's notes on CUDA)."""
    graphs = {}
    with torch.cuda.device(step.device):
        side = torch.cuda.Stream()
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):  # algorithms and the optimisers' memory must be there before
            for penalised in (True, False, True, False):
                step.lessons(penalised)
        torch.cuda.current_stream().wait_stream(side)
        for penalised in (True, False):
            graphs[penalised] = torch.cuda.CUDAGraph()
            with torch.cuda.graph(graphs[penalised]):
                step.lessons(penalised)

    def replay() -> None:
        graphs[next(step.penalised)].replay()

    return replay
