"""Pictures for people, uint8 and channels last, as pictures for networks, float32 in [-1, 1] and channels first; and
back."""

import numpy as np
import torch
from torch import Tensor


def to_uint8(x: Tensor) -> np.ndarray:
    """Pictures (N, 3, H, W) in [-1, 1] on any device as (N, H, W, 3) uint8, rounded; beyond is clamped."""
    levels = (x.float() * 127.5 + 127.5).round().clamp(0, 255).to(torch.uint8)
    return levels.permute(0, 2, 3, 1).contiguous().cpu().numpy()


def to_tensor(pictures: np.ndarray) -> Tensor:
    """Pictures (N, H, W, 3) uint8 as (N, 3, H, W) in [-1, 1], on the CPU."""
    return torch.from_numpy(np.array(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
