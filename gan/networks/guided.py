"""A generator that draws what a picture tells it to: the encoder says what, a decoder that can draw already draws it.

The decoder is the `SkipGenerator`'s, layer for layer, so it can begin with what one has learned that draws from seeds:
what a cat looks like, how fur falls, what may be behind it. Blank paper says nothing of all this, and a network that
learns it from pairs alone paints smears there. The plan at 4x4, which the other makes of a latent, is here what the
encoder makes of the source; and at every size the encoder hands over what it saw there. That is added (and not laid
beside, as `RedrawGenerator` has it), and begins at nothing.
"""

from itertools import pairwise

from torch import Tensor, nn

from gan.networks import plain
from gan.networks.convolution import Convolution
from gan.networks.redraw import Redraws, Shrink
from gan.networks.skip import Stage, coloured, excitations, gated, grown, initialise
from gan.networks.stages import channels_at, resolutions


class Gated(nn.Module):
    """`gated` as a layer."""

    def forward(self, x: Tensor) -> Tensor:
        return gated(x)


class GuidedGenerator(Redraws):
    """Sources (N, 3, resolution, resolution) in [-1, 1] to pictures of the same shape and range."""

    def __init__(self, resolution: int, width: int, skips: bool):
        super().__init__()
        channels = [channels_at(side, resolution, width) for side in resolutions(resolution)]
        seen = [3, *channels[-2::-1]]  # from the picture inwards; the first entry is the source itself
        self.encoder = nn.ModuleList(Shrink(before, after) for before, after in pairwise(seen))
        self.plan = Convolution(channels[0], 2 * channels[0], 3, 1, 1, bias=False)
        self.first_norm = nn.BatchNorm2d(2 * channels[0])
        self.stages = nn.ModuleList(Stage(before, after) for before, after in pairwise(channels))
        self.gates = excitations(channels)
        self.last = nn.Conv2d(channels[-1], 3, 3, 1, 1)
        sizes = zip(seen[-2:0:-1], channels[1:], strict=False) if skips else ()
        self.hands = nn.ModuleList(nn.Sequential(Convolution(before, after, 1)) for before, after in sizes)
        if skips:  # one pixel of the source says little
            look = Convolution(3, 2 * channels[-1], 3, 1, 1)
            self.hands.append(nn.Sequential(look, Gated(), Convolution(channels[-1], channels[-1], 1)))
        self.apply(initialise)
        self.hands.apply(plain.initialise)
        for hand in self.hands:
            for weights in list(hand.parameters())[-2:]:  # those of its last layer
                nn.init.zeros_(weights)

    def decode(self, sources: Tensor, features: list[Tensor]) -> Tensor:
        """The picture that the decoder draws of what the encoder made of `sources`."""
        return self.colour(self.decoded(sources, features))

    def colour(self, features: Tensor) -> Tensor:
        """The picture (N, 3, h, w) of the last features (N, C, h, w)."""
        return coloured(self, features)

    def decoded(self, sources: Tensor, features: list[Tensor]) -> Tensor:
        """What the decoder makes of it before there are colours: (N, width, R, R)."""
        *seen, bottleneck = [sources, *features]
        handed = [hand(feature) for hand, feature in zip(self.hands, reversed(seen), strict=False)]
        return grown(self, self.plan(bottleneck), handed)
