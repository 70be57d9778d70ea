"""The inspector's desk: what it thinks of each forgery of a grid, and of real pictures beside them."""

import io
from collections.abc import Sequence

import numpy as np
import streamlit as st
from PIL import Image

from gan.errors import ForgerError
from gan.learning.config import Config
from gan.learning.losses import LOSSES
from gan.runs.grids import read_grid
from gan.runs.run import Run
from gan.runs.verdicts import Verdicts
from gan.training.sheets import cut_out
from ui import roles, tiles
from ui.live_chart import LiveFigure, Series, live_chart
from ui.watch import real_pictures

SHOWN = 6
BINS = 24


def show(run: Run, verdicts: Sequence[Verdicts], then: int, may_see: bool) -> None:
    """The folded desk: now and after `then` images, as the grids above it; `may_see` says whether those are shown."""
    desk = st.expander("The inspector's desk", icon=":material/gavel:", key=f"desk-{run.name}", on_change="rerun")
    if not desk.open:
        return
    with desk:
        if not verdicts:
            st.caption("This run is from before the inspector's verdicts were kept, or has none yet.")
            return
        st.markdown(_meaning(run.config))
        shown = [verdicts[-1], *(one for one in verdicts if one.images_seen == then)][:2]
        everything = _span(verdicts)
        for column, one in zip(st.columns(2), shown, strict=False):
            with column:
                st.markdown(f"**After {one.images_seen:,} images.** {_in_words(one)}")
                if may_see:
                    real = roles.may_see(run.config.data)
                    st.html(_sheet(run.name, one.images_seen, real, one.forged.tobytes(), run, one))
        if not may_see:
            st.caption("These sheets show pictures of the class itself. They are its owner's to show.")
        live_chart(*(_histogram(one, everything) for one in shown), key=f"verdicts-{run.name}", height="240px")


def _span(verdicts: Sequence[Verdicts]) -> tuple[float, float]:
    """The lowest and highest of all logits, so that the axis stays while one looks back."""
    rows = [row for one in verdicts for row in (one.forged, one.genuine) if len(row)]
    low, high = min(row.min() for row in rows), max(row.max() for row in rows)
    room = max(0.1, 0.02 * (high - low))
    return float(low - room), float(high + room)


def _meaning(config: Config) -> str:
    if LOSSES[config.loss].has_label:
        meaning = "above 0 it leans to *real*, below to *forged*; 2 is 88 % sure, 4 is 98 %"
    elif config.loss == "relativistic":
        meaning = "the higher, the more real it looks to it; only differences count, no number means *real* by itself"
    else:
        meaning = "above 0 it leans to *real*, below to *forged*; beyond 1 either way it is content"
    return f"The inspector scores each picture: {meaning}."


def _in_words(verdicts: Verdicts) -> str:
    often = f"{verdicts.rank:.0%}"
    words = f"Shown a real picture and one of these forgeries, it scores the real one higher {often} of the time."
    if len(verdicts.real) and len(verdicts.held_out) > 1:
        gap = verdicts.gap
        words += (
            f" Real pictures that it studies score {abs(gap):.1f} {'more' if gap >= 0 else 'less'} than real ones that "
            "it never saw: where that gap grows, it learns its pictures by heart."
        )
    return words


def _histogram(verdicts: Verdicts, everything: tuple[float, float]) -> LiveFigure:
    """How its scores are spread, over forgeries and over real pictures."""
    edges = np.linspace(*everything, BINS + 1)
    series = []
    for name, logits, colour in (
        ("forgeries", verdicts.forged, "red"),
        ("real pictures that it studies", verdicts.real, "green"),
        ("real ones that it never saw", verdicts.held_out, "blue"),
    ):
        if not len(logits):
            continue
        counts = np.histogram(logits, edges)[0] / len(logits)
        series.append(Series(name, np.repeat(edges, 2)[1:-1], np.repeat(counts, 2), colour))
    both = ("forgeries", verdicts.forged), ("real pictures", verdicts.genuine)
    middle = ", ".join(f"{one} {np.median(logits):.2g}" for one, logits in both)
    return LiveFigure(
        f"How real they look to it, after {verdicts.images_seen:,} images", "score (logit)", "share of them", series,
        x_range=everything, moment=f"Medians: {middle}.",
    )  # fmt: skip


@st.cache_data(ttl=60, max_entries=32, show_spinner=False)
def _sheet(name: str, images_seen: int, real: bool, mark: bytes, _run: Run, _verdicts: Verdicts) -> str:
    """Rows of pictures with their scores, as HTML: once for all who look at a run's desk."""
    run, verdicts, rows = _run, _verdicts, []
    by_score = np.argsort(-verdicts.forged, kind="stable")
    if (forged := _forgeries(run, verdicts.images_seen, len(verdicts.forged))) is not None:
        best, worst = by_score[:SHOWN], by_score[: -SHOWN - 1 : -1]
        rows += [
            _row("Forgeries that convince it most", forged[best], verdicts.forged[best]),
            _row("The clumsiest, to its eye", forged[worst], verdicts.forged[worst]),
        ]
    rows += _real_rows(run, verdicts) if real else ["<p>The real pictures are the owner's to show.</p>"]
    return tiles.page(rows)


def _forgeries(run: Run, images_seen: int, count: int) -> np.ndarray | None:
    grid = read_grid(run.grids_folder, images_seen)
    if grid is None:
        return None
    try:
        return cut_out(run.config, np.asarray(Image.open(io.BytesIO(grid)).convert("RGB")), count)
    except (ForgerError, OSError):  # not what was drawn for this run
        return None


def _real_rows(run: Run, verdicts: Verdicts) -> list[str]:
    if not len(verdicts.genuine_places):
        return []
    by_score = np.argsort(-verdicts.genuine, kind="stable")
    rows = []
    for title, chosen in (
        ("Real pictures that it trusts", by_score[:SHOWN]),
        ("Real ones that it suspects", by_score[: -SHOWN - 1 : -1]),
    ):
        try:
            pictures, there = real_pictures.known(run, verdicts.genuine_places[chosen])
        except ForgerError:
            return ["<p>The real pictures are not on this machine.</p>"]
        if there.any():
            rows.append(_row(title, pictures, verdicts.genuine[chosen][there]))
        if not there.all():  # the data set is another one now
            rows.append(f"<p>Not there any more: {(~there).sum()}.</p>")
    return rows


def _row(title: str, pictures: np.ndarray, scores: np.ndarray) -> str:
    return tiles.row(title, pictures, [f"{score:+.1f}" for score in scores])
