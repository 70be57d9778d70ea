"""Paints a cartoon face with its shoulders."""

import numpy as np

from gan.data.drawn.canvas import INK, WHITE, Canvas, Colour, brightness, closed_curve, darker, egg, mix, oval
from gan.data.drawn.faces import Face
from gan.data.drawn.hair_painter import paint_back_hair, paint_front_hair

_TONGUE, _THROAT = (238, 108, 118), (118, 28, 42)


def paint_face(face: Face, resolution: int) -> np.ndarray:
    """The picture of a person: (resolution, resolution, 3) uint8, RGB."""
    canvas = Canvas(resolution, *face.background)
    canvas.place(face.x, face.y, face.scale, face.tilt)
    head = egg(face.width, face.top, face.chin, 2.2, face.jaw)
    edge = darker(face.skin, 0.5)
    paint_back_hair(canvas, face.hair, face.width, face.top, face.chin)
    _shoulders(canvas, face, edge)
    if not face.hair.covers_ears:
        for side in (-1, 1):
            _ear(canvas, face, side, edge)
    with canvas.inside(head):
        canvas.shape(head, face.skin)
        _skin(canvas, face)
        _beard(canvas, face)
    canvas.outline(head, edge)
    for side in (-1, 1):
        _eye(canvas, face, side)
    _nose(canvas, face)
    if face.beard in ("full", "moustache", "goatee"):
        _moustache(canvas, face)
    _mouth(canvas, face)
    paint_front_hair(canvas, face.hair, face.width, face.top, face.chin)
    for side in (-1, 1):
        _brow(canvas, face, side)
    _glasses(canvas, face)
    return canvas.finish()


def _shoulders(canvas: Canvas, face: Face, edge: Colour) -> None:
    chin, cloth = face.chin, face.cloth
    line, shade = darker(cloth, 0.5), darker(face.skin, 0.28)
    slope = [(-0.44, chin + 0.4), (-0.38, chin + 0.12), (-0.14, chin + 0.045), (0.14, chin + 0.045)]
    slope += [(0.38, chin + 0.12), (0.44, chin + 0.4)]
    if face.clothes == "hood":
        canvas.shape(oval(0, chin + 0.05, 0.25, 0.1), darker(cloth, 0.22), line)
    canvas.shape(closed_curve(slope), cloth, line)
    neck = np.array([(-0.095, chin - 0.1), (0.095, chin - 0.1), (0.1, chin + 0.07), (-0.1, chin + 0.07)])
    depth = 0.17 if face.clothes in ("vee", "collar") else 0.09
    opening = [(-0.125, chin + 0.04), (0, chin + depth), (0.125, chin + 0.04)]
    canvas.shape(np.array(opening) if depth > 0.1 else oval(0, chin + 0.045, 0.125, 0.06), shade, line)
    canvas.shape(neck, shade)
    if face.clothes == "collar":
        for side in (-1, 1):
            flap = [(0.07, 0.02), (0.15, 0.03), (0.17, 0.12), (0.07, 0.16), (0.005, 0.13)]
            canvas.shape(np.array([(side * a, chin + b) for a, b in flap]), mix(cloth, WHITE, 0.3), line, 0.01)
    if face.clothes == "hood":
        for side in (-1, 1):
            canvas.stroke([(side * 0.085, chin + 0.1), (side * 0.095, chin + 0.22)], 0.018, mix(cloth, WHITE, 0.75))


def _ear(canvas: Canvas, face: Face, side: int, edge: Colour) -> None:
    x = side * (face.width + 0.012)
    canvas.shape(oval(x, 0.03, 0.046, 0.064), face.skin, edge)
    canvas.oval(x, 0.032, 0.02, 0.034, darker(face.skin, 0.2))
    gold = (248, 204, 72)
    if face.earrings == "stud":
        canvas.shape(oval(x + side * 0.012, 0.09, 0.019, 0.019, 16), gold, (160, 110, 30), 0.007)
    elif face.earrings == "hoop":
        canvas.outline(oval(x + side * 0.01, 0.122, 0.036, 0.042), gold, 0.017)


def _skin(canvas: Canvas, face: Face) -> None:
    if face.blush:
        for side in (-1, 1):
            canvas.oval(side * 0.165, 0.105, 0.05, 0.036, mix(face.skin, (236, 84, 92), 0.32))
    if face.freckles:
        dot = mix(face.skin, (164, 84, 50), 0.55)
        for side in (-1, 1):
            for x, y in ((0.075, 0.088), (0.115, 0.075), (0.15, 0.098), (0.11, 0.112)):
                canvas.oval(side * x, y, 0.009, 0.009, dot)


def _beard(canvas: Canvas, face: Face) -> None:
    w, chin, hair = face.width, face.chin, face.hair.brow
    if face.beard == "full":
        edge = [(-w * 1.1, 0.0), (-w * 0.82, 0.06), (-w * 0.6, 0.125), (0, 0.125), (w * 0.6, 0.125), (w * 0.82, 0.06)]
        canvas.shape(np.array([*edge, (w * 1.1, 0.0), (w * 1.1, 0.5), (-w * 1.1, 0.5)]), hair)
    elif face.beard == "stubble":
        edge = [(-w * 1.1, 0.02), (-w * 0.75, 0.1), (0, 0.13), (w * 0.75, 0.1), (w * 1.1, 0.02)]
        canvas.shape(np.array([*edge, (w * 1.1, 0.5), (-w * 1.1, 0.5)]), mix(face.skin, hair, 0.25))
    elif face.beard == "goatee":
        canvas.shape(closed_curve([(-0.085, 0.2), (0.085, 0.2), (0.07, chin + 0.02), (-0.07, chin + 0.02)]), hair)


def _moustache(canvas: Canvas, face: Face) -> None:
    for side in (-1, 1):
        wing = [(0, 0.118), (side * 0.06, 0.112), (side * 0.115, 0.158), (side * 0.05, 0.158), (0, 0.148)]
        canvas.shape(closed_curve(wing), darker(face.hair.brow, 0.1))


def _eye(canvas: Canvas, face: Face, side: int) -> None:
    look = face.look[side > 0]
    x, y = side * 0.112, 0.008
    wide, tall = 0.058 * face.eye_size, 0.058 * face.eye_size * (1.15 if look == "wide" else 1)
    line = INK if brightness(face.skin) > 0.3 else (20, 15, 18)
    if look == "happy":
        canvas.stroke([(x - 0.058, y + 0.014), (x, y - 0.034), (x + 0.058, y + 0.014)], 0.026, line)
        return
    lid = y - (0.008 if look == "tired" else 0.1)

    def cut(points: np.ndarray) -> np.ndarray:
        return np.maximum(points, (-1, lid))  # nothing above the lid, anything sideways

    # The dark rim sits a little high: a heavier upper lid makes the eye look less startled.
    canvas.shape(cut(oval(x, y - 0.004, wide + 0.011, tall + 0.012)), darker(face.skin, 0.8))
    canvas.shape(cut(oval(x, y + 0.003, wide, tall - 0.002)), WHITE)
    px, py = x + face.gaze[0], y + face.gaze[1] + 0.004
    size = 0.82 * face.eye_size if look == "wide" else face.eye_size
    canvas.shape(cut(oval(px, py, 0.045 * size, 0.05 * size)), face.iris)
    canvas.shape(cut(oval(px, py, 0.028 * size, 0.031 * size, 20)), (24, 18, 22))
    canvas.shape(cut(oval(px - 0.016, py - 0.02, 0.016, 0.016, 12)), WHITE)
    top = max(y - tall, lid)
    if look == "tired":
        canvas.stroke([(x - wide - 0.012, top), (x + wide + 0.012, top)], 0.02, line)
    if face.lashes:
        for out, up in ((0.66, 0.72), (0.95, 0.38)):
            start = (x + side * wide * out, max(y - tall * up, lid))
            canvas.stroke([start, (start[0] + side * 0.03, start[1] - 0.02)], 0.017, line, 0.4)


def _brow(canvas: Canvas, face: Face, side: int) -> None:
    colour = face.hair.brow if brightness(face.skin) > 0.35 else darker(face.hair.brow, 0.4)
    y, tilt = -face.brow_height, face.brow_slope * 0.1
    lift = -0.03 if face.mouth == "smirk" and side > 0 else 0
    inner, outer = (side * 0.062, y - tilt / 2), (side * 0.168, y + 0.012 + tilt / 2 + lift / 2)
    canvas.stroke([inner, (side * 0.115, y - 0.014 + lift), outer], face.brow_width, colour, 0.6)


def _nose(canvas: Canvas, face: Face) -> None:
    line, tone = darker(face.skin, 0.42), mix(darker(face.skin, 0.12), (222, 92, 84), 0.16)
    if face.nose == "hook":
        canvas.stroke([(0.004, 0.03), (0.026, 0.088), (-0.018, 0.094)], 0.017, line)
    elif face.nose == "long":
        canvas.shape(closed_curve([(0, 0.02), (0.03, 0.09), (0, 0.112), (-0.03, 0.09)]), tone)
        canvas.stroke([(-0.028, 0.092), (0, 0.112), (0.028, 0.092)], 0.014, line)
    else:
        size = 0.036 if face.nose == "round" else 0.024
        canvas.oval(0, 0.08, size * 1.1, size * 0.86, tone)
        canvas.stroke([(-size, 0.088), (0, 0.082 + size), (size, 0.088)], 0.014, line)


def _mouth(canvas: Canvas, face: Face) -> None:
    y = 0.178
    line = (96, 34, 40) if brightness(face.skin) > 0.35 else (44, 18, 22)
    bearded = face.beard in ("full", "goatee")
    lip = mix(face.skin, (206, 44, 70), 0.68 if face.lips else 0.55) if face.lips or bearded else line
    kind, thick = face.mouth, 0.026 if face.lips else 0.019
    if kind in ("laugh", "grin"):
        depth = 0.085 if kind == "laugh" else 0.058
        bowl = oval(0, y - 0.014, 0.105, depth, count=32)[:17]  # its lower half
        canvas.shape(bowl, WHITE if kind == "grin" else _THROAT)
        if kind == "laugh":
            with canvas.inside(bowl):
                canvas.oval(0, y + 0.07, 0.062, 0.038, _TONGUE)
                teeth = [(-0.11, y - 0.03), (0.11, y - 0.03), (0.09, y + 0.012), (-0.09, y + 0.012)]
                canvas.shape(np.array(teeth), WHITE)
        canvas.outline(bowl, lip, 0.02 if face.lips else 0.014)
    elif kind == "surprised":
        canvas.shape(oval(0, y + 0.02, 0.042, 0.052), _THROAT, lip, 0.016)
    elif kind == "cheeky":
        tongue = [(-0.02, y), (0.05, y), (0.052, y + 0.05), (0.018, y + 0.062), (-0.014, y + 0.045)]
        canvas.shape(closed_curve(tongue), _TONGUE, line, 0.01)
        canvas.stroke([(-0.085, y - 0.012), (0, y + 0.014), (0.085, y - 0.012)], thick, lip)
    else:
        bends = {
            "smile": [(-0.095, y - 0.018), (0, y + 0.034), (0.095, y - 0.018)],
            "neutral": [(-0.06, y + 0.008), (0, y + 0.01), (0.06, y + 0.008)],
            "smirk": [(-0.06, y + 0.014), (0.01, y + 0.022), (0.085, y - 0.022)],
            "sad": [(-0.07, y + 0.034), (0, y + 0.002), (0.07, y + 0.034)],
            "cross": [(-0.068, y + 0.022), (0, y + 0.004), (0.068, y + 0.022)],
        }
        canvas.stroke(bends[kind], thick, lip)


def _glasses(canvas: Canvas, face: Face) -> None:
    if face.glasses == "none":
        return
    for side in (-1, 1):
        x, y = side * 0.114, 0.01
        rim = oval(x, y, 0.088, 0.088)
        if face.glasses != "round":
            rim = egg(0.092, 0.07, 0.078, 4.5, 3.2) + (x, y)
        if face.glasses == "sun":
            canvas.shape(rim, (44, 42, 54))
            canvas.stroke([(x - 0.045, y - 0.03), (x - 0.015, y - 0.045)], 0.018, (150, 156, 176), 0.5)
        canvas.outline(rim, face.frame, 0.018)
        canvas.stroke([(side * 0.2, y - 0.01), (side * (face.width + 0.004), y - 0.02)], 0.016, face.frame)
    canvas.stroke([(-0.028, 0.0), (0, -0.01), (0.028, 0.0)], 0.018, face.frame)
