"""What a network has learned, taken over by one that has layers in common with it.

A generator begins at 4x4 and a discriminator ends there, so at twice the resolution and half the width they have the
same layers but for those beside the picture. And those that redraw share layers with those that draw from latents.
"""

from itertools import takewhile

from torch import Tensor, nn

# The networks that redraw, and those which draw from latents that they have layers in common with.
RELATED = {"guided": ("skip",), "poster": ("skip",), "patch": ("slim", "plain")}
# What an inspector knows of pictures should hold when it is shown their sources, too: these begin at so much of what
# chance gives them.
QUIETLY = 0.3


def take_generator(generator: nn.Module, weights: dict[str, Tensor]) -> None:
    """Takes over whatever has the same name and shape."""
    for name, value in generator.state_dict().items():
        if name in weights and weights[name].shape == value.shape:
            value.copy_(weights[name])


def take_discriminator(discriminator: nn.Module, weights: dict[str, Tensor]) -> None:
    """Takes over the last layers, which are the same, and numbered otherwise."""
    pairs = zip(reversed(discriminator.state_dict().values()), reversed(weights.values()), strict=False)
    for mine, theirs in takewhile(lambda pair: pair[0].shape == pair[1].shape, pairs):
        mine.copy_(theirs)


def take_stages(discriminator: nn.Module, weights: dict[str, Tensor], larger: bool) -> None:
    """Takes over what one that judges single pictures has learned, for one that judges pairs: the stages that halve the
    picture, the first of which sees six channels instead of three. Where ours are `larger`, twice as large, they begin
    one stage earlier."""
    for name, mine in discriminator.state_dict().items():
        part, _, rest = name.partition(".")
        number, _, kind = rest.partition(".")
        if part != "stages":
            continue
        theirs = weights.get(f"stages.{int(number) - 2 * larger}.{kind}")
        if theirs is None:
            continue
        if mine.shape == theirs.shape:
            mine.copy_(theirs)
        elif number == "0":
            mine[:, :3].copy_(theirs)
            mine[:, 3:].mul_(QUIETLY)
