"""What a cartoon cat can look like: coat, ears, eyes, mood and finery."""

from dataclasses import dataclass

from gan.data.drawn.canvas import WHITE, Colour, brightness, darker, mix
from gan.data.drawn.dice import Dice


@dataclass(frozen=True)
class Coat:
    """The colours of a cat and the pattern they make."""

    pattern: str
    base: Colour
    mark: Colour  # stripes, patches or the mask
    second: Colour  # the other patches of a calico
    side: int  # -1 or 1: where the marks of an uneven pattern are
    pale: Colour  # muzzle and chest
    ears: tuple[Colour, Colour]
    inner_ear: Colour
    nose: Colour


@dataclass(frozen=True)
class Cat:
    """Everything that is decided about a cat before a line is drawn. Lengths are in picture widths."""

    x: float
    y: float
    scale: float
    tilt: float
    background: tuple[Colour, Colour]
    coat: Coat
    width: float
    height: float
    cheeks: float  # superellipse exponent of the lower half of the head
    tufts: bool
    ear_kind: str
    ear_length: float
    ear_lean: float
    iris: tuple[Colour, Colour]
    eye_size: float
    pupil: float  # width of the pupil as a share of the eye
    gaze: tuple[float, float]
    look: tuple[str, str]  # of the left and right eye
    mouth: str
    blush: bool
    whisker_lift: float
    finery: str
    cloth: Colour


_GINGER, _BLACK, _GREY, _CREAM = (236, 146, 60), (58, 54, 66), (140, 148, 164), (244, 218, 176)
_SNOW, _BROWN, _BLUE = (246, 244, 240), (150, 108, 78), (106, 122, 148)
_PINK, _DARK_NOSE = (240, 146, 150), (92, 62, 68)

_EYES = [(122, 196, 78), (246, 196, 50), (84, 182, 230), (238, 150, 44), (62, 190, 160), (176, 206, 66)]
_BACKGROUNDS = [
    (166, 214, 240), (252, 218, 140), (250, 188, 178), (184, 226, 190), (208, 192, 238),
    (150, 212, 208), (248, 206, 222), (244, 232, 206), (122, 168, 214), (238, 160, 130),
]  # fmt: skip
_CLOTHS = [(214, 58, 66), (52, 116, 200), (58, 158, 98), (244, 190, 44), (146, 84, 182), (238, 112, 160)]

_PATTERNS = {
    "plain": 20, "tabby": 28, "tuxedo": 12, "hood": 10, "calico": 10, "siamese": 10, "patch": 10,
}  # fmt: skip


def roll_cat(dice: Dice) -> Cat:
    """A cat with everything decided."""
    coat = _roll_coat(dice)
    wall = dice.near(dice.pick(_BACKGROUNDS), 0.08)
    iris = dice.near(dice.pick(_EYES))
    if coat.pattern == "siamese":
        iris = _EYES[2]
    odd_eyed = coat.base == _SNOW and dice.chance(0.3)
    mood = dice.weighted({"calm": 55, "wide": 12, "happy": 12, "sleepy": 8, "bored": 9, "cross": 5, "wink": 7})
    look = {"happy": ("happy", "happy"), "sleepy": ("shut", "shut"), "wink": ("calm", "happy")}.get(mood, (mood, mood))
    if dice.chance(0.5):
        look = look[::-1]
    mouths = {"smile": 45, "open": 16, "tongue": 12, "small": 12, "fang": 8}
    if mood in ("cross", "bored"):
        mouths = {"frown": 60, "fang": 20, "small": 20}
    return Cat(
        x=dice.between(0.475, 0.525),
        y=dice.between(0.55, 0.58),
        scale=dice.between(1.03, 1.13),
        tilt=dice.between(-0.09, 0.09),
        background=(mix(wall, (255, 255, 255), dice.between(0, 0.35)), wall),
        coat=coat,
        width=dice.between(0.31, 0.37),
        height=dice.between(0.26, 0.31),
        cheeks=dice.between(2.0, 2.9),
        tufts=dice.chance(0.45),
        ear_kind=dice.weighted({"pointed": 60, "round": 14, "folded": 12, "tufted": 10}),
        ear_length=dice.between(0.13, 0.19),
        ear_lean=dice.between(-0.03, 0.05),
        iris=(iris, _EYES[2] if odd_eyed else iris),
        eye_size=dice.between(0.92, 1.12),
        pupil=0.78 if mood == "wide" else dice.between(0.24, 0.7),
        gaze=(dice.between(-0.022, 0.022), dice.between(-0.01, 0.014)),
        look=look,
        mouth=dice.weighted(mouths),
        blush=dice.chance(0.3),
        whisker_lift=dice.between(-0.05, 0.04),
        finery=dice.weighted({"none": 40, "collar": 26, "bow tie": 14, "scarf": 10, "ear bow": 10}),
        cloth=dice.near(dice.pick(_CLOTHS)),
    )


def _roll_coat(dice: Dice) -> Coat:
    pattern = dice.weighted(_PATTERNS)
    second = _BLACK
    if pattern == "siamese":
        base = pale = dice.near((240, 224, 200), 0.03)
        mark = dice.pick([(88, 64, 60), (104, 100, 120), (150, 98, 66)])
    elif pattern == "calico":
        base, mark, pale = _SNOW, dice.near(_GINGER), _SNOW
        second = dice.pick([_BLACK, _GREY, _BROWN])
    elif pattern == "patch":
        base, mark, pale = _SNOW, dice.near(dice.pick([_GINGER, _BLACK, _GREY, _BROWN])), _SNOW
    elif pattern in ("tuxedo", "hood"):
        dark = {_BLACK: 5, _GREY: 2, _BLUE: 1} if pattern == "tuxedo" else {_GINGER: 4, _GREY: 2, _BLACK: 2, _BROWN: 2}
        base, pale = dice.near(dice.weighted(dark)), _SNOW
        mark = darker(base, 0.3)
    elif pattern == "tabby":
        base = dice.near(dice.weighted({_GINGER: 5, _GREY: 4, _BROWN: 3, _CREAM: 2}))
        mark = darker(base, dice.between(0.36, 0.55))
        pale = mix(base, WHITE, dice.between(0.45, 0.95))
    else:
        base = dice.weighted({_BLACK: 4, _SNOW: 3, _GREY: 3, _GINGER: 3, _CREAM: 3, _BLUE: 2})
        base = base if base == _SNOW else dice.near(base)
        mark, pale = darker(base, 0.3), mix(base, WHITE, 0.14 if brightness(base) < 0.3 else 0.5)
    ears = {"siamese": (mark, mark), "calico": (mark, second), "patch": (base, mark)}.get(pattern, (base, base))
    side = 1 if dice.chance(0.5) else -1
    left, right = ears[::side]
    pink = dice.chance(0.75) or pattern == "siamese"
    return Coat(
        pattern, base, mark, second, side, pale, (left, right), mix(_PINK, base, 0.25), _PINK if pink else _DARK_NOSE
    )  # fmt: skip
