"""One run as it stands now, shared by all visitors: read at most once a second, however many look on."""

import streamlit as st

from gan import runs, watch
from gan.runs import find_run
from gan.watch import Snapshot
from ui.live_chart import LiveFigure, Series

FRESH_SECONDS = 0.9


@st.cache_resource(ttl=FRESH_SECONDS, max_entries=16, show_spinner=False)
def active_name() -> str | None:
    """The run that is training now, if any."""
    active = runs.active_run()
    return active.name if active else None


@st.cache_resource(ttl=FRESH_SECONDS, max_entries=16, show_spinner=False)
def view(name: str) -> tuple[Snapshot, list[LiveFigure]]:
    """The run `name` and its charts. Raises ForgerError where it is no more."""
    run = find_run(name)
    snapshot = watch.look(run)
    # An inspector that cannot tell gives the mean of its two answers, which label smoothing has moved.
    return snapshot, charts(snapshot, guess=run.config.real_label / 2)


def charts(snapshot: Snapshot, guess: float) -> list[LiveFigure]:
    """Losses, belief, accuracy and gradients over the images seen; none before the first point."""
    metrics = snapshot.metrics
    if not metrics:
        return []

    def figure(title, y_label, curves, lines=(), y_range=None):
        series = [Series(label, metrics["kimg"], metrics[name], colour) for name, label, colour in curves]
        return LiveFigure(title, "images seen (thousands)", y_label, series, lines, y_range)

    return [
        figure(
            "Losses: who is struggling?",
            "loss",
            [
                ("loss_g", "forger (G)", "orange"),
                ("loss_d", "inspector (D)", "blue"),
                ("loss_d_real", "D on real pictures", "green"),
                ("loss_d_fake", "D on forgeries", "red"),
            ],
        ),
        figure(
            "What the inspector believes",
            "probability of being real",
            [
                ("d_real", "real pictures, D(x)", "green"),
                ("d_fake", "forgeries, D(G(z))", "red"),
                ("d_fake_after", "forgeries, after its lesson", "orange"),
            ],
            lines=[(guess, f"{guess * 100:.0f} %: the forger has won")],
            y_range=(0, 1),
        ),
        figure(
            "How often the inspector is right",
            "share judged correctly",
            [("accuracy_real", "real pictures", "green"), ("accuracy_fake", "forgeries", "red")],
            lines=[(0.5, "50 %: no better than a coin")],
            y_range=(0, 1),
        ),
        figure(
            "How hard each is pushed",
            "length of the gradient",
            [("gradient_g", "forger (G)", "orange"), ("gradient_d", "inspector (D)", "blue")],
        ),
    ]
