"""What is going on in a training, in words: the number it rests on, and what to try.

The thresholds come from trainings that were spoiled on purpose; docs/diagnosis.md says which, and what this gets wrong.
All numbers are of the last quarter of the run, so a verdict changes some time after its cause.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from gan.runs.verdicts import Verdicts

RECENT = 4  # a part of the run: its last quarter
FEWEST_GRIDS, FEWEST_IMAGES = 5, 1_500
BREAKING = 20.0  # of a loss: the probability of the truth is below exp(-20)
GUESSING = 0.65  # of pairs told apart
BAD = 0.4  # distance from real pictures
BY_HEART = 3.0  # logits between pictures that are studied and others
JUMPING, SWINGING = 0.03, 0.1  # of the distance, from one grid to the next
STILL, STANDS = 0.02, 0.93
SURE = 0.97  # of both sides judged rightly
ALIKE, VARIED = 0.5, 0.8  # diversity
PATIENCE = 4_000  # images in which even a slow beginning shows


class State(StrEnum):
    """How a training fares."""

    EARLY = "Too early to say"
    HEALTHY = "Healthy"
    STRONG = "Inspector too strong"
    FOOLED = "Inspector fooled"
    COLLAPSED = "Collapsed"
    SWINGING = "Swinging"
    COPYING = "Learning by heart"
    BREAKING = "About to break"


@dataclass(frozen=True)
class Diagnosis:
    """`why` is a sentence with the number that it rests on, `advice` what to try."""

    state: State
    why: str
    advice: str


@dataclass(frozen=True, eq=False)
class Course:
    """A training's figures: by grid (g,) and by line of the log (n,); NaN where something was not measured."""

    images: np.ndarray  # (g,)
    rank: np.ndarray  # (g,) the share of pairs in which it scores the real picture higher than the forgery
    gap: np.ndarray  # (g,) by how much it scores pictures that it studies higher than others
    diversity: np.ndarray  # (g,)
    nearness: np.ndarray  # (g,)
    distance: np.ndarray  # (g,)
    loss: np.ndarray  # (n,) the larger of both losses, without sign
    accuracy: np.ndarray  # (n,) how often it is right, on the side where it is so less often
    varied_before: float = np.nan  # the highest diversity from before what is looked at


def course(metrics: Mapping[str, np.ndarray], verdicts: Sequence[Verdicts], since: int = 0) -> Course:
    """The figures of a log's columns and of the verdicts at each grid (see `gan.runs`), from so many images on: what
    was before the knobs were turned says nothing of what is going on now."""
    none = np.array([])
    before = [one.diversity for one in verdicts[1:] if one.images_seen < since]
    verdicts = [one for one in verdicts if one.images_seen >= since]
    later = 1000 * metrics.get("kimg", none) >= since
    losses = [np.abs(metrics.get(name, none)[later]) for name in ("loss_d", "loss_g")]
    sides = [metrics.get(name, none)[later] for name in ("accuracy_real", "accuracy_fake")]
    return Course(
        images=np.array([one.images_seen for one in verdicts], float),
        rank=np.array([one.rank for one in verdicts]),
        gap=np.array([one.gap for one in verdicts]),
        diversity=np.array([one.diversity for one in verdicts]),
        nearness=np.array([one.nearness for one in verdicts]),
        distance=np.array([one.distance for one in verdicts]),
        loss=np.fmax(*losses),
        accuracy=np.fmin(*sides),
        varied_before=np.nanmax(before) if np.isfinite(before).any() else np.nan,
    )


def diagnose(course: Course) -> Diagnosis:
    """What is going on: the first of `CHECKS` that finds something, else all is well."""
    now = _Now(course)
    found = (check(now) for check in CHECKS)
    return next((one for one in found if one), _healthy(now))


class _Now:
    """The figures of the last quarter."""

    def __init__(self, course: Course):
        self.course, recent = course, _recent(course.distance)
        self.grids, self.images = len(course.images), course.images[-1] if len(course.images) else 0.0
        self.distance, self.diversity = _median(recent), _median(_recent(course.diversity))
        self.rank, self.gap = _median(_recent(course.rank)), _median(_recent(course.gap))
        self.loss, self.accuracy = np.nanmax(_recent(course.loss), initial=0.0), _median(_recent(course.accuracy))
        self.jumps = _to_and_fro(recent) / max(self.distance, 1e-9)
        count = self.grids
        self.half_way = _median(course.distance[count // 3 : count // 2 + 1])


def _breaking(now: _Now) -> Diagnosis | None:
    if now.loss <= BREAKING:
        return None
    return Diagnosis(
        State.BREAKING,
        f"A loss came to {now.loss:,.0f}; where a training learns, losses stay below ten.",
        "Halve both learning rates, or put a penalty on the inspector (R1).",
    )


def _early(now: _Now) -> Diagnosis | None:
    if now.grids >= FEWEST_GRIDS and now.images >= FEWEST_IMAGES and np.isfinite(now.distance):
        return None
    return Diagnosis(State.EARLY, "There are too few grids yet.", f"Wait for {FEWEST_IMAGES:,} images.")


def _by_heart(now: _Now) -> Diagnosis | None:
    if not now.gap > BY_HEART:
        return None
    return Diagnosis(
        State.COPYING,
        f"The inspector scores pictures that it studies {now.gap:.1f} higher than real ones that it never saw.",
        "More pictures, or augmentation. Without, the forger is taught to copy.",
    )


def _fooled(now: _Now) -> Diagnosis | None:
    if now.rank >= GUESSING or now.distance <= BAD:
        return None
    return Diagnosis(
        State.FOOLED,
        f"It scores a real picture higher than a forgery only {now.rank:.0%} of the time, and the forgeries are still "
        f"far from real pictures: their distance is {now.distance:.2f}, and good ones come below {BAD:g}.",
        "A quicker inspector: raise its learning rate or its lessons, or lower the forger's.",
    )


def _too_strong(now: _Now) -> Diagnosis | None:
    stands = now.distance > STANDS * now.half_way and now.jumps < STILL
    if not stands or now.distance <= 1 or now.images < PATIENCE or now.accuracy <= SURE:
        return None
    return Diagnosis(
        State.STRONG,
        f"It is right {now.accuracy:.1%} of the time, and the forgeries come no nearer to real pictures "
        f"({now.distance:.2f}, half-way {now.half_way:.2f}).",
        "Slow the inspector: a smaller learning rate or fewer lessons for it, a larger rate for the forger.",
    )


def _collapsed(now: _Now) -> Diagnosis | None:
    best = np.nanmax([*now.course.diversity[1:], now.course.varied_before], initial=0.0)
    fell = best > VARIED / 2 and now.diversity < best / 2
    hops = now.jumps > JUMPING and now.distance > 1
    if now.diversity >= ALIKE or now.distance <= BAD or not (fell or hops):
        return None
    return Diagnosis(
        State.COLLAPSED,
        f"The forgeries differ from each other only {now.diversity:.2f} times as much as real pictures.",
        "Smaller learning rates, the relativistic loss, a penalty on the inspector, or another seed.",
    )


def _swinging(now: _Now) -> Diagnosis | None:
    if now.jumps <= SWINGING or now.distance <= BAD / 2:
        return None
    return Diagnosis(
        State.SWINGING,
        f"From one grid to the next the forgeries' distance from real pictures goes to and fro by {now.jumps:.0%}.",
        "Smaller learning rates for both, averaging, or a penalty on the inspector.",
    )


def _slow(now: _Now) -> Diagnosis | None:
    if now.distance <= 1 or now.images >= PATIENCE:
        return None
    return Diagnosis(
        State.EARLY,
        f"The forgeries' distance from real pictures is {now.distance:.2f}; good ones come below {BAD:g}.",
        f"Wait for {PATIENCE:,} images: even a slow beginning shows by then.",
    )


def _healthy(now: _Now) -> Diagnosis:
    return Diagnosis(
        State.HEALTHY,
        f"The forgeries' distance from real pictures is {now.distance:.2f} (half-way it was {now.half_way:.2f}; good "
        f"ones come below {BAD:g}), and they vary {now.diversity:.2f} times as much as those.",
        "Let it go on.",
    )


def _rising(now: _Now) -> Diagnosis | None:
    if now.distance <= BAD or now.distance <= now.half_way:
        return None
    return Diagnosis(
        State.EARLY,
        f"The forgeries' distance from real pictures is {now.distance:.2f}, and half-way it was {now.half_way:.2f}: it "
        f"does not fall. Good ones come below {BAD:g}.",
        "Look at the pictures, and wait for some kimg.",
    )


CHECKS = (_breaking, _early, _by_heart, _fooled, _too_strong, _collapsed, _swinging, _slow, _rising)


def _recent(values: np.ndarray) -> np.ndarray:
    return values[-max(RECENT, len(values) // RECENT) :]


def _median(values: np.ndarray) -> float:
    return float(np.nanmedian(values)) if np.isfinite(values).any() else np.nan


def _to_and_fro(values: np.ndarray) -> float:
    """How far each step goes on average, without what brings the whole forward."""
    steps = np.diff(values[np.isfinite(values)])
    return float((np.abs(steps).sum() - abs(steps.sum())) / max(1, len(steps)))
