"""What the inspector would have the forger change: the gradient of its verdict by the picture."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from gan.pictures.tensors import to_tensor, to_uint8

STRONGEST = 0.02  # of all values: those beyond are drawn as strong as the weakest of them
STEP = 0.05  # of the range from black to white, the mean change of the picture that follows the wish


@dataclass(frozen=True, eq=False)
class Wish:
    """For one picture: its score (logit), the wish as a picture in which grey means "leave it", brighter and darker
    mean "more" and "less" (R, R, 3) uint8, the picture a little along it (R, R, 3) uint8, and that one's score."""

    score: float
    difference: np.ndarray
    followed: np.ndarray
    score_followed: float


def wish(inspector: nn.Module, picture: np.ndarray, source: np.ndarray | None = None) -> Wish:
    """What `inspector` would have changed in a picture (R, R, 3) uint8, made of a `source` where pairs are judged.

    The gradient says where a small change would raise its score most. It is no picture of anything better: far along
    it lie pictures that fool the inspector and nobody else (Goodfellow et al. 2015, arXiv 1412.6572).
    """
    device = next(inspector.parameters()).device
    given = None if source is None else to_tensor(source[None]).to(device)
    x = to_tensor(picture[None]).to(device).requires_grad_()
    (gradient,) = torch.autograd.grad(_score(inspector, x, given), x)
    top = gradient.abs().flatten().quantile(1 - STRONGEST).clamp(min=1e-12)
    difference = (gradient / top).clamp(-1, 1)
    followed = (x.detach() + 2 * STEP * gradient / gradient.abs().mean().clamp(min=1e-12)).clamp(-1, 1)
    with torch.no_grad():
        before, after = (float(_score(inspector, one, given)) for one in (x, followed))
    return Wish(before, to_uint8(difference)[0], to_uint8(followed)[0], after)


def _score(inspector: nn.Module, picture: Tensor, source: Tensor | None) -> Tensor:
    """The mean of its logits: of patches, where it judges those."""
    return inspector(picture if source is None else torch.cat([picture, source], 1)).float().mean()
