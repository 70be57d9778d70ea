"""The networks: what the forger draws with and what the inspector looks with. A new one is one line here."""

from gan.networks.dcgan import Discriminator, Generator
from gan.networks.plain import PlainDiscriminator
from gan.networks.skip import SkipGenerator

GENERATORS = {"dcgan": Generator, "skip": SkipGenerator}
DISCRIMINATORS = {"dcgan": Discriminator, "plain": PlainDiscriminator}
