"""The scale of a loss, for training in float16: without it most gradients would be too small for its numbers.

Micikevicius et al. 2018 (arXiv 1710.03740); kept by PyTorch's own `GradScaler`. What else float16 asks for is said at
`gan.device.precision`.
"""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

FIRST = 2.0**12  # lower than PyTorch begins: what a GAN cannot take at first is a step lost for one side alone


class LossScale:
    """Descends losses by one optimiser, each multiplied by a scale beforehand; gradients are divided by it afterwards.

    The scale doubles after 2,000 good steps. Where a gradient is not finite, the step is left out, the optimiser's
    memory stays as it was, and the scale is halved. All of that happens on the device, so nobody waits for it; for
    this the optimiser has to be a fused one (ValueError where it is not). It is a power of two, so multiplying and
    dividing changes no digit. Where `wanted` is False (bfloat16, float32) it is an ordinary step.
    """

    def __init__(self, optimizer: torch.optim.Optimizer, device: torch.device, wanted: bool):
        if wanted and not getattr(optimizer, "_step_supports_amp_scaling", False):
            raise ValueError("Only a fused optimiser can leave out a step without waiting for the device.")
        self.optimizer = optimizer
        self.weights = [weights for group in optimizer.param_groups for weights in group["params"]]
        self.scaler = torch.amp.GradScaler(device.type, init_scale=FIRST, enabled=wanted)

    def descend(self, loss: Tensor, share: Callable[[], None] = lambda: None) -> None:
        """One optimiser step down `loss`, a tensor (). Afterwards the parameters' `grad` are those of `loss` itself.

        `share` is called once the gradients are there, still scaled: where several processes average them, all find
        the same ones, finite or not.
        """
        self.optimizer.zero_grad(set_to_none=True)
        self.scaler.scale(loss).backward()
        share()
        self.scaler.unscale_(self.optimizer)
        self.scaler.step(self.optimizer)
        self.scaler.update()

    def state_dict(self) -> dict[str, Any]:
        """The scale and how many good steps it has behind it, as plain numbers; empty where it is not wanted.

        Belongs into the training's state, or a resumed training would go another way. Waits for the device.
        """
        return self.scaler.state_dict()

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Takes over a `state_dict`; an empty one (of a training in another precision) leaves the scale as it is."""
        if state and self.scaler.is_enabled():
            self.scaler.load_state_dict(state)
