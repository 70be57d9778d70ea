"""Generators that have learned, on the shelf with their cards; what they draw from seeds, and redraw of pictures."""

from gan.generators.folder import (
    CARD,
    DISCRIMINATOR,
    PREVIEW,
    WEIGHTS,
    moment_path,
    save_generator,
    save_weights,
)
from gan.generators.shelf import (
    BEST,
    TrainedGenerator,
    add_to_checkpoints,
    as_zip,
    find_generator,
    list_generators,
    load_discriminator,
    load_generator,
)

__all__ = [
    "BEST", "CARD", "DISCRIMINATOR", "PREVIEW", "WEIGHTS",
    "TrainedGenerator", "add_to_checkpoints", "as_zip", "find_generator", "list_generators",
    "load_discriminator", "load_generator", "moment_path", "save_generator", "save_weights",
]  # fmt: skip
