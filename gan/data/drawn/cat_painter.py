"""Paints a cartoon cat."""

import numpy as np

from gan.data.drawn.canvas import (
    INK,
    WHITE,
    Canvas,
    Colour,
    bow,
    brightness,
    closed_curve,
    darker,
    egg,
    mix,
    open_curve,
    oval,
)
from gan.data.drawn.cats import Cat, Coat


def paint_cat(cat: Cat, resolution: int) -> np.ndarray:
    """The picture of a cat: (resolution, resolution, 3) uint8, RGB."""
    canvas = Canvas(resolution, *cat.background)
    canvas.place(cat.x, cat.y, cat.scale, cat.tilt)
    head = egg(cat.width, cat.height, cat.height, 2.25, cat.cheeks)
    _body(canvas, cat)
    for side in (-1, 1):
        _ear(canvas, cat, side)
        if cat.tufts:
            _tuft(canvas, cat, side)
    with canvas.inside(head):
        canvas.shape(head, cat.coat.base)
        _coat(canvas, cat)
    canvas.outline(head, _edge(cat.coat.base))
    _muzzle(canvas, cat)
    for side in (-1, 1):
        _eye(canvas, cat, side)
    _whiskers(canvas, cat)
    if cat.finery == "ear bow":
        bow(canvas, cat.cloth, cat.width * 0.62, -cat.height - 0.005, 0.085)
    return canvas.finish()


def _edge(colour: Colour) -> Colour:
    """An outline that shows on this colour."""
    return darker(colour, 0.55) if brightness(colour) > 0.3 else darker(colour, 0.75)


def _body(canvas: Canvas, cat: Cat) -> None:
    coat, chin = cat.coat, cat.height
    canvas.shape(oval(0, chin + 0.2, 0.29, 0.27), coat.base, _edge(coat.base))
    canvas.oval(0, chin + 0.16, 0.15, 0.17, coat.pale)
    canvas.oval(0, chin, 0.18, 0.05, darker(coat.base, 0.35))
    if cat.finery == "scarf":
        canvas.shape(oval(0, chin + 0.01, 0.24, 0.07), cat.cloth, _edge(cat.cloth))
        tail = np.array([(0.08, chin), (0.2, chin + 0.02), (0.19, chin + 0.3), (0.09, chin + 0.3)])
        canvas.shape(tail, cat.cloth, _edge(cat.cloth))
    elif cat.finery == "collar":
        canvas.shape(oval(0, chin + 0.005, 0.22, 0.06), cat.cloth, _edge(cat.cloth))
        canvas.shape(oval(0, chin + 0.075, 0.042, 0.042), (250, 204, 70), (150, 104, 30))
    elif cat.finery == "bow tie":
        bow(canvas, cat.cloth, 0, chin + 0.065, 0.13)


def _ear(canvas: Canvas, cat: Cat, side: int) -> None:
    width, height, colour = cat.width, cat.height, cat.coat.ears[side > 0]
    edge = _edge(colour)
    inner, outer = np.array([side * 0.05, -height * 0.8]), np.array([side * width * 0.97, -height * 0.18])
    tip = np.array([side * (width * 0.74 + cat.ear_lean), -height - cat.ear_length * 0.9])
    middle = (inner + outer) / 2
    if cat.ear_kind == "round":
        dull = closed_curve([inner, (inner + tip * 2) / 3, tip + (-side * 0.02, 0.03), (outer + tip * 2) / 3, outer])
        canvas.shape(dull, colour, edge)
        canvas.shape((dull - middle) * 0.6 + middle, cat.coat.inner_ear)
        return
    if cat.ear_kind == "folded":
        tip = tip * (0.97, 1) + (0, cat.ear_length * 0.5)
    bend_in = (inner + tip) / 2 + (-side * 0.022, -0.012)
    bend_out = (outer + tip) / 2 + (side * 0.022, -0.012)
    outline = np.concatenate([open_curve([inner, bend_in, tip]), open_curve([tip, bend_out, outer])])
    canvas.shape(outline, colour, edge)
    if cat.ear_kind == "folded":
        flap = np.array([bend_in, tip, bend_out, middle + (side * 0.03, 0)])
        canvas.shape(flap, mix(colour, WHITE, 0.18), edge)
        return
    canvas.shape((outline - middle) * 0.62 + middle + (side * 0.004, 0.012), cat.coat.inner_ear)
    if cat.ear_kind == "tufted":
        for reach in (-0.02, 0.012):
            canvas.stroke([tip + (0, 0.03), tip + (side * reach, -0.035)], 0.026, edge, 0.2)


def _tuft(canvas: Canvas, cat: Cat, side: int) -> None:
    """Fluff that sticks out of a cheek."""
    width, height = cat.width, cat.height
    spikes = [(0.8, 0.0), (1.08, 0.22), (0.98, 0.32), (1.1, 0.5), (0.92, 0.56), (0.96, 0.76), (0.5, 0.8)]
    canvas.shape(np.array([(side * width * a, height * b) for a, b in spikes]), cat.coat.base, _edge(cat.coat.base))


def _coat(canvas: Canvas, cat: Cat) -> None:
    """The pattern on the head."""
    coat, width, height = cat.coat, cat.width, cat.height
    if coat.pattern == "tabby":
        for x, length in ((-0.085, 0.1), (0, 0.14), (0.085, 0.1)):
            canvas.stroke([(x * 1.15, -height), (x, -height + length)], 0.046, coat.mark, 0.25)
        for side in (-1, 1):
            for y in (0.02, 0.1, 0.175):
                canvas.stroke([(side * width, y - 0.02), (side * (width - 0.1), y)], 0.04, coat.mark, 0.2)
    elif coat.pattern == "tuxedo":
        blaze = [(0, -0.2), (0.03, -0.04), (0.13, 0.1), (0.16, height), (-0.16, height), (-0.13, 0.1), (-0.03, -0.04)]
        canvas.shape(closed_curve(blaze), coat.pale)
    elif coat.pattern == "hood":
        canvas.shape(np.array([(0, -height * 0.75), (width * 1.1, height), (-width * 1.1, height)]), coat.pale)
    elif coat.pattern == "calico":
        canvas.oval(-coat.side * width * 0.72, -height * 0.62, 0.24, 0.24, coat.mark)
        canvas.oval(coat.side * width * 0.72, -height * 0.72, 0.22, 0.25, coat.second)
        canvas.oval(coat.side * width * 0.98, height * 0.5, 0.12, 0.1, coat.mark)
    elif coat.pattern == "patch":
        canvas.oval(coat.side * width * 0.6, -height * 0.38, 0.205, 0.24, coat.mark)
    elif coat.pattern == "siamese":
        canvas.oval(0, 0.08, width * 0.74, height * 0.8, mix(coat.base, coat.mark, 0.4))
        canvas.oval(0, 0.1, width * 0.5, height * 0.66, coat.mark)
    if cat.blush:
        for side in (-1, 1):
            canvas.oval(side * width * 0.74, 0.125, 0.05, 0.034, mix(coat.base, (244, 110, 120), 0.42))


def _muzzle(canvas: Canvas, cat: Cat) -> None:
    coat = cat.coat
    fur = mix(coat.mark, WHITE, 0.12) if coat.pattern == "siamese" else coat.pale
    line = INK if brightness(fur) > 0.3 else mix(fur, WHITE, 0.55)
    if cat.mouth in ("open", "tongue"):
        _open_mouth(canvas, cat.mouth, fur)
    for side in (-1, 1):
        canvas.oval(side * 0.055, 0.128, 0.078, 0.058, fur)
    corner = {"smile": 0.15, "open": 0.145, "tongue": 0.15, "fang": 0.158, "small": 0.158, "frown": 0.196}[cat.mouth]
    reach = 0.05 if cat.mouth == "small" else 0.088
    dip = 0.15 if cat.mouth == "frown" else 0.182
    for side in (-1, 1):
        half = [(0, 0.12), (side * 0.006, 0.15), (side * reach * 0.55, dip), (side * reach, corner)]
        canvas.stroke(half, 0.017, line)
    if cat.mouth == "fang":
        canvas.shape(np.array([(0.03, 0.18), (0.07, 0.18), (0.052, 0.222)]), WHITE, INK, 0.007)
    nose = [(-0.046, 0.076), (0, 0.07), (0.046, 0.076), (0.03, 0.104), (0, 0.124), (-0.03, 0.104)]
    canvas.shape(closed_curve(nose), coat.nose, darker(coat.nose, 0.5), 0.009)


def _open_mouth(canvas: Canvas, kind: str, fur: Colour) -> None:
    tongue = (240, 112, 124)
    if kind == "tongue":
        canvas.shape(oval(0, 0.188, 0.034, 0.044), tongue, darker(tongue, 0.5), 0.01)
        return
    canvas.shape(oval(0, 0.18, 0.056, 0.062), (120, 40, 52), darker(fur, 0.7), 0.012)
    canvas.oval(0, 0.214, 0.034, 0.024, tongue)


def _eye(canvas: Canvas, cat: Cat, side: int) -> None:
    look, around = cat.look[side > 0], _fur_at_eye(cat.coat, side)
    x, y = side * 0.152, 0.002
    wide, tall = 0.078 * cat.eye_size, 0.084 * cat.eye_size
    if look in ("happy", "shut"):
        bend = -0.045 if look == "happy" else 0.04
        line = INK if brightness(around) > 0.32 else mix(around, WHITE, 0.75)
        canvas.stroke([(x - 0.07, y + 0.01), (x, y + 0.01 + bend * 1.2), (x + 0.07, y + 0.01)], 0.026, line)
        return
    # A lid is a straight line above which the eye is cut off: its height, and how far it falls inwards.
    lid, slope = {"bored": (-0.004, 0.0), "cross": (-0.03, -0.45), "calm": (-0.2, 0), "wide": (-0.2, 0)}[look]

    def cut(points: np.ndarray) -> np.ndarray:
        highest = y + lid + slope * side * (points[:, 0] - x)
        return np.stack([points[:, 0], np.maximum(points[:, 1], highest)], axis=1)

    rim = darker(around, 0.85) if brightness(around) > 0.35 else mix(around, INK, 0.9)
    canvas.shape(cut(oval(x, y, wide + 0.014, tall + 0.014)), rim)
    canvas.shape(cut(oval(x, y + 0.006, wide, tall - 0.004)), cat.iris[side > 0])
    px, py = x + cat.gaze[0], y + cat.gaze[1]
    canvas.shape(cut(oval(px, py, wide * cat.pupil, tall * 0.83)), INK)
    canvas.shape(cut(oval(px - 0.024, py - 0.03, 0.022, 0.022, 16)), WHITE)
    canvas.shape(cut(oval(px + 0.022, py + 0.03, 0.011, 0.011, 12)), WHITE)


def _fur_at_eye(coat: Coat, side: int) -> Colour:
    """The colour around an eye, which decides what its rim must stand out from."""
    marked = coat.pattern == "siamese" or (coat.pattern == "patch" and side == coat.side)
    return coat.mark if marked else coat.base


def _whiskers(canvas: Canvas, cat: Cat) -> None:
    line = WHITE if brightness(cat.coat.base) < 0.62 else darker(cat.coat.base, 0.5)
    for side in (-1, 1):
        for fan in (-1, 0, 1):
            start = (side * 0.115, 0.125 + fan * 0.022)
            end = (side * (cat.width + 0.075), 0.12 + fan * 0.06 + cat.whisker_lift)
            middle = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2 - 0.012)
            canvas.stroke([start, middle, end], 0.0105, line, 0.35)
