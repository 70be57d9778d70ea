"""Gradient penalties: an inspector whose verdict hardly changes with the picture cannot bully the forger."""

import torch
from torch import Tensor

# Where the slope is penalised: (at real pictures, at forgeries).
PENALTIES = {"none": (False, False), "r1": (True, False), "r1+r2": (True, True)}


def slope(logits: Tensor, pictures: list[Tensor]) -> Tensor:
    """The mean squared length of the gradient of logits (N,) by pictures (n, 3, h, w), added up over the list: a
    tensor (), differentiable. One backward pass serves them all.

    R1 on real pictures (Mescheder et al. 2018), R2 on forgeries; the loss takes half of it, times gamma.
    """
    gradients = torch.autograd.grad(logits.sum(), pictures, create_graph=True)
    return torch.stack([gradient.square().sum((1, 2, 3)).mean() for gradient in gradients]).sum()
