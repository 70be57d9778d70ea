"""What a cartoon face can look like: skin, hair, features, mood and belongings."""

from dataclasses import dataclass

from gan.data.drawn.canvas import Colour, brightness, mix
from gan.data.drawn.dice import Dice
from gan.data.drawn.hair import Hair, roll_hair


@dataclass(frozen=True)
class Face:
    """Everything that is decided about a person before a line is drawn. Lengths are in picture widths."""

    x: float
    y: float
    scale: float
    tilt: float
    background: tuple[Colour, Colour]
    skin: Colour
    width: float
    top: float
    chin: float
    jaw: float  # superellipse exponent of the lower half of the head
    hair: Hair
    iris: Colour
    eye_size: float
    gaze: tuple[float, float]
    look: tuple[str, str]  # of the left and right eye
    lashes: bool
    brow_height: float
    brow_slope: float  # above zero is worried, below is cross
    brow_width: float
    nose: str
    mouth: str
    lips: bool
    beard: str
    glasses: str
    frame: Colour
    freckles: bool
    blush: bool
    earrings: str
    clothes: str
    cloth: Colour


_SKINS = [
    (255, 226, 204), (250, 210, 182), (244, 196, 160), (234, 180, 136), (216, 158, 112),
    (194, 134, 90), (166, 108, 70), (138, 88, 58), (112, 71, 50), (94, 60, 46),
]  # fmt: skip
_IRISES = [(92, 58, 38), (70, 44, 32), (60, 134, 196), (78, 148, 92), (128, 96, 52), (104, 120, 138)]
_BACKGROUNDS = [
    (146, 204, 236), (252, 214, 124), (246, 172, 160), (166, 218, 172), (196, 178, 234),
    (128, 204, 198), (246, 190, 214), (244, 230, 198), (104, 150, 206), (236, 142, 108),
]  # fmt: skip
_CLOTHS = [
    (214, 64, 70), (54, 110, 190), (64, 160, 106), (244, 188, 56), (140, 88, 178),
    (236, 122, 60), (60, 66, 92), (238, 236, 228), (44, 156, 164), (232, 112, 156),
]  # fmt: skip
_FRAMES = [(48, 44, 56), (168, 52, 60), (52, 92, 160), (150, 98, 52), (226, 168, 48)]
_MOODS = {
    "smile": 30, "grin": 16, "laugh": 14, "neutral": 10, "surprised": 9, "smirk": 8, "cheeky": 6, "sad": 4, "cross": 4,
}  # fmt: skip


def roll_face(dice: Dice) -> Face:
    """A person with everything decided."""
    skin = dice.near(dice.pick(_SKINS), 0.04)
    wall = dice.near(dice.pick(_BACKGROUNDS), 0.06)
    feminine = dice.chance(0.5)
    hair = roll_hair(dice, feminine, brightness(skin))
    mood = dice.weighted(_MOODS)
    happy = mood in ("smile", "grin", "laugh", "cheeky")
    looks = {"open": 72, "happy": 16 if happy else 0, "wink": 8 if happy or mood == "smirk" else 0, "tired": 7}
    look = "wide" if mood == "surprised" else dice.weighted(looks)
    pair = ("open", "happy") if look == "wink" else (look, look)
    if dice.chance(0.5):
        pair = pair[::-1]
    slope = {"sad": 0.3, "cross": -0.4, "surprised": 0.12}.get(mood, dice.between(-0.08, 0.16))
    beards = {"none": 50, "full": 18, "moustache": 12, "goatee": 10, "stubble": 12}
    return Face(
        x=dice.between(0.48, 0.52),
        y=dice.between(0.52, 0.54),
        scale=dice.between(1.07, 1.16),
        tilt=dice.between(-0.08, 0.08),
        background=(mix(wall, (255, 255, 255), dice.between(0, 0.35)), wall),
        skin=skin,
        width=dice.between(0.238, 0.275),
        top=dice.between(0.285, 0.315),
        chin=dice.between(0.285, 0.335),
        jaw=dice.between(1.9, 2.4) if feminine else dice.between(2.0, 2.8),
        hair=hair,
        iris=dice.pick(_IRISES[:2] if brightness(skin) < 0.5 and dice.chance(0.85) else _IRISES),
        eye_size=dice.between(0.9, 1.12) + (0.06 if feminine else 0),
        gaze=(dice.between(-0.012, 0.012), dice.between(-0.006, 0.006)),
        look=pair,
        lashes=feminine and dice.chance(0.8),
        brow_height=dice.between(0.088, 0.104) + (0.026 if mood == "surprised" else 0),
        brow_slope=slope,
        brow_width=dice.between(0.016, 0.024) if feminine else dice.between(0.022, 0.036),
        nose=dice.weighted({"hook": 35, "round": 30, "button": 20, "long": 15}),
        mouth=mood,
        lips=feminine and dice.chance(0.55),
        beard="none" if feminine else dice.weighted(beards),
        glasses=dice.weighted({"none": 70, "round": 14, "square": 11, "sun": 5}),
        frame=dice.pick(_FRAMES),
        freckles=brightness(skin) > 0.5 and dice.chance(0.2),
        blush=dice.chance(0.4),
        earrings=dice.weighted({"none": 50, "stud": 25, "hoop": 25} if feminine else {"none": 92, "stud": 8}),
        clothes=dice.weighted({"round": 40, "vee": 22, "collar": 22, "hood": 16}),
        cloth=dice.near(dice.pick(_CLOTHS)),
    )
