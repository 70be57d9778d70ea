"""The networks: what the forger draws with and what the inspector looks with. A new one is one line here."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from torch import nn

from gan.networks.dcgan import Discriminator, Generator
from gan.networks.plain import PlainDiscriminator
from gan.networks.redraw import PatchDiscriminator, RedrawGenerator
from gan.networks.skip import SkipGenerator

if TYPE_CHECKING:
    from gan.config import Config

GENERATORS: dict[str, Callable[["Config"], nn.Module]] = {
    "dcgan": lambda config: Generator(config.resolution, config.width_g, config.latent_size),
    "skip": lambda config: SkipGenerator(config.resolution, config.width_g, config.latent_size),
    "redraw": lambda config: RedrawGenerator(config.resolution, config.width_g, config.skips),
}
DISCRIMINATORS: dict[str, Callable[["Config"], nn.Module]] = {
    "dcgan": lambda config: Discriminator(config.resolution, config.width_d),
    "plain": lambda config: PlainDiscriminator(config.resolution, config.width_d),
    "patch": lambda config: PatchDiscriminator(config.resolution, config.width_d),
}
# What turns pictures into pictures, and what judges them beside their sources: neither works without the other.
REDRAWS = ("redraw", "patch")
