"""The networks: what the forger draws with and what the inspector looks with. A new one is one line in `FAMILIES`."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from gan.networks.contract import EncoderDecoder, Judge, PatchJudge, Settings
from gan.networks.dcgan import Discriminator, Generator
from gan.networks.guided import GuidedGenerator
from gan.networks.plain import PlainDiscriminator
from gan.networks.poster import PosterGenerator
from gan.networks.redraw import PatchDiscriminator, RedrawGenerator
from gan.networks.skip import SkipGenerator

Build = Callable[[Settings], nn.Module]

LATENTS, PICTURES = "latents", "pictures"
# Discriminators that nothing but a penalty keeps calm.
WITHOUT_NORM = ("plain", "slim")


@dataclass(frozen=True)
class Family:
    """Networks that work together, by name; and the protocols that they keep to, see `gan.networks.contract`."""

    generators: dict[str, Build]
    discriminators: dict[str, Build]
    generator_keeps: tuple[type, ...]
    discriminator_keeps: tuple[type, ...]


# By what goes into the generator.
FAMILIES = {
    LATENTS: Family(
        {
            "dcgan": lambda settings: Generator(settings.resolution, settings.width_g, settings.latent_size),
            "skip": lambda settings: SkipGenerator(settings.resolution, settings.width_g, settings.latent_size),
        },
        {
            "dcgan": lambda settings: Discriminator(settings.resolution, settings.width_d),
            "plain": lambda settings: PlainDiscriminator(
                settings.resolution, settings.width_d, settings.deviation_group
            ),
            "slim": lambda settings: PlainDiscriminator(
                settings.resolution, settings.width_d, settings.deviation_group, slim=True
            ),
        },
        generator_keeps=(),
        discriminator_keeps=(Judge,),
    ),
    PICTURES: Family(
        {
            "redraw": lambda settings: RedrawGenerator(settings.resolution, settings.width_g, settings.skips),
            "guided": lambda settings: GuidedGenerator(settings.resolution, settings.width_g, settings.skips),
            "poster": lambda settings: PosterGenerator(settings.resolution, settings.width_g, settings.skips),
        },
        {"patch": lambda settings: PatchDiscriminator(settings.resolution, settings.width_d)},
        generator_keeps=(EncoderDecoder,),
        discriminator_keeps=(Judge, PatchJudge),
    ),
}


def new_generator(settings: Settings) -> nn.Module:
    """An untrained generator; its weights depend on nothing but the seed. Raises TypeError as `_built` does."""
    family = FAMILIES[settings.kind]
    return _built(settings, settings.generator, family.generators, family.generator_keeps, settings.seed)


def new_discriminator(settings: Settings) -> nn.Module:
    """An untrained discriminator; its weights depend on nothing but the seed. Raises TypeError as `_built` does."""
    family = FAMILIES[settings.kind]
    return _built(
        settings, settings.discriminator, family.discriminators, family.discriminator_keeps, settings.seed + 1
    )


def _built(settings: Settings, name: str, networks: dict[str, Build], keeps: tuple[type, ...], seed: int) -> nn.Module:
    """Raises TypeError for a network that does not keep to the contract of its family, naming what it lacks."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = networks[name](settings)
    for protocol in keeps:
        parts = [*protocol.__annotations__, *(part for part in vars(protocol) if not part.startswith("_"))]
        lacks = [part for part in parts if not hasattr(network, part)]
        if lacks:
            raise TypeError(f"The network {name!r} is no {protocol.__name__}: it lacks {', '.join(lacks)}.")
    return network
