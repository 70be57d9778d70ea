"""A run beside another one: what their settings differ in, both grids after the same number of images, their curves."""

from collections.abc import Sequence

import streamlit as st

from gan.paths import last_name
from gan.runs import find_run
from gan.runs.grids import nearest_grid, nearest_grids, read_grid
from gan.runs.purpose import copy_of
from gan.runs.run import Run
from gan.runs.shipped import is_history
from gan.runs.side_by_side import MANY, differences_of, in_words
from ui import crowd, roles
from ui.live_chart import live_chart
from ui.messages import errors_shown, plain
from ui.watch import overlaid
from ui.watch.run_view import alt_of, kept_back

BESIDE = "beside"  # in the address: the other run
KEY = "side-by-side"


def in_link(run: Run, names: Sequence[str]) -> dict[str, str]:
    """What a link to `run` has to say, so that it shows the comparison that is open now."""
    other = st.query_params.get(BESIDE)
    return {BESIDE: other} if other and other in names and other != run.name else {}


def offer(run: Run, names: Sequence[str], active: str | None) -> None:
    """The folded comparison of `run` with another of `names`; unfolded where the address has one. `active` is the
    training run that the page knows of."""
    wanted = st.query_params.get(BESIDE)
    others = [name for name in names if name != run.name]
    if not others and wanted is None:
        return
    # Whether it is unfolded stands in the address alone, so that a link and the back button bring it back.
    st.session_state[KEY] = wanted is not None
    place = st.expander("Compare with another run", icon=":material/compare:", key=KEY, on_change=_fold, args=(others,))
    if not place.open:
        return
    with place:
        if wanted not in others:
            st.caption(_why_not(run, wanted))
        chosen = others.index(wanted) if wanted in others else None
        key = f"beside-{run.name}-{wanted}-{len(others)}"
        other = st.selectbox("The other run", others, chosen, key=key, width=340, on_change=_choose, args=(key,))
        if other is None:
            return
        every = crowd.seconds() if active in (run.name, other) else None
        st.fragment(_live, run_every=every)(run.name, other)


def _fold(others: Sequence[str]) -> None:
    if st.session_state[KEY] and others:
        st.query_params[BESIDE] = others[0]
    else:
        st.query_params.pop(BESIDE, None)


def _choose(key: str) -> None:
    if other := st.session_state[key]:
        st.query_params[BESIDE] = other


def _why_not(run: Run, wanted: str | None) -> str:
    if wanted == run.name:
        return "That is this run itself."
    return plain(f"There is no run {(wanted or '')[:60]!r} here, or no longer.")


def _live(name: str, other_name: str) -> None:
    with errors_shown():
        one, other = find_run(name), find_run(other_name)
        _words(one, other)
        _grids(one, other)
        with st.container():
            if figures := overlaid.view(name, other_name):
                st.caption(plain(f"Solid: {name}. Dashed: {other_name}."))
                live_chart(*figures, key=f"over-{name}-{other_name}")
            else:
                st.caption("They have no curve in common, or none yet.")


def _words(one: Run, other: Run) -> None:
    found = differences_of(one, other, _source)
    with st.container():  # there always, so that the pictures below stay where they are
        st.markdown(" ".join(map(plain, in_words(one, other, found, brief=True))))
        if len(found) > MANY:
            with st.popover("What each has", icon=":material/list:"):
                rows = [f"| {name} | {_cell(here)} | {_cell(there)} |" for name, here, there in found]
                st.markdown("\n".join([f"| setting | {one.name} | {other.name} |", "|---|---|---|", *rows]))


def _cell(text: str) -> str:
    return plain(text).replace("|", "\\|")


def _source(run: Run) -> str:
    """What a run's pictures may be called here."""
    shown = is_history(run.name) or roles.may_see(run.config.data)
    return last_name(run.config.data) if shown else "pictures of the class"


def _grids(one: Run, other: Run) -> None:
    # In one row on a phone, too, where columns would stand one below the other.
    with st.container(horizontal=True, gap="small", key="side-by-side-grids"):
        places = [st.container(key=f"side-by-side-{place}") for place in ("left", "right")]
    with st.container():  # there always, so that the charts below stay where they are
        drawn = _chosen(one, other)
    for run, place, images in zip((one, other), places, drawn, strict=True):
        with place:
            _grid(run, images)


def _chosen(one: Run, other: Run) -> tuple[int | None, int | None]:
    """After how many images the grid of each was drawn that is to be shown."""
    grids = one.grids(), other.grids()
    if not all(grids):
        return grids[0][-1] if grids[0] else None, grids[1][-1] if grids[1] else None
    every = min(one.config.sample_every, other.config.sample_every)
    ends = sorted(-(-_end(run, own) // every) or 1 for run, own in zip((one, other), grids, strict=True))
    both, last = (end * every / 1000 for end in ends)
    copied = one.name == copy_of(other) or other.name == copy_of(one)  # what differs comes where the good one ended
    chosen = st.slider(
        "After so many images (thousands)", 0.0, last, last if copied else both, every / 1000,
        key=f"both-{one.name}-{other.name}",
    )  # fmt: skip
    if chosen > both:  # the one that went no further shows its last
        return nearest_grid(grids[0], round(1000 * chosen)), nearest_grid(grids[1], round(1000 * chosen))
    return nearest_grids(*grids, round(1000 * chosen))


def _end(run: Run, grids: Sequence[int]) -> int:
    """The goal of one that trains, which does not move while it does: so the handle stays under the viewer's hand."""
    status = run.status()
    return max(grids[-1], status.target_images if status.working else 0)


def _grid(run: Run, images: int | None) -> None:
    st.markdown(f"**{run.name}**")
    if kept_back(run):
        st.caption("These sheets show pictures of the class itself. They are its owner's to show.")
        return
    grid = None if images is None else read_grid(run.grids_folder, images)
    if images is None or grid is None:
        st.caption("It has drawn nothing yet.")
        return
    caption = f"After {images:,} images"
    st.image(grid, caption=caption, width="stretch", output_format="JPEG", alt=alt_of(run, images))
