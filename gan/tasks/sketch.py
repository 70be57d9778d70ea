"""A line drawing of a picture, as a hand might draw it: thin dark lines on white paper, and never twice the same.

Lines are found as Canny does (1986): blur, slope, thin ridges of the slope, strong lines and what hangs on to them.
Before that, contrast is evened out, so that a pale face gets lines, too. How much is drawn, how thick the pen is, how
steady the hand and where it leaves a gap is chance, so that a network cannot rely on any one way of drawing.
"""

import math

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d, grid_sample, interpolate, max_pool2d, pad

from gan.chance import Draws
from gan.device import constant
from gan.tasks.blur import blur
from gan.tasks.light import luminance, scale_of
from gan.tasks.rough import BLUNTEST, COARSEST, roughly

# Of all pixels, so many are strong lines, and so many more may go on from them.
FEWEST, MOST, MORE = 0.03, 0.11, 0.06
# Lines are found in pictures blurred by at most so many pixels, and drawn with a pen of at most so many.
SMOOTHEST, THICKEST = 2.0, 0.8
# Lines of fewer pixels nearby are specks.
SHORTEST = 5
# Of a drawing by hand: ink under NOISE is paper, the share of pixels that are not its darkest, and the faintest ink
# that may count as black.
NOISE, DARKEST, FAINTEST = 0.08, 0.97, 0.3


def hands(draws: Draws) -> dict[str, Tensor]:
    """By what hand each picture is drawn: what `sketch` needs to know, by name, each (N, ...)."""
    numbers = {
        "detail": _between(draws, 0.9, SMOOTHEST),
        "share": FEWEST + (MOST - FEWEST) * draws.uniform() ** 1.5,
        "shaky": draws.uniform(1, 1, 1),
        "wobble": draws.normal(2, 5, 5),
        "gaps": (draws.uniform(1, 8, 8) < 0.12 * draws.uniform(1, 1, 1)).float(),
        "pen": _between(draws, 0.45, THICKEST),
        "pressure": _between(draws, 1.6, 3.2)[:, None, None, None],
    }
    # In earlier trainings the widest kernel of a batch said where all of them end.
    ends = {name: value if draws.by_image else value.max().expand_as(value) for name, value in numbers.items()}
    return numbers | {"detail_end": ends["detail"], "pen_end": ends["pen"]}


def _between(draws: Draws, low: float, high: float) -> Tensor:
    return low + (high - low) * draws.uniform()


def sketch(pictures: Tensor, numbers: dict[str, Tensor]) -> Tensor:
    """Pictures (N, 3, R, R) in [0, 1] as line drawings of that shape and range, by the `hands` of those numbers.

    Some are drawn roughly where there are those of `gan.tasks.rough.rough_hands`, too.
    """
    scale, rough = scale_of(pictures), "rough" in numbers
    if rough:
        numbers = _roughened(numbers)
    widest, thickest = (COARSEST, BLUNTEST) if rough else (SMOOTHEST, THICKEST)
    grey = luminance(pictures)
    even = _even_contrast(grey, scale)
    ridges = _ridges(blur(even, scale * numbers["detail"], scale * widest, scale * numbers["detail_end"]))
    lines = _follow(ridges, numbers["share"], scale)
    if rough:
        lines = roughly(lines, grey, numbers)
    lines = _hand(lines, numbers, scale)
    drawn = blur(lines, scale * numbers["pen"], scale * thickest, scale * numbers["pen_end"])
    # Lines are found one pixel thin whatever the size; a wider pen must not make them paler.
    ink = (drawn * max(1.0, scale) * numbers["pressure"]).clamp(max=1)
    return (1 - ink).expand_as(pictures)


def _roughened(numbers: dict[str, Tensor]) -> dict[str, Tensor]:
    """The numbers with those of a rough hand where it is one."""
    rough = numbers["rough"] > 0
    changes = {"detail": "coarse", "detail_end": "coarse", "share": "few", "pen": "blunt", "pen_end": "blunt"}
    return numbers | {name: torch.where(rough, numbers[other], numbers[name]) for name, other in changes.items()}


def from_paper(drawings: Tensor) -> Tensor:
    """Drawings (N, 3, R, R) in [0, 1], also photographed ones, as black lines on white paper, of that shape and range.

    Shadows on the paper go, and thin lines that shrinking has made pale come back. Upside-down contrast (chalk on a
    board) stays as it is.
    """
    scale = scale_of(drawings)
    grey = luminance(drawings)
    reach = 2 * round(4 * scale) + 1
    paper = blur(max_pool2d(grey, reach, 1, reach // 2), 3 * scale).clamp_min(0.05)
    ink = (1 - grey / paper).clamp(min=0)
    darkest = ink.flatten(1).quantile(DARKEST, dim=1).clamp_min(FAINTEST)[:, None, None, None]
    return (1 - ((ink - NOISE) / (darkest - NOISE)).clamp(0, 1)).expand_as(drawings)


def _even_contrast(grey: Tensor, scale: float) -> Tensor:
    """Grey pictures (N, 1, R, R) of which every part varies about as much."""
    centred = grey - blur(grey, 8 * scale)
    spread = blur(centred.square(), 8 * scale).sqrt()
    return centred / (spread + 0.1)


def _ridges(grey: Tensor) -> Tensor:
    """How steep grey pictures (N, 1, R, R) are where they are steepest across the slope; elsewhere 0."""
    smooth, differ = constant((0.125, 0.25, 0.125), grey.device), constant((-1.0, 0.0, 1.0), grey.device)
    kernels = torch.stack([torch.outer(smooth, differ), torch.outer(differ, smooth)])[:, None]
    padded = pad(grey, (1, 1, 1, 1), mode="replicate")
    dx, dy = conv2d(padded, kernels).split(1, 1)
    steep = (dx.square() + dy.square()).sqrt()
    # The neighbours across the line: horizontal, vertical or on one of the diagonals.
    sector = (torch.atan2(dy, dx) * 4 / math.pi).round().remainder(4)
    ridge = torch.zeros_like(steep, dtype=torch.bool)
    for number, (down, right) in enumerate([(0, 1), (1, 1), (1, 0), (1, -1)]):
        one, other = (torch.roll(steep, (sign * down, sign * right), (2, 3)) for sign in (1, -1))
        ridge |= (sector == number) & (steep >= one) & (steep > other)
    height, width = grey.shape[-2:]
    ridge[:, :, :: height - 1] = False  # the first and the last; a list of them would have to be sent to a card
    ridge[:, :, :, :: width - 1] = False
    return steep * ridge


def _follow(ridges: Tensor, share: Tensor, scale: float) -> Tensor:
    """The strongest ridges (N, 1, R, R), for each picture the given `share` (N,) of its pixels, as 0 and 1.

    Weaker ridges that touch them are lines, too; specks are not.
    """
    size = ridges.shape[-2] * ridges.shape[-1]
    order = ridges.flatten(1).sort(1, descending=True).values
    # Larger pictures have the same lines, which take a smaller share of them.
    rank = (share / scale * size).long()
    strong = order.gather(1, rank[:, None])[:, :, None, None].clamp_min(1e-6)
    weak = order.gather(1, rank[:, None] + int(MORE / scale * size))[:, :, None, None].clamp_min(1e-6)
    allowed, lines = (ridges >= weak).float(), (ridges >= strong).float()
    for _ in range(round(6 * scale)):
        lines = _grown(lines) * allowed
    reach = 2 * round(3 * scale) + 1
    nearby = avg_pool2d(lines, reach, 1, reach // 2) * reach**2
    return lines * (nearby >= SHORTEST * scale)


def _grown(lines: Tensor) -> Tensor:
    """Lines (N, 1, R, R), one pixel wider on every side: what `max_pool2d` by 3 does, several times as quickly."""
    for axis in (2, 3):
        length = lines.shape[axis] - 1
        ahead, behind = lines.narrow(axis, 1, length), lines.narrow(axis, 0, length)
        grown = lines.clone()
        grown.narrow(axis, 0, length).copy_(torch.maximum(behind, ahead))
        after = grown.narrow(axis, 1, length)
        after.copy_(torch.maximum(after, behind))
        lines = grown
    return lines


def _hand(lines: Tensor, numbers: dict[str, Tensor], scale: float) -> Tensor:
    """Lines (N, 1, R, R) by a hand that is not quite steady and leaves gaps here and there."""
    height, width = lines.shape[-2:]
    wobble = numbers["wobble"] * numbers["shaky"] * 0.8 * scale
    wobble = interpolate(wobble, size=(height, width), mode="bicubic", align_corners=True)
    across, down = ((torch.arange(side, device=lines.device) + 0.5) * 2 / side - 1 for side in (width, height))
    pixel = constant((2 / width, 2 / height), lines.device)
    place = torch.stack(torch.meshgrid(across, down, indexing="xy"), -1) + wobble.permute(0, 2, 3, 1) * pixel
    moved = grid_sample(lines, place, align_corners=False)
    return moved * (1 - blur(interpolate(numbers["gaps"], size=(height, width)), scale))
