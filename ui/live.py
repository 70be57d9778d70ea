"""One run as it stands now, shared by all visitors: read at most once a second, however many look on."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from gan import runs
from gan.learning.config import Config
from gan.learning.losses import LOSSES
from gan.networks import LATENTS
from gan.quality.diagnosis import Diagnosis, course, diagnose
from gan.runs import changes, find_run, requests, snapshot
from gan.runs.snapshot import Snapshot
from gan.runs.verdicts import Verdicts
from ui.curves import thin
from ui.live_chart import LiveFigure, Series
from ui.memo import kept_for

FRESH_SECONDS = 0.9
NAMED = 3  # turns of knobs, in a legend
FAINT = "rgba(128, 128, 128, 0.5)"

Columns = dict[str, np.ndarray]
Curve = tuple[str, str, str]  # column, label, colour
Lines = Sequence[tuple[float, str]]


@kept_for(FRESH_SECONDS)
def active_name() -> str | None:
    """The run that is training now, if any."""
    active = runs.active_run()
    return active.name if active else None


@kept_for(FRESH_SECONDS)
def view(name: str) -> tuple[Snapshot, list[LiveFigure]]:
    """The run `name` and its charts. Raises ForgerError where it is no more."""
    run = find_run(name)
    seen = snapshot.look(run)
    turned = [(images, f"{setting.replace('_', ' ')} {value:g}") for images, setting, value in requests.turns(run)]
    changed = [(one.images, one.in_words()) for one in changes.changes(run.folder) if one.setting != "data"]
    return seen, _marked(charts(seen, run.config), sorted(turned + changed, key=lambda one: one[0]))


@kept_for(2 * FRESH_SECONDS)
def diagnosis(name: str) -> Diagnosis | None:
    """What is going on in the run `name`; None where its kind of GAN has no diagnosis, or it kept no verdicts."""
    seen, _ = view(name)
    run = find_run(name)
    if run.config.kind != LATENTS or not seen.verdicts:
        return None
    return diagnose(course(seen.metrics, seen.verdicts, requests.last_turn(run)))


def _marked(figures: list[LiveFigure], turns: list[tuple[int, str]]) -> list[LiveFigure]:
    """The charts with a line at each moment from which on something was otherwise, after so many images; the first
    chart names the last of them."""
    if not turns:
        return figures
    moments = [(images / 1000, words) for images, words in turns]
    named = [(kimg, words if place >= len(moments) - NAMED else "") for place, (kimg, words) in enumerate(moments)]
    bare = [(kimg, "") for kimg, _ in moments]
    return [replace(figure, marks=bare if place else named) for place, figure in enumerate(figures)]


def charts(snapshot: Snapshot, config: Config) -> list[LiveFigure]:
    """The two sides over the images seen, then the quality of the forgeries; only what has data."""
    metrics, quality = snapshot.metrics, snapshot.quality
    figures = [
        _figure(
            "Losses: who is struggling?",
            "loss",
            metrics,
            [
                ("loss_g", "forger (G)", "orange"),
                ("loss_d", "inspector (D)", "blue"),
                ("loss_d_real", "D on real pictures", "green"),
                ("loss_d_fake", "D on forgeries", "red"),
                ("penalty", "penalty", "violet"),
            ],
        ),
        _pairs(metrics) if _has(metrics, "loss_d_pairs") else _belief(metrics, config),
        _figure(
            "How often the inspector is right",
            "share judged correctly",
            metrics,
            [("accuracy_real", "real pictures", "green"), ("accuracy_fake", "forgeries", "red")],
            lines=[(0.5, "50 %: no better than a coin")],
            y_range=(0, 1),
        ),
        _figure(
            "How hard each is pushed",
            "length of the gradient",
            metrics,
            [("gradient_g", "forger (G)", "orange"), ("gradient_d", "inspector (D)", "blue")],
        ),
        _targets(metrics),
        _closeness(quality),
        _variety(quality, snapshot.verdicts),
        _fidelity(quality),
    ]
    return [figure for figure in figures if figure.series]


def _belief(metrics: Columns, config: Config) -> LiveFigure:
    # An inspector that cannot tell gives the mean of its two answers, which label smoothing has moved.
    guess = LOSSES[config.loss].guess(config.real_label)
    return _figure(
        "What the inspector believes",
        "0: forged, 1: real",
        metrics,
        [
            ("d_real", "real pictures, D(x)", "green"),
            ("d_fake", "forgeries, D(G(z))", "red"),
            ("d_fake_after", "forgeries, after its lesson", "orange"),
        ],
        lines=[(guess, f"{guess * 100:.0f} %: the inspector can only guess")],
        y_range=(0, 1),
    )


def _pairs(metrics: Columns) -> LiveFigure:
    """An inspector of pairs has no opinion of one picture; its loss says how sure it is of the truth about a pair: the
    geometric mean of the probability that it gives it."""
    return _figure(
        "What the inspector believes",
        "probability (exp of minus the loss)",
        {"kimg": metrics["kimg"], "pairs": np.exp(-metrics["loss_d_pairs"])},
        [("pairs", "of a pair, the real one is real", "green")],
        lines=[(0.5, "50 %: the inspector can only guess")],
        y_range=(0, 1),
    )


def _targets(metrics: Columns) -> LiveFigure:
    return _figure(
        "How far each pixel is from the target",
        "mean difference (L1); black to white is 2",
        metrics,
        [("loss_l1", "forger (G)", "orange")],
    )


def _fidelity(quality: Columns) -> LiveFigure:
    """On held-out pictures, beside two answers that nobody needs to learn."""
    lines = []
    if _has(quality, "perceptual"):
        lines = [
            (float(quality["perceptual_source"][-1]), "the source, unchanged"),
            (float(quality["perceptual_mean"][-1]), "the mean target"),
        ]
    return _figure(
        "How far from the target, to the eye",
        "distance of features (1: another's target)",
        quality,
        [("perceptual", "redrawn", "orange")],
        lines=lines,
    )


def _closeness(quality: Columns) -> LiveFigure:
    figure = _figure(
        "How close to real pictures", "distance (KID): lower is better", quality, [("kid", "KID", "orange")]
    )
    if not figure.series:
        return figure
    # Both bounds are one curve with a gap, which the legend need name only once.
    # They are thinned before they meet, to no more points together than a curve may have: later, the thinning would
    # average across the gap.
    kimg, kid, error = quality["kimg"], quality["kid"], quality["kid_error"]
    (x, low), (_, high) = thin(kimg, kid - error, 199), thin(kimg, kid + error, 199)
    x, y = np.concatenate([x, x[-1:], x]), np.concatenate([low, [np.nan], high])
    return replace(figure, series=[*figure.series, Series("give or take its error", x, y, FAINT, spoken=False)])


def _variety(quality: Columns, verdicts: Sequence[Verdicts]) -> LiveFigure:
    """At every grid by simple features, and at every measurement by a network's."""
    grids = {
        "kimg": np.array([one.images_seen / 1000 for one in verdicts]),
        "diversity": np.array([one.diversity for one in verdicts]),
    }
    measured = _figure("", "", quality, [("diversity", "as a network sees them", "orange")])
    figure = _figure(
        "How varied",
        "difference between forgeries",
        grids,
        [("diversity", "each grid, by colours and edges", "blue")],
        lines=[(1, "1: as varied as real pictures")],
    )
    top = [np.nanmax(one.y) for one in (*figure.series, *measured.series)]
    return replace(figure, series=[*measured.series, *figure.series], y_range=(0, 1.1 * max(1, *top)) if top else None)


def _figure(
    title: str,
    y_label: str,
    columns: Columns,
    curves: Sequence[Curve],
    lines: Lines = (),
    y_range: tuple[float, float] | None = None,
) -> LiveFigure:
    series = [
        Series(label, columns["kimg"], columns[name], colour) for name, label, colour in curves if _has(columns, name)
    ]
    return LiveFigure(title, "images seen (thousands)", y_label, series, lines, y_range)


def _has(columns: Columns, name: str) -> bool:
    """Whether the training has such a number at all: which it has depends on its loss and penalty."""
    return name in columns and bool(np.isfinite(columns[name]).any())
