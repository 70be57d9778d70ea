"""A run in little, beside the words of a lesson: where it stands, its newest forgeries, what is going on, a chart."""

from collections.abc import Sequence

import streamlit as st

from gan import runs
from ui import crowd, live
from ui.live_chart import live_chart
from ui.messages import errors_shown, plain
from ui.watch import failures, step_by_step
from ui.watch.run_view import BADGES, IDLE_SECONDS, alt_of, kept_back, progress


def show(charts: Sequence[str], steers: bool) -> None:
    """`charts` by their titles; `steers`: with what halts and leads a live run."""
    active = live.active_name()
    every = crowd.seconds() if active else IDLE_SECONDS
    st.fragment(_live, run_every=every)(charts, steers, active, every)


def _live(charts: Sequence[str], steers: bool, active: str | None, every: float) -> None:
    if live.active_name() != active or (active and crowd.seconds() != every):
        st.rerun()
    with errors_shown():
        run = runs.find_run(active) if active else next(iter(runs.list_runs()), None)
        if run is None:
            st.caption("Nothing has been trained here yet.")
            return
        snapshot, figures = live.view(run.name)
        status = snapshot.status
        label, colour, icon = BADGES[status.state]
        with st.container(horizontal=True, vertical_alignment="center"):
            st.badge(label, color=colour, icon=icon)
            st.markdown(f"**{plain(run.name)}** · {progress(status, short=True)}")
            if steers:
                step_by_step.pause_button(run, status)
        may_see = not kept_back(run)
        with st.container():  # these are there always, so that nothing below is built anew
            if snapshot.grid is not None and may_see:
                images = snapshot.grids[-1]
                caption, alt = f"After {images:,} images", alt_of(run, images)
                st.image(snapshot.grid, caption=caption, width="stretch", output_format="JPEG", alt=alt)
        with st.container():
            if found := live.diagnosis(run.name):
                st.markdown(f"**{found.state}.** {found.why}")
        with st.container():
            failures.beside(run)
        with st.container():
            if steers:
                step_by_step.show(run, status, may_see)
        shown = [figure for figure in figures if figure.title in charts]
        if shown:
            # Folded: how a curve goes is what the class predicts.
            with st.expander("Its curves so far", icon=":material/show_chart:", key="glimpse-curves"):
                live_chart(*shown, key=f"glimpse-{run.name}-{len(shown)}")
