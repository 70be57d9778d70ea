"""Failures on purpose, for the owner: what to expect of each before it starts, and the cure beside a run that fails."""

from collections.abc import Callable
from urllib.parse import urlencode

import streamlit as st

from gan import runs
from gan.errors import ForgerError
from gan.permits import Permit
from gan.runs.purpose import copy_of
from gan.runs.run import Run
from gan.training import failures
from gan.training.failures import FAILURES, Plan
from ui import live, roles
from ui.messages import plain, say_after_rerun, show_kept

ACTION = "start a training"


def menu(run: Run | None) -> None:
    """All failures, folded: of a training of their own, or made of a copy of `run`."""
    if not roles.may(ACTION):
        return
    with st.expander("Failures on purpose", icon=":material/warning:", key="failures", on_change="rerun") as folded:
        if not folded.open:
            return
        st.caption(
            "What goes wrong in a GAN, within minutes, and how it is put right. Your good runs stay as they are."
        )
        key = st.segmented_control(
            "What shall fail", list(FAILURES), format_func=lambda key: FAILURES[key].title, required=True,
            default=next(iter(FAILURES)), key="failure",
        ) or next(iter(FAILURES))  # fmt: skip
        start(key, run, "menu")


def newest_good(key: str) -> Run | None:
    """The last run that trained of which a copy can be made to fail so."""
    return next((run for run in runs.list_runs() if not failures.why_not(key, run)), None)


def start(key: str, run: Run | None, place: str, tells: bool = True) -> None:
    """What to expect of a failure, and its buttons; without them for visitors. `tells` is False where a class has to
    predict what will be seen."""
    failure = FAILURES[key]
    look = f" Look: {failure.look} It shows within {failure.kimg:g} kimg." if tells else ""
    st.markdown(f"**{failure.title}.** Expect: {failure.expect}{look}")
    if not roles.may(ACTION):
        return
    active = live.active_name()
    first = f"{active} is stopped and saved first, and can be resumed later." if active else None
    with st.container(horizontal=True):
        if run and not failures.why_not(key, run):
            st.button(
                f"Make it of a copy of {run.name}", icon=":material/content_copy:", key=f"{place}-copy-{key}",
                help=first,
                on_click=_act, args=(lambda permit: failures.spoil(permit, key, run), f"{place}-{key}"),
            )  # fmt: skip
        if failure.settings:
            st.button(
                f"Start: {failure.title}", icon=":material/play_arrow:", key=f"{place}-start-{key}", help=first,
                on_click=_act, args=(lambda permit: failures.begin(permit, key), f"{place}-{key}"),
            )  # fmt: skip
    if not failure.settings and (run is None or failures.why_not(key, run)):
        st.caption("It is made of a copy of a good run whose pictures vary: train one first, such as the quick look.")
    show_kept(f"{place}-{key}")


def beside(run: Run) -> None:
    """Beside a run that was made to fail: what to look at, why, and the cure; nothing beside others."""
    failure = failures.failure_of(run)
    if failure is None:
        return
    words = f"Made to fail: **{failure.title.lower()}**. Look: {failure.look} Why: {failure.why}"
    if good := copy_of(run):
        words += f" [Beside {plain(good)}](train?{urlencode({'run': run.name, 'beside': good})})."
    st.markdown(words)
    if failures.is_cured(run):
        st.caption("Cured: its knobs are turned back, as the charts show. Give it some kimg.")
        if not run.alive and roles.may(ACTION):
            st.button(
                "Some more", icon=":material/play_arrow:", key=f"more-{run.name}",
                on_click=_act, args=(lambda permit: failures.go_on(permit, run), f"cure-{run.name}"),
            )  # fmt: skip
            show_kept(f"cure-{run.name}")
        return
    if not roles.may(ACTION):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.button(
            "Cure it", icon=":material/healing:", key=f"cure-{run.name}",
            on_click=_act, args=(lambda permit: failures.cure(permit, run), f"cure-{run.name}"),
        )  # fmt: skip
        st.caption(failure.cure, width="content")
    show_kept(f"cure-{run.name}")


def _act(plan: Callable[[Permit], Plan], place: str) -> None:
    """Starts what is planned once all that trains has stopped."""
    try:
        permit = roles.permit(ACTION)
        failures.make_room(permit)
        made = plan(permit)
        failures.start(permit, made)
        if "run" in st.query_params:  # on Train, of another one
            st.query_params["run"] = made.run.name
    except ForgerError as error:
        say_after_rerun(plain(str(error)), st.warning, place)
    live.active_name.clear()
