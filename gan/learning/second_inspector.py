"""A second inspector, who sees pictures with the eyes of a network that knows photographs.

After Projected GANs (Sauer et al. 2021, arXiv 2111.01007). The first inspector has to find out by itself what an eye is
before it can miss one; this one is shown what a network sees that has looked at a million photographs, and only its
small heads learn. So a forger has faces within minutes. It gives verdicts on the places of three maps; its heads are
spectrally normalised (Miyato et al. 2018, arXiv 1802.05957), which keeps them calm without a penalty.

Its eyes are EfficientNet-lite0's, which judges trainings too (`gan.quality`) and is kinder to them for it; the second
opinion, by lite1, does not see with them.
"""

from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.functional import softplus
from torch.nn.utils.parametrizations import spectral_norm

from gan import device as devices
from gan.learning.adam import Adam
from gan.learning.config import Config
from gan.learning.eyes import CHANNELS, SIDES, Eyes
from gan.learning.half import guard
from gan.learning.loss_scale import LossScale
from gan.learning.team import Team

WIDTH, SMALLEST = 64, 4


class Head(nn.Sequential):
    """What is seen at one size (N, channels, side, side) to logits for the places of 4x4, (N, 1, 4, 4)."""

    def __init__(self, channels: int, side: int):
        layers: list[nn.Module] = [spectral_norm(nn.Conv2d(channels, WIDTH, 3, 1, 1)), nn.LeakyReLU(0.2)]
        while side > SMALLEST:
            layers += [spectral_norm(nn.Conv2d(WIDTH, WIDTH, 4, 2, 1)), nn.LeakyReLU(0.2)]
            side //= 2
        super().__init__(*layers, spectral_norm(nn.Conv2d(WIDTH, 1, 3, 1, 1, bias=False)))  # only differences count


class SecondInspector:
    """The heads and their optimiser. Raises ForgerError as `Eyes` does.

    They begin from chance whatever the networks begin with, so their learning rate does not settle.
    """

    def __init__(self, config: Config, device: torch.device, team: Team, half: bool):
        self.device, self.team = device, team
        self.eyes = Eyes("projected_weight", config, device)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(config.seed + 2)
            heads = nn.ModuleList(Head(channels, side) for channels, side in zip(CHANNELS, SIDES, strict=True))
        self.heads = devices.send(heads, device)
        self.team.prepare(self.heads)
        betas = (config.beta1, config.beta2)
        self.optimizer = Adam(self.heads.parameters(), lr=config.learning_rate_d, betas=betas, fused=True)
        self.scale = LossScale(self.optimizer, device, half)
        if half:
            guard(self.heads)

    def judge(self, pictures: Tensor) -> Tensor:
        """Pictures (N, 3, R, R) in [-1, 1] to logits (N, 48): above 0 means "real"; only differences count."""
        seen = self.eyes.see(pictures)
        with devices.autocast(self.device):
            # A direction has length 1; a head likes numbers whose mean square is 1.
            logits = [head(one * one.shape[1] ** 0.5) for head, one in zip(self.heads, seen, strict=True)]
        return torch.cat([one.float().flatten(1) for one in logits], 1)

    def teach(self, real: Tensor, fake: Tensor) -> tuple[Tensor, Tensor]:
        """One lesson about real pictures and forgeries (N, 3, R, R), as the first inspector sees them. Returns its
        loss, a tensor (), and its verdicts on `real`."""
        real_logits, fake_logits = self.judge(torch.cat([real, fake])).chunk(2)
        loss = softplus(fake_logits - real_logits).mean()
        self.scale.descend(loss, lambda: self.team.average_gradients(self.scale.weights))
        return loss.detach(), real_logits.detach()

    def complain(self, fake: Tensor, real_logits: Tensor) -> Tensor:
        """How far a forger is from being believed, a tensor (), whose forgeries stand beside what was said of real
        pictures. No head learns from it."""
        for weights in self.scale.weights:
            weights.requires_grad_(False)
        loss = softplus(real_logits - self.judge(fake)).mean()
        for weights in self.scale.weights:
            weights.requires_grad_(True)
        return loss

    def parts(self, half: bool) -> dict[str, Any]:
        """All that its next lesson depends on, by name."""
        parts = {"second_inspector": self.heads, "optimizer_second": self.optimizer}
        return parts | ({"scale_second": self.scale} if half else {})
