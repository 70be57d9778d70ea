"""Pictures as points in a space where near means alike: what every distance of this package is measured on."""

from abc import ABC, abstractmethod
from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from gan.device import full_precision

CHUNK = 128  # pictures in memory at once: they may be mapped from a file of any size


class Features(ABC):
    """Turns pictures into features. `name` changes whenever they would: a key for caches."""

    name: str
    batch: int  # pictures at once

    def __init__(self, device: torch.device):
        self.device = device

    @abstractmethod
    def describe(self, pictures: Tensor) -> Tensor:
        """Features (N, F) of pictures (N, 3, R, R) with values 0 to 1, on the device."""

    def extract(self, pictures: np.ndarray) -> np.ndarray:
        """Features (N, F) float32 of pictures (N, R, R, 3) uint8. Uses no chance, and no gradients."""
        parts = []
        with torch.inference_mode(), full_precision(), torch.autocast(self.device.type, enabled=False):
            for start in range(0, len(pictures), self.batch):
                part = torch.tensor(np.ascontiguousarray(pictures[start : start + self.batch]), device=self.device)
                parts.append(self.describe(part.permute(0, 3, 1, 2).float() / 255).cpu().numpy())
        return np.concatenate(parts)

    def extract_chosen(
        self,
        pictures: np.ndarray,
        indices: np.ndarray,
        change: Callable[[np.ndarray], np.ndarray] = lambda chosen: chosen,
        described: Callable[[int], object] = lambda count: None,
    ) -> np.ndarray:
        """Features (len(indices), F) of those of the pictures, each `change`d first; few are in memory at a time.

        `described` hears after each part how many it had.
        """
        parts = []
        for start in range(0, len(indices), CHUNK):
            parts.append(self.extract(change(pictures[indices[start : start + CHUNK]])))
            described(len(parts[-1]))
        return np.concatenate(parts)
