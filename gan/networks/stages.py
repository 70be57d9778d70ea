"""What all the networks share: the ladder of picture sizes from 4x4 up, and how many channels each has."""


def resolutions(resolution: int) -> list[int]:
    """The sides of the feature maps: 4, 8, ... up to `resolution`, a power of two."""
    sides = [4]
    while sides[-1] < resolution:
        sides.append(2 * sides[-1])
    return sides


def channels_at(side: int, resolution: int, width: int) -> int:
    """`width` channels beside the picture, twice as many with every halving down to 8x8, and no more at 4x4.

    So at each side a network has as many as one of twice the resolution and half the width.
    """
    return width * (resolution // max(8, side))
