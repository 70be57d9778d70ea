import sys
from types import ModuleType, SimpleNamespace
from urllib.error import URLError

import numpy as np
import pytest
import torch

from gan.errors import ForgerError
from gan.quality.inception import inception_fid

CPU = torch.device("cpu")
REAL = np.full((3, 16, 16, 3), 7, np.uint8)
FAKE = np.full((2, 16, 16, 3), 9, np.uint8)


def library(calculate) -> SimpleNamespace:
    return SimpleNamespace(calculate_metrics=calculate, KEY_METRIC_FID="frechet_inception_distance")


def test_the_library_gets_both_sides_as_it_wants_them(monkeypatch):
    calls = []

    def calculate(**arguments):
        calls.append(arguments)
        return {"frechet_inception_distance": 12.5}

    monkeypatch.setitem(sys.modules, "torch_fidelity", library(calculate))
    assert inception_fid(REAL, FAKE, CPU) == 12.5
    (arguments,) = calls
    assert arguments["fid"] is True
    assert arguments["cuda"] is False
    for side, value, count in (("input1", 9, 2), ("input2", 7, 3)):
        data = arguments[side]
        assert isinstance(data, torch.utils.data.Dataset)
        assert len(data) == count
        assert data[0].shape == (3, 16, 16)
        assert data[0].dtype == torch.uint8
        assert data[0].unique().tolist() == [value]
        assert len(list(data)) == count


def test_a_missing_library_is_said_with_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch_fidelity", None)
    with pytest.raises(ForgerError, match="pip install torch-fidelity"):
        inception_fid(REAL, FAKE, CPU)


def test_no_network_is_said_in_words(monkeypatch):
    def offline(**arguments):
        raise URLError("no route")

    monkeypatch.setitem(sys.modules, "torch_fidelity", library(offline))
    with pytest.raises(ForgerError, match=r"github\.com once"):
        inception_fid(REAL, FAKE, CPU)


def test_one_picture_has_no_spread(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch_fidelity", ModuleType("torch_fidelity"))
    with pytest.raises(ForgerError, match="at least 2"):
        inception_fid(REAL[:1], FAKE, CPU)
