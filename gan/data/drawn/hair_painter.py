"""Paints hair and hats: what hangs behind the head, and what lies on top of it."""

from collections.abc import Sequence

import numpy as np

from gan.data.drawn.canvas import WHITE, Canvas, Colour, Point, bow, closed_curve, darker, egg, mix, open_curve, oval
from gan.data.drawn.hair import Hair

# Where the hair ends on the forehead, from left to right; x in half widths of the head, y in its height
# above the eyes.
_HAIRLINES: dict[str, list[Point]] = {
    "side": [(-0.98, 0.08), (-0.86, -0.36), (-0.62, -0.74), (-0.3, -0.72), (0.2, -0.56), (0.82, -0.42), (0.98, 0.08)],
    "fringe": [(-0.98, 0.15), (-0.88, -0.3), (-0.72, -0.46), (0, -0.5), (0.72, -0.46), (0.88, -0.3), (0.98, 0.15)],
    "centre": [(-0.99, 0.25), (-0.86, -0.26), (-0.5, -0.62), (0, -0.92), (0.5, -0.62), (0.86, -0.26), (0.99, 0.25)],
    "high": [(-0.98, 0.05), (-0.86, -0.42), (-0.52, -0.68), (0, -0.74), (0.52, -0.68), (0.86, -0.42), (0.98, 0.05)],
    "swept": [(-0.98, 0.15), (-0.9, -0.3), (-0.55, -0.86), (0.05, -0.62), (0.6, -0.36), (0.9, -0.12), (0.99, 0.25)],
    "peak": [(-0.98, 0.05), (-0.82, -0.5), (-0.45, -0.78), (0, -0.6), (0.45, -0.78), (0.82, -0.5), (0.98, 0.05)],
}
_SILHOUETTE = 61  # points of the silhouette of the hair on top, before its hairline


def paint_back_hair(canvas: Canvas, hair: Hair, width: float, top: float, chin: float) -> None:
    """The hair behind the head; the head is `width` to each side, `top` above and `chin` below the eyes."""
    colour, line, w = darker(hair.colour, 0.14), darker(hair.colour, 0.55), width + hair.volume
    if hair.hat == "headscarf":
        canvas.shape(_hood(width, top, chin), hair.hat_colour)
    if hair.hat in ("headscarf", "turban"):
        return
    if hair.style in ("long", "wavy"):
        left = [(-w, -0.1), (-w * 1.05, 0.1), (-w * 1.1, 0.28), (-w * 1.1, 0.5)]
        if hair.style == "wavy":
            left = [(-w, -0.12), (-w * 1.2, 0.04), (-w * 1.06, 0.17), (-w * 1.28, 0.31), (-w * 1.1, 0.48)]
        canvas.shape(_mirrored([*left, (0, 0.5)], -top - 0.02), colour, line)
    elif hair.style == "bob":
        bob = [(-w, -0.12), (-w * 1.14, 0.12), (-w * 1.02, chin - 0.05), (-w * 0.5, chin - 0.06)]
        canvas.shape(_mirrored(bob, -top - 0.03), colour, line)
    elif hair.style == "afro":
        turn = np.linspace(0, 2 * np.pi, 80, endpoint=False)
        puff = 1 + 0.07 * np.abs(np.sin(turn * 7))
        ring = np.stack([np.cos(turn) * (w + 0.07) * puff, np.sin(turn) * (top + 0.04) * puff - 0.1], axis=1)
        canvas.shape(ring, hair.colour, line)
    elif hair.style == "bun" and hair.hat != "beanie":
        canvas.shape(oval(0, -top - 0.075, 0.105, 0.09), hair.colour, line)
    elif hair.style == "pigtails":
        tail = [(0.8, -0.06), (1.22, -0.1), (1.46, 0.06), (1.34, 0.25), (1.12, 0.2), (0.9, 0.06)]
        for side in (-1, 1):
            canvas.shape(closed_curve([(side * w * x, y) for x, y in tail]), hair.colour, line)
    elif hair.style == "ponytail":
        tail = [(0.3, -top - 0.01), (1.0, -0.28), (1.32, -0.1), (1.28, 0.14), (1.4, 0.28), (1.08, 0.18), (0.9, -0.1)]
        canvas.shape(closed_curve([(hair.flip * w * x, y) for x, y in tail]), hair.colour, line)
    elif hair.style == "balding":
        for side in (-1, 1):
            canvas.shape(oval(side * (width + 0.006), -0.04, 0.058, 0.105), hair.colour, line)


def paint_front_hair(canvas: Canvas, hair: Hair, width: float, top: float, chin: float) -> None:
    """The hair over the forehead, and any hat."""
    if hair.hat == "headscarf":
        _headscarf(canvas, hair.hat_colour, width, top, chin)
        return
    if hair.hat == "turban":
        _turban(canvas, hair.hat_colour, width, top)
        return
    if hair.style in ("bald", "balding"):
        shine = [(-0.5 * width, -0.7 * top), (-0.3 * width, -0.84 * top), (0, -0.89 * top)]
        canvas.stroke(shine, 0.02, WHITE, 0.5)
    else:
        crown, line = _crown(hair, width, top), darker(hair.colour, 0.55)
        if hair.style == "afro":
            canvas.shape(crown, hair.colour)
            canvas.stroke(crown[_SILHOUETTE::8], 0.014, line)
        else:
            canvas.shape(crown, hair.colour, line)
        shine = [(0.16, -0.98), (0.46, -0.9), (0.68, -0.74)]
        points = [(hair.flip * x * (width + 0.01), y * (top + 0.004)) for x, y in shine]
        canvas.stroke(points, 0.022, mix(hair.colour, WHITE, 0.28), 0.4)
    _hat(canvas, hair, width, top)


def _mirrored(left: Sequence[Point], crown: float) -> np.ndarray:
    """The closed curve through these points, their mirror image, and the crown of the head."""
    right = [(-x, y) for x, y in reversed(left) if x != 0]
    return closed_curve([*left, *right, (0, crown)])


def _crown(hair: Hair, width: float, top: float) -> np.ndarray:
    """The outline of the hair on top: its silhouette from left to right and the hairline back."""
    turn = np.linspace(0, np.pi, _SILHOUETTE)
    cos, sin = -np.cos(turn), np.abs(np.sin(turn))
    rise = {
        "curly": 0.05 + 0.13 * np.abs(np.sin(turn * 6)),
        "spiky": 0.02 + 0.26 * np.abs((turn * 7 / np.pi) % 1 - 0.5) * 2 * sin,
        "quiff": 0.25 * np.exp(-(((cos - 0.3 * hair.flip) / 0.5) ** 2)),
        "buzz": -0.05 * np.ones_like(turn),
    }.get(hair.style, np.zeros_like(turn))
    if hair.hat in ("beanie", "cap"):
        rise = np.zeros_like(turn)
    # The exponent makes the silhouette follow the head (see `egg`).
    across = np.sign(cos) * np.abs(cos) ** 0.9 * (width + hair.volume) * (1 + rise * 0.5)
    up = -(sin**0.9) * (top + hair.volume) * (1 + rise)
    line = [(hair.flip * x * width, y * top) for x, y in _HAIRLINES[hair.hairline]]
    if hair.flip < 0:
        line.reverse()
    return np.concatenate([np.stack([across, up], axis=1), open_curve(line)[::-1]])


def _hat(canvas: Canvas, hair: Hair, width: float, top: float) -> None:
    cloth, line, w = hair.hat_colour, darker(hair.hat_colour, 0.55), width + hair.volume
    if hair.hat == "beanie":
        pompom = mix(cloth, WHITE, 0.75)
        canvas.shape(oval(0, -top - 0.075, 0.062, 0.058), pompom, line)
        _dome(canvas, cloth, w + 0.012, top + 0.06, top * 0.56)
        canvas.shape(egg(w + 0.025, 0.048, 0.048, 5, 5) + (0, -top * 0.56), mix(cloth, WHITE, 0.35), line)
    elif hair.hat == "cap":
        _dome(canvas, cloth, w + 0.012, top + 0.06, top * 0.58)
        canvas.shape(oval(0, -top * 0.56, w + 0.03, 0.05), darker(cloth, 0.25), line)
    elif hair.hat == "headband":
        band = [(-w, -top * 0.3), (-w * 0.72, -top * 0.78), (0, -top * 0.98), (w * 0.72, -top * 0.78), (w, -top * 0.3)]
        canvas.stroke(band, 0.062, line)
        canvas.stroke(band, 0.042, cloth)
    elif hair.hat == "bow":
        bow(canvas, cloth, hair.flip * w * 0.6, -top * 0.92, 0.1)


def _dome(canvas: Canvas, cloth: Colour, width: float, height: float, floor: float) -> None:
    """The top of a hat: an upright half egg that ends `floor` above the eyes."""
    half = egg(width, height - floor, 0.0, 2.4, 2.0) - (0, floor)
    canvas.shape(half, cloth, darker(cloth, 0.55))


def _hood(width: float, top: float, chin: float) -> np.ndarray:
    """The outer edge of a headscarf."""
    return egg(width + 0.055, top + 0.06, chin + 0.12, 2.2, 2.3)


def _headscarf(canvas: Canvas, cloth: Colour, width: float, top: float, chin: float) -> None:
    outer = _hood(width, top, chin)
    inner = egg(width * 0.88, top * 0.68, chin * 0.97, 2.3, 2.1)
    # One polygon with the face as its hole: around the outside, then back around the inside.
    ring = np.concatenate([outer, outer[:1], inner[:1], inner[::-1]])
    line = darker(cloth, 0.5)
    canvas.shape(ring, cloth)
    canvas.outline(outer, line)
    canvas.outline(inner, line, 0.01)
    canvas.stroke([(-0.12, chin + 0.09), (0.02, chin + 0.07), (0.14, chin + 0.0)], 0.013, line, 0.3)


def _turban(canvas: Canvas, cloth: Colour, width: float, top: float) -> None:
    line, w = darker(cloth, 0.4), width + 0.05
    peak, brim = -top - 0.1, -top * 0.28
    wrap = [(-w, brim), (-w * 1.02, -top * 0.75), (-w * 0.5, peak), (w * 0.5, peak), (w * 1.02, -top * 0.75), (w, brim)]
    edge = [(w, brim), (w * 0.5, -top * 0.46), (0, -top * 0.66), (-w * 0.5, -top * 0.46), (-w, brim)]
    canvas.shape(np.concatenate([open_curve(wrap), open_curve(edge)]), cloth, line)
    for rise in (0.25, 0.6):
        for side in (-1, 1):
            inner, middle = (-side * 0.02, -top * (0.72 + rise * 0.4)), (side * w * 0.4, -top * (0.62 + rise * 0.28))
            canvas.stroke([(side * w, brim - rise * 0.2), middle, inner], 0.014, line, 0.5)
