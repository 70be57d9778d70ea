import numpy as np
import pytest
import torch

from gan.networks.efficientnet import LITE1
from gan.quality import feature_choice
from gan.quality.feature_choice import choose_features, second_features
from gan.quality.pretrained_features import PretrainedFeatures, SecondFeatures
from gan.quality.simple_features import SimpleFeatures


@pytest.fixture(autouse=True)
def choose_afresh():
    for choose in (choose_features, second_features):
        choose.cache_clear()
    yield
    for choose in (choose_features, second_features):
        choose.cache_clear()


def test_a_second_network_is_deeper_sees_more_and_is_left_as_it_is(pictures, second_weights, monkeypatch):
    monkeypatch.setattr(feature_choice, "find_weights", lambda edition: second_weights if edition is LITE1 else None)
    features = second_features()
    assert features.name == SecondFeatures.name != PretrainedFeatures.name
    seen = []
    features.network.register_forward_pre_hook(lambda _, given: seen.append(given[0].shape[-2:]))
    found = features.extract(pictures[:3])
    assert seen == [(128, 128)]
    assert found.shape == (3, 1280) and np.isfinite(found).all()
    assert not np.allclose(np.square(found).mean(1), 1, atol=0.1)


def test_without_the_package_the_simple_measure_is_chosen(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert second_features() is None
    assert isinstance(choose_features(), SimpleFeatures)
    assert choose_features() is choose_features()


def test_with_the_package_its_network_is_chosen(monkeypatch, weights_of_chance):
    monkeypatch.setattr(feature_choice, "find_weights", lambda: weights_of_chance)
    assert choose_features().name == PretrainedFeatures.name


def test_features_are_one_row_a_picture_whatever_the_batches(pictures, weights_of_chance, monkeypatch):
    for features, size in (
        (PretrainedFeatures(weights_of_chance, torch.device("cpu")), 1280),
        (SimpleFeatures(torch.device("cpu")), 288),
    ):
        found = features.extract(pictures)
        assert found.shape == (22, size)
        assert found.dtype == np.float32
        assert np.isfinite(found).all()
        monkeypatch.setattr(features, "batch", 5)
        assert np.allclose(features.extract(pictures), found, atol=1e-3)


def test_extracting_uses_no_chance(pictures, weights_of_chance):
    features = PretrainedFeatures(weights_of_chance, torch.device("cpu"))
    before = torch.get_rng_state()
    first = features.extract(pictures[:4])
    assert np.array_equal(features.extract(pictures[:4]), first)
    assert torch.equal(torch.get_rng_state(), before)


def test_chosen_pictures_are_changed_and_counted(pictures, simple, monkeypatch):
    monkeypatch.setattr("gan.quality.features.CHUNK", 4)
    heard = []
    indices = np.array([1, 3, 4, 7, 8, 20])
    found = simple.extract_chosen(pictures, indices, lambda chosen: 255 - chosen, heard.append)
    assert np.array_equal(found, simple.extract(255 - pictures[indices]))
    assert heard == [4, 2]


def test_the_scaled_features_have_a_mean_square_of_one(pictures, weights_of_chance):
    found = PretrainedFeatures(weights_of_chance, torch.device("cpu")).extract(pictures)
    assert np.square(found).mean(1) == pytest.approx(np.ones(22), rel=1e-4)
