"""The devices that a visitor can choose from on this machine."""

import torch

from gan.device import CHOICES

DEVICES = CHOICES if torch.cuda.is_available() else ("cpu",)
