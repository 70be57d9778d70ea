"""What a network sees that knows photographs, for whoever learns by it: EfficientNet-lite's middle layers.

Its packages are optional. Which edition trains is a matter of who judges: generators that redraw are judged by lite0
(`gan.quality.fidelity`), those that draw from seeds by both, and the second opinion, lite1's, is to stay apart.
"""

from collections.abc import Iterator
from contextlib import nullcontext
from itertools import accumulate

import torch
from torch import Tensor
from torch.nn.functional import interpolate, normalize

from gan import device as devices
from gan.errors import ForgerError
from gan.learning.config import Config
from gan.networks.efficientnet import LITE0, LITE1, STAGES, find_weights, fused, load

PIXELS = 64  # of the pictures that it looks at
# The stages whose ends are looked at: at 64 pixels maps of 16x16, 8x8 and 4x4.
LOOKS = (2, 3, 5)
SIDES = (16, 8, 4)
CHANNELS = tuple(STAGES[stage - 1][1] for stage in LOOKS)


# Whose eyes a setting asks for where it is above 0.
EYES = {"perceptual_weight": LITE1, "projected_weight": LITE0}


def missing(config: Config) -> Iterator[str]:
    """The settings of `config` that ask for eyes which are not installed on this machine."""
    return (name for name, edition in EYES.items() if getattr(config, name) > 0 and find_weights(edition) is None)


def complaint(config: Config) -> str:
    """What to do about the first of those that are `missing`, in a sentence; empty where none is."""
    for setting in missing(config):
        return f"A {setting} above 0 needs the package {EYES[setting].distribution}: pip install it, or set it to 0."
    return ""


class Eyes:
    """The layers up to the last that is looked at, of the edition that `setting` asks for. Raises ForgerError where
    its weights are broken, and the `complaint` where they are not installed."""

    def __init__(self, setting: str, config: Config, device: torch.device):
        if wrong := complaint(config):
            raise ForgerError(wrong)
        edition = EYES[setting]
        weights = find_weights(edition)
        assert weights
        ends = tuple(accumulate(edition.blocks))  # the first layer is the stem
        self.device, self.looks = device, tuple(ends[stage - 1] for stage in LOOKS)
        self.layers = devices.send(fused(load(weights, edition)).layers[: self.looks[-1] + 1], device)

    def see(self, x: Tensor) -> list[Tensor]:
        """Of pictures (N, 3, R, R) in [-1, 1], the direction of what is at every place: (N, C, S, S) for each of
        `CHANNELS` and `SIDES`, of length 1."""
        if x.shape[-1] != PIXELS:
            x = interpolate(x, size=(PIXELS, PIXELS), mode="bilinear", antialias=True)
        x, found = x.contiguous(memory_format=devices.MEMORY_FORMAT), []
        # float16 would not hold the gradients that come back through so many layers.
        half = devices.precision(self.device) == "float16"
        with nullcontext() if half else devices.autocast(self.device):
            for number, layer in enumerate(self.layers):
                x = layer(x)
                if number in self.looks:
                    found.append(normalize(x.float(), dim=1))
        return found
