"""The switches of a device: what training may round, drawing and judging do not."""

import pytest
import torch
from torch import nn

from gan import device as devices
from gan.generators.redraw import Inspector, Redrawer
from gan.generators.sampling import generate
from gan.quality.simple_features import SimpleFeatures

CPU = torch.device("cpu")


@pytest.fixture
def fast(monkeypatch):
    """The switches as a training on a card sets them."""
    before = torch.backends.cudnn.allow_tf32, torch.get_float32_matmul_precision()
    torch.backends.cudnn.allow_tf32 = True
    torch.set_float32_matmul_precision("high")
    yield
    torch.backends.cudnn.allow_tf32 = before[0]
    torch.set_float32_matmul_precision(before[1])


def switches() -> tuple[bool, str]:
    return torch.backends.cudnn.allow_tf32, torch.get_float32_matmul_precision()


class Watching(nn.Module):
    """A network that notes the switches under which it works."""

    def __init__(self, network: nn.Module):
        super().__init__()
        self.network, self.seen = network, []

    def __getattr__(self, name):
        if name not in ("encode", "decode", "patches"):
            return super().__getattr__(name)
        method = getattr(self.network, name)

        def watched(*given):
            self.seen.append(switches())
            return method(*given)

        return watched

    def forward(self, x):
        self.seen.append(switches())
        return self.network(x)


FULL = (False, "highest")


def test_pictures_are_drawn_in_full_precision_and_training_goes_on_as_it_was(fast):
    watching = Watching(nn.Sequential(nn.Linear(4, 12), nn.Unflatten(1, (3, 2, 2))))
    generate(watching, torch.zeros(3, 4))
    assert watching.seen == [FULL]
    assert switches() == (True, "high")


def test_pictures_are_redrawn_and_judged_in_full_precision(fast, redrawing, pictures):
    redrawer = Redrawer(redrawing)
    redrawer.generator = Watching(redrawer.generator)
    source = redrawer.source(pictures[0])
    result = redrawer.redraw(source).result
    inspector = Inspector(Watching(torch.nn.Conv2d(6, 1, 1)))
    inspector.discriminator.network.patches = lambda pairs: pairs[:, 0, :8, :8]
    inspector.verdicts(source, result)
    assert set(redrawer.generator.seen) == set(inspector.discriminator.seen) == {FULL}
    assert switches() == (True, "high")


def test_features_are_found_in_full_precision(fast, pictures, monkeypatch):
    features, seen = SimpleFeatures(CPU), []
    describe = features.describe
    monkeypatch.setattr(features, "describe", lambda x: seen.append(switches()) or describe(x))
    features.extract(pictures)
    assert set(seen) == {FULL}
    assert switches() == (True, "high")


def test_the_switches_come_back_after_a_mistake_too(fast):
    with pytest.raises(ZeroDivisionError), devices.full_precision():
        raise ZeroDivisionError
    assert switches() == (True, "high")


def test_of_two_that_overlap_the_last_puts_the_switches_back(fast):
    one, other = devices.full_precision(), devices.full_precision()
    one.__enter__()
    other.__enter__()
    one.__exit__(None, None, None)
    assert switches() == FULL
    other.__exit__(None, None, None)
    assert switches() == (True, "high")


def test_a_mistake_is_no_full_memory():
    assert not devices.is_out_of_memory(RuntimeError("mat1 and mat2 shapes cannot be multiplied"))
    assert not devices.is_out_of_memory(ValueError("DefaultCPUAllocator"))


@pytest.mark.parametrize(
    ("capability", "precision"),
    [((6, 1), "float32"), ((7, 0), "float16"), ((7, 5), "float16"), ((8, 0), "bfloat16"), ((9, 0), "bfloat16")],
)
def test_a_card_trains_in_the_fast_arithmetic_that_it_has(capability, precision, monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: capability[0] >= 8)
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: capability)
    assert devices.precision(torch.device("cuda")) == precision


@pytest.mark.parametrize(
    ("abilities", "precision"),
    [
        ({}, "float32"),
        ({"avx512_bf16": True}, "bfloat16"),
        ({"avx512_bf16": True, "cpu_name": "AMD EPYC"}, "bfloat16"),
        ({"avx512_bf16": True, "cpu_name": "Intel Xeon"}, "float32"),
        ({"avx512_bf16": True, "amx_bf16": True, "cpu_name": "Intel Xeon"}, "bfloat16"),
        ({"amx_bf16": True}, "bfloat16"),
        ({"avx2": True}, "float32"),
    ],
)
def test_a_processor_trains_in_bfloat16_where_that_is_faster(abilities, precision, monkeypatch):
    monkeypatch.setattr(torch.cpu, "get_capabilities", lambda: abilities)
    assert devices.precision(CPU) == precision


@pytest.mark.parametrize("precision", ["float32", "float16", "bfloat16"])
def test_autocast_computes_in_the_precision_of_the_device(precision, monkeypatch):
    monkeypatch.setattr(devices, "precision", lambda device: precision)
    with devices.autocast(CPU):
        assert torch.is_autocast_enabled("cpu") is (precision != "float32")
        assert precision == "float32" or torch.get_autocast_dtype("cpu") == getattr(torch, precision)


def test_another_kind_of_device_trains_in_single_precision():
    assert devices.precision(torch.device("meta")) == "float32"
