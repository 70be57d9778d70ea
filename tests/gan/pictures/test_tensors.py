import torch

from gan.pictures.tensors import to_uint8


def test_to_uint8_rounds_and_clamps():
    x = torch.tensor([-3, -1, -0.999, 0.9, 0.9969, 1, 3]).reshape(1, 1, 1, 7).expand(1, 3, 1, 7)
    pictures = to_uint8(x)
    assert pictures.shape == (1, 1, 7, 3)
    assert pictures[0, 0, :, 1].tolist() == [0, 0, 0, 242, 255, 255, 255]
