"""What hair and hats a cartoon face can have."""

from dataclasses import dataclass

from gan.data.drawn.canvas import Colour, darker
from gan.data.drawn.dice import Dice


@dataclass(frozen=True)
class Hair:
    """Style and colours of somebody's hair, and what they wear on it."""

    style: str
    hairline: str
    colour: Colour
    brow: Colour  # of brows and beard, which stay natural where the hair is dyed
    volume: float  # how far it stands off the head, in picture widths
    flip: int  # -1 or 1: the side of the parting
    hat: str
    hat_colour: Colour

    @property
    def covers_ears(self) -> bool:
        """Whether the ears cannot be seen."""
        return self.hat == "headscarf" or (self.style in ("bob", "long", "wavy", "afro") and self.hat != "turban")


_NATURAL = {
    (44, 34, 38): 22, (78, 50, 38): 20, (116, 72, 44): 18, (164, 108, 58): 12, (232, 188, 98): 14,
    (196, 90, 38): 11, (172, 172, 182): 5, (236, 234, 230): 4,
}  # fmt: skip
_DARK = {(40, 32, 36): 56, (66, 42, 32): 30, (120, 74, 42): 7, (176, 176, 184): 6, (236, 234, 230): 3}
_BRIGHT = [(232, 96, 150), (72, 150, 220), (66, 176, 132), (150, 98, 206)]
_HATS = [(214, 64, 70), (54, 104, 184), (58, 150, 100), (244, 186, 60), (136, 84, 172), (238, 128, 66), (50, 160, 168)]

_LONGER = {
    "bob": 16, "long": 16, "wavy": 14, "bun": 12, "pigtails": 10, "ponytail": 12, "afro": 9, "short": 6, "curly": 8,
}  # fmt: skip
_SHORTER = {"short": 26, "quiff": 15, "buzz": 12, "spiky": 13, "curly": 13, "bald": 8, "balding": 7, "afro": 6}

# The hairlines that suit each style; bald heads have none.
_HAIRLINE_OF = {
    "bob": ("fringe", "fringe", "swept", "side"), "long": ("centre", "swept", "fringe"),
    "wavy": ("centre", "swept", "side"), "bun": ("high", "fringe", "centre"), "pigtails": ("fringe", "centre"),
    "ponytail": ("high", "swept", "side"), "afro": ("high",), "curly": ("high", "fringe"),
    "short": ("side", "swept", "fringe"), "quiff": ("high", "peak"), "spiky": ("fringe", "high"),
    "buzz": ("high", "peak"),
}  # fmt: skip


def roll_hair(dice: Dice, feminine: bool, skin_brightness: float) -> Hair:
    """Hair for a person; the darkest skins mostly go with dark hair."""
    style = dice.weighted(_LONGER if feminine else _SHORTER)
    colour = dice.near(dice.weighted(_NATURAL if skin_brightness > 0.6 else _DARK), 0.05)
    brow = darker(colour, 0.25)
    if dice.chance(0.06):
        colour = dice.pick(_BRIGHT)
    hats = {"none": 74, "headband": 9, "beanie": 6, "headscarf": 7, "bow": 6}
    if not feminine:
        hats = {"none": 80, "beanie": 8, "cap": 9, "turban": 3}
    return Hair(
        style=style,
        hairline=dice.pick(_HAIRLINE_OF.get(style, ("none",))),
        colour=colour,
        brow=brow,
        volume=dice.between(0.022, 0.05),
        flip=1 if dice.chance(0.5) else -1,
        hat=dice.weighted(hats),
        hat_colour=dice.near(dice.pick(_HATS)),
    )
