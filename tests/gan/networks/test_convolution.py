from functools import partial

import pytest
import torch
from torch.nn.functional import conv2d, conv_transpose2d

from gan.networks.convolution import Convolution, FromLatents

# Channels in and out, pixels, kernel, stride, padding: where few pixels come out, and where many do.
SHAPES = [(5, 4, 4, 3, 1, 1), (3, 6, 8, 4, 2, 1), (4, 1, 4, 4, 1, 0), (4, 3, 1, 1, 1, 0), (2, 3, 5, 3, 2, 0),
          (3, 2, 4, 4, 1, 1), (3, 4, 16, 4, 2, 1), (2, 2, 8, 3, 1, 1)]  # fmt: skip


def layer_and_pictures(before: int, after: int, size: int, side: int, stride: int, padding: int, bias: bool = True):
    layer = Convolution(before, after, side, stride, padding, bias=bias).double().to(memory_format=torch.channels_last)
    x = torch.randn(3, before, size, size, dtype=torch.float64).to(memory_format=torch.channels_last)
    return layer, x.requires_grad_()


def twice_differentiated(convolve, layer, x):
    """What it makes of x, the gradients by all that goes in, and those of the first gradient's square."""
    inputs = [x, *layer.parameters()]
    y = convolve(x)
    towards = torch.linspace(-1, 1, y.numel(), dtype=y.dtype).view_as(y)
    first = torch.autograd.grad((y.square() * towards).sum(), inputs, create_graph=True)
    return [y, *first, *torch.autograd.grad(first[0].square().sum(), inputs, allow_unused=True)]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("bias", [True, False])
def test_a_convolution_and_its_gradients_of_gradients_are_those_of_pytorch(shape, bias):
    layer, x = layer_and_pictures(*shape, bias=bias)
    theirs = partial(conv2d, weight=layer.weight, bias=layer.bias, stride=shape[4], padding=shape[5])
    for mine, other in zip(twice_differentiated(layer, layer, x), twice_differentiated(theirs, layer, x), strict=True):
        torch.testing.assert_close(mine, other)


@pytest.mark.parametrize("shape", SHAPES)
def test_what_comes_out_lies_in_channels_last_memory(shape):
    layer, x = layer_and_pictures(*shape)
    assert layer(x).is_contiguous(memory_format=torch.channels_last)


def test_autocast_holds_where_few_pixels_come_out():
    layer = Convolution(5, 4, 3, 1, 1)
    with torch.autocast("cpu", torch.bfloat16):
        assert layer(torch.randn(2, 5, 4, 4)).dtype == torch.bfloat16
    assert layer(torch.randn(2, 5, 4, 4)).dtype == torch.float32


def test_a_training_can_go_where_a_page_was_first():
    layer = Convolution(5, 4, 3, 1, 1, dtype=torch.float64)
    with torch.inference_mode():
        layer(torch.randn(1, 5, 3, 3, dtype=torch.float64))
    layer(torch.randn(1, 5, 3, 3, dtype=torch.float64, requires_grad=True)).sum().backward()
    assert layer.weight.grad is not None


def test_pictures_begin_from_latents_as_pytorchs_transposed_convolution_begins_them():
    layer = FromLatents(7, 6, 4, 1, 0, bias=False).double().to(memory_format=torch.channels_last)
    z = torch.randn(3, 7, 1, 1, dtype=torch.float64, requires_grad=True)
    theirs = partial(conv_transpose2d, weight=layer.weight)
    for mine, other in zip(twice_differentiated(layer, layer, z), twice_differentiated(theirs, layer, z), strict=True):
        torch.testing.assert_close(mine, other)
    assert layer(z).is_contiguous(memory_format=torch.channels_last)
