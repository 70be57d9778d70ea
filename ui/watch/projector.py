"""A run on one screen without scrolling, for the wall of a classroom: forgeries, real pictures, and two charts."""

from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from gan.learning.kinds import kind_of
from gan.paths import slug
from gan.runs.run import Run
from ui import crowd, live, roles
from ui.live_chart import LiveFigure, live_chart
from ui.messages import errors_shown, plain
from ui.watch import real_pictures
from ui.watch.run_view import BADGES, IDLE_SECONDS, progress

VIEW, CHARTS = "view", "charts"
NAME = "projector"
SHOWN = 2
REAL_COLUMNS, REAL_ROWS = 8, 2


def asked() -> bool:
    """Whether the address asks for this view."""
    return st.query_params.get(VIEW) == NAME


def offer(run: Run) -> None:
    """A button with the choice of charts and a link to this view. (Links of Streamlit's own to the page on which they
    stand leave the address as it is.)"""
    # With a key and its state kept here, it stays unfolded while the page is drawn anew below.
    with st.popover("Projector", icon=":material/cast_for_education:", key="offer-projector", on_change="rerun"):
        st.caption("One screen for the wall: forgeries, real pictures, and two charts of your choice.")
        titles = [figure.title for figure in live.view(run.name)[1]]
        chosen = []
        if titles:  # a choice that began among none would stay empty
            chosen = st.multiselect("Charts", titles, titles[:SHOWN], max_selections=SHOWN, key=f"wall-{run.name}")
        wish = {VIEW: NAME, "run": run.name, CHARTS: ",".join(map(slug, chosen))}
        st.link_button("Show it in a tab of its own", f"train?{urlencode(wish)}", icon=":material/open_in_full:")


def show(run: Run, active: str | None) -> None:
    """The whole page; `active` is the training run that the page knows of."""
    st.html(Path(__file__).with_suffix(".css"))
    st.fragment(_live, run_every=crowd.SECONDS if active else IDLE_SECONDS)(run)


def _live(run: Run) -> None:
    with st.container(key=NAME), errors_shown():
        snapshot, figures = live.view(run.name)
        status = snapshot.status
        label, colour, icon = BADGES[status.state]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(label, color=colour, icon=icon)
            st.markdown(f"**{plain(run.name)}** · {progress(status, short=True)}", width="stretch")
            st.html(
                f'<a href="train?{urlencode({"run": run.name})}" target="_self" aria-label="Back to the page">✕</a>',
                width="content",
            )
        shows_data = kind_of(run.config).shows_data
        left, right = st.columns(2)
        with left, st.container(key=f"{NAME}-forgeries"):
            if shows_data and not roles.may_see(run.config.data):
                st.caption("These sheets show pictures of the class itself. They are its owner's to show.")
            elif snapshot.grid is None:
                st.caption("The first forgeries appear in a few seconds.")
            else:
                alt = f"Forgeries by {run.name} after {snapshot.grids[-1]:,} images"
                st.image(snapshot.grid, width="stretch", output_format="JPEG", alt=alt)
        with right:
            real = not shows_data and _real(run)
            if shown := _chosen(figures):
                live_chart(
                    *shown,
                    key=f"wall-charts-{run.name}",
                    height=f"calc({'30' if real else '40'}vh - 2.5rem)",
                    size=15,
                )


def _real(run: Run) -> bool:
    """Some real pictures, if this visitor may see them and they are here; whether there are."""
    with st.container(key=f"{NAME}-real"):
        return real_pictures.strip(run.config, REAL_COLUMNS, REAL_ROWS)


def _chosen(figures: list[LiveFigure]) -> list[LiveFigure]:
    """The charts that the address names, in its order; the first ones where it names none that are there."""
    by_name = {slug(figure.title): figure for figure in figures}
    named = [by_name[name] for name in st.query_params.get(CHARTS, "").split(",") if name in by_name]
    return (named or figures)[:SHOWN]
