"""What training in float16 asks of the networks: the rules are told at `gan.device.precision`."""

from collections.abc import Callable

import torch
from torch import Tensor, nn

LARGEST = 256.0  # of an activation (StyleGAN2-ADA's conv_clamp)
LOWEST = 8  # pixels: up to this resolution sums over many channels grow largest
VERDICT, PICTURE = 1, 3  # channels of what comes out last


def guard(network: nn.Module) -> None:
    """Lets every convolution of `network` keep to float16's range: those at the lowest resolutions and the last ones
    compute in single precision, and what others make is clamped."""
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            # An attribute of its own hides the method; the names of the weights stay as they are.
            vars(layer)["forward"] = _guarded(layer.forward, layer.out_channels in (VERDICT, PICTURE))


def _guarded(forward: Callable[[Tensor], Tensor], is_last: bool) -> Callable[[Tensor], Tensor]:
    def guarded(x: Tensor) -> Tensor:
        if is_last or x.shape[-1] <= LOWEST:
            with torch.autocast(x.device.type, enabled=False):
                return forward(x.float())
        return forward(x).clamp(-LARGEST, LARGEST)

    return guarded
