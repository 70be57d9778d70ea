"""What the inspector would have the forger change: following it raises the score, and grey means no wish."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gan.generators.wish import wish
from gan.learning.config import configure
from gan.networks import new_discriminator


class Brighter(nn.Module):
    """Likes the left half to be bright, and does not look at the right one."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(2.0))

    def forward(self, pictures: Tensor) -> Tensor:
        return self.weight * pictures[..., :16].mean((1, 2, 3))


def test_the_wish_says_where_and_in_which_direction(pictures):
    found = wish(Brighter(), pictures[0])
    assert (found.difference[:, :16] == 255).all()
    assert (abs(found.difference[:, 16:].astype(int) - 128) <= 1).all()
    assert (found.followed[:, :16] >= pictures[0][:, :16]).all()
    assert np.array_equal(found.followed[:, 16:], pictures[0][:, 16:])
    assert found.score_followed > found.score


@pytest.mark.parametrize("kind", ["dcgan", "plain", "patch"])
def test_following_it_raises_the_score_of_every_inspector(config, redraw_config, pictures, kind):
    pairs = kind == "patch"
    inspector = new_discriminator(redraw_config if pairs else configure(config, discriminator=kind)).eval()
    found = wish(inspector.requires_grad_(False), pictures[0], pictures[1] if pairs else None)
    assert found.score_followed > found.score
    assert found.difference.shape == found.followed.shape == pictures[0].shape


def test_an_inspector_without_an_opinion_wishes_nothing(pictures):
    blind = Brighter()
    nn.init.zeros_(blind.weight)
    found = wish(blind, pictures[0])
    assert (abs(found.difference.astype(int) - 128) <= 1).all()
    assert np.array_equal(found.followed, pictures[0])
