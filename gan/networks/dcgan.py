"""The DCGAN pair: transposed convolutions draw, strided convolutions judge (Radford et al. 2015, arXiv 1511.06434).

Both have one stage for every doubling between 4x4 and the picture. Channels halve up the generator and double
down the discriminator; `width` is their number beside the picture. There is no pooling. Batch norm is everywhere
but next to the picture; the discriminator gives logits (its sigmoid is part of the loss, where it is safer).
"""

from torch import Tensor, nn

from gan.networks.convolution import Convolution, FromLatents
from gan.networks.stages import resolutions


class Generator(nn.Module):
    """Latents (N, latent_size) to pictures (N, 3, resolution, resolution) in [-1, 1]."""

    def __init__(self, resolution: int, width: int, latent_size: int):
        super().__init__()
        channels = width * resolution // 8
        layers: list[nn.Module] = [
            FromLatents(latent_size, channels, 4, 1, 0, bias=False),
            nn.BatchNorm2d(channels),
            nn.ReLU(inplace=True),
        ]
        while channels > width:
            layers += [
                nn.ConvTranspose2d(channels, channels // 2, 4, 2, 1, bias=False),
                nn.BatchNorm2d(channels // 2),
                nn.ReLU(inplace=True),
            ]
            channels //= 2
        layers += [nn.ConvTranspose2d(width, 3, 4, 2, 1, bias=False), nn.Tanh()]
        self.layers = nn.Sequential(*layers).apply(initialise)

    def forward(self, z: Tensor) -> Tensor:
        return self.layers(z[:, :, None, None])


class Discriminator(nn.Module):
    """Pictures (N, 3, resolution, resolution) in [-1, 1] to logits (N,): above 0 means "I think it is real"."""

    group: int | None = None  # batch norm lets every verdict depend on the whole batch

    def __init__(self, resolution: int, width: int):
        super().__init__()
        layers: list[nn.Module] = [Convolution(3, width, 4, 2, 1, bias=False), nn.LeakyReLU(0.2, inplace=True)]
        channels = width
        for _ in resolutions(resolution)[2:]:
            layers += [
                Convolution(channels, channels * 2, 4, 2, 1, bias=False),
                nn.BatchNorm2d(channels * 2),
                nn.LeakyReLU(0.2, inplace=True),
            ]
            channels *= 2
        layers.append(Convolution(channels, 1, 4, 1, 0, bias=False))
        self.layers = nn.Sequential(*layers).apply(initialise)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layers(pictures).flatten()


def initialise(module: nn.Module) -> None:
    """For `nn.Module.apply`: weights from N(0, 0.02), batch norm scales from N(1, 0.02), as the paper has it."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)
