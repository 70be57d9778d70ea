"""Features that a network has learned from ImageNet's photographs, EfficientNet-lite's."""

from pathlib import Path

import torch
from torch import Tensor
from torch.nn.functional import interpolate, normalize

from gan.device import send
from gan.networks.efficientnet import HEAD, LITE0, LITE1, fused, load
from gan.quality.features import Features


class PretrainedFeatures(Features):
    """The last layer before the classifier, averaged over the picture: (N, 1280).

    Of lite0 it is scaled to a mean square of 1 and sees 96 pixels at least: so trainings and cards are measured.

    Measured on photographs of 64 pixels, damaged on purpose, and on generated ones: this layer counts torn and bent
    heads most against blur (earlier layers are kinder to a generator, whose textures are the easy part), and
    every rung of the ladder stands clear of the next. The scaling makes the kernel of `kid` a function of the angle
    alone; without it the lowest rungs hardly differ. At 96 pixels of input it judges as at 128 in half of the
    time (320 against 160 pictures a second on one core); at 64 it forgives torn faces. Larger pictures go in as
    they are, up to what the network was trained at.
    """

    name = "efficientnet-lite0-1"
    edition = LITE0
    smallest = 96  # pixels of the network's input
    scaled = True
    batch = 16  # more is slower on a CPU: the memory of larger maps is fetched anew for each batch

    def __init__(self, weights: Path, device: torch.device):
        super().__init__(device)
        self.network = send(fused(load(weights, self.edition)), device)

    def describe(self, pictures: Tensor) -> Tensor:
        size = min(max(pictures.shape[-1], self.smallest), self.edition.trained_at)
        if pictures.shape[-1] != size:
            pictures = interpolate(pictures, size=(size, size), mode="bilinear", antialias=True)
        pictures = (pictures * 2 - 1).contiguous(memory_format=torch.channels_last)
        found = self.network(pictures).mean((2, 3))
        return normalize(found) * HEAD**0.5 if self.scaled else found


class SecondFeatures(PretrainedFeatures):
    """Those of lite1 as they are, from 128 pixels of input at least: for a second opinion that no decision uses."""

    name = "efficientnet-lite1-128-1"
    edition = LITE1
    smallest = 128
    scaled = False
