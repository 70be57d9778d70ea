"""What a hand leaves out of a drawing and puts in its own way, where lines traced from a photograph would have it all.

Few long lines instead of every hair; eyes that are dots, rings, or closed; a part missing; a head that is askew, too
wide, too far left; or only the scheme of one. A network that saw nothing but traced lines takes each of these for
something else.
"""

import torch
from torch import Tensor
from torch.nn.functional import grid_sample, interpolate

from gan.chance import Draws
from gan.device import constant
from gan.tasks.blur import blur
from gan.tasks.light import scale_of
from gan.tasks.scheme import Place, scheme, scheme_numbers

# Lengths are pixels of pictures of 64, as everywhere in these tasks.
COARSEST, BLUNTEST = 2.6, 1.1  # how far lines may be blurred away, and how thick the pen
SCHEMES = 0.5  # of the rough drawings
# How much of a picture a rough drawing, or a scheme, leaves to whoever paints it: so much less its pixels count.
LOOSE, HAND_LEAVES, SCHEME_LEAVES = "loose", 0.5, 0.9
# Half of the rough drawings are smaller than what they are of, down to so much of it: who draws a head leaves room
# around it, where a photograph may be filled by a face. Smaller by so much, its pixels are hardly asked for.
SMALLEST, TOO_FAR = 0.5, 0.2
# Of that, so much is left to pixels that no line is near to; how near is near, and how much ink there is much.
BLANK, REACH, SEEN = 0.1, 3.0, 4.0
# Eyes are looked for in these rows, and their middle in these columns (shares of the picture); so far apart.
TOP, BOTTOM, LEFT, RIGHT = 0.25, 0.65, 0.38, 0.62
NEAR, FAR = 0.2, 0.45
AROUND = 6.0  # what is drawn so near to an eye goes with it
# How an eye may be drawn: as it is, or as one of these.
AS_IT_IS, DOT, RING, SHUT, SHUT_BELOW, DASH = range(6)
# How far a drawing may be askew, as shares of the picture: turned, wide, high, leaning, right, down; and bent.
ASKEW, BENT = (0.07, 0.07, 0.07, 0.06, 0.05, 0.05), 0.045


def rough_hands(draws: Draws, probability: float) -> dict[str, Tensor]:
    """How roughly each picture is drawn, by name, each (N, ...): with so much probability roughly, else as traced."""
    rough = (draws.uniform() < probability).float()
    small = 1 - (1 - SMALLEST) * (2 * draws.uniform() - 1).clamp_min(0)
    numbers = {
        "rough": rough,
        "small": small,
        "coarse": draws.uniform(low=1.3, high=COARSEST),
        "few": draws.uniform(low=0.02, high=0.07),
        "blunt": draws.uniform(low=0.6, high=BLUNTEST),
        "askew": draws.normal(6),
        "bent": draws.normal(2, 3, 3),
        "missing": (draws.uniform(1, 4, 4) < 0.12 * draws.uniform(1, 1, 1)).float(),
        "eyes": draws.integers(DASH + 1),
        "eye_size": draws.uniform(low=1.2, high=3.6),
        "scheme": (draws.uniform() < SCHEMES).float(),
        **scheme_numbers(draws),
    }
    bound = 1 - torch.where(numbers["scheme"] > 0, SCHEME_LEAVES, HAND_LEAVES)
    bound = torch.minimum(bound, 1 - (1 - small) / TOO_FAR).clamp_min(1 - SCHEME_LEAVES)
    return numbers | {LOOSE: rough * (1 - bound)}


def binding(sources: Tensor, numbers: dict[str, Tensor]) -> Tensor:
    """How much each pixel of what becomes of drawings (N, 3, R, R) in [-1, 1] counts, (N, 1, R, R): far from all lines
    little, for blank paper says nothing of it, and the less, the rougher the hand was."""
    ink = (1 - sources[:, :1]) / 2
    near = (SEEN * blur(ink, REACH * scale_of(sources))).clamp(max=1)
    return (BLANK + (1 - BLANK) * near) * (1 - _each(numbers[LOOSE]))


def roughly(lines: Tensor, grey: Tensor, numbers: dict[str, Tensor]) -> Tensor:
    """Lines (N, 1, R, R) of grey pictures of that shape, those that are to be rough as a rough hand would draw them."""
    scale = scale_of(grey)
    left, right = find_eyes(grey)
    drawn = scheme(left, right, grey.shape[-2], grey.shape[-1], numbers)
    is_scheme = _each(numbers["scheme"]) > 0
    kinds = numbers["eyes"].where((numbers["eyes"] != AS_IT_IS) | (numbers["scheme"] == 0), numbers["eyes"] + DOT)
    drawn = _with_eyes(torch.where(is_scheme, drawn, lines), left, right, kinds, scale * numbers["eye_size"], scale)
    return torch.where(_each(numbers["rough"]) > 0, _askew(drawn, numbers, scale), lines)


def _each(numbers: Tensor) -> Tensor:
    """One number (N,) for each picture, as (N, 1, 1, 1)."""
    return numbers[:, None, None, None]


def _with_eyes(lines: Tensor, left: Place, right: Place, kinds: Tensor, size: Tensor, scale: float) -> Tensor:
    """Lines (N, 1, R, R) with eyes of other `kinds` (N,) and of that `size` (N,) at two places."""
    rows, columns = (torch.arange(side, device=lines.device) + 0.5 for side in lines.shape[-2:])
    for place in (left, right):
        across, down = columns - _each(place[0]), rows[:, None] - _each(place[1])
        far, radius = (across.square() + down.square()).sqrt(), _each(size)
        ring = _line(far - radius)
        dash = _line(down) * (across.abs() < radius)
        eyes = torch.stack(
            [far * 0, (radius - far + 0.5).clamp(0, 1), ring, ring * (down > 0), ring * (down < 0), dash]
        )
        eye = eyes.gather(0, _each(kinds).expand_as(far)[None])[0]
        changed = torch.maximum(lines * (far > AROUND * scale), eye)
        lines = torch.where(_each(kinds) != AS_IT_IS, changed, lines)
    return lines


def _line(distance: Tensor) -> Tensor:
    """How much of a line one pixel wide is at so many pixels from its middle."""
    return (1.1 - distance.abs()).clamp(0, 1)


def find_eyes(grey: Tensor) -> tuple[Place, Place]:
    """Where the eyes of heads (N, 1, R, R) seem to be: right for nine of ten faces and two of three cats.

    They are the two spots beside each other that are dark and busy, the lesser of the two as much as can be.
    """
    scale, (height, width) = scale_of(grey), grey.shape[-2:]
    dark = blur(grey, 3.5 * scale) - blur(grey, 1.3 * scale)
    busy = blur((grey - blur(grey, 2 * scale)).square(), 1.6 * scale).sqrt()
    top, step = round(TOP * height), max(1, round(scale))
    spots = (0.5 * dark + busy)[:, 0, top : round(BOTTOM * height)]
    scores, places = [], []
    for middle in range(round(LEFT * width), round(RIGHT * width) + 1, step):
        for half in range(round(NEAR / 2 * width), min(round(FAR / 2 * width), middle, width - 1 - middle) + 1, step):
            scores.append(torch.minimum(spots[:, :, middle - half], spots[:, :, middle + half]))
            places.append((float(middle - half), float(middle + half)))
    best, row = torch.stack(scores, 1).max(2)
    chosen = best.argmax(1)
    left, right = (constant(sides, grey.device)[chosen] + 0.5 for sides in zip(*places, strict=True))
    y = row.gather(1, chosen[:, None])[:, 0] + top + 0.5
    return (left, y), (right, y)


def _askew(lines: Tensor, numbers: dict[str, Tensor], scale: float) -> Tensor:
    """Lines (N, 1, R, R) by a hand that draws small, puts the whole a little askew, bends it, and leaves a part out."""
    height, width = lines.shape[-2:]
    turn, wide, high, lean, right, down = (numbers["askew"] * constant(ASKEW, lines.device)).unbind(1)
    place = torch.stack([1 + wide, lean - turn, right, lean + turn, 1 + high, down], 1).view(-1, 2, 3)
    across, along = ((torch.arange(side, device=lines.device) + 0.5) * 2 / side - 1 for side in (width, height))
    x, y = torch.meshgrid(across, along, indexing="xy")
    where = torch.einsum("hwk,nck->nhwc", torch.stack([x, y, torch.ones_like(x)], -1), place)
    where = where / numbers["small"][:, None, None, None]
    curved = interpolate(BENT * numbers["bent"], size=(height, width), mode="bicubic", align_corners=True)
    moved = grid_sample(lines, where + curved.permute(0, 2, 3, 1), align_corners=False)
    gone = blur(interpolate(numbers["missing"], size=(height, width)), 1.5 * scale)
    return moved * (1 - gone)
