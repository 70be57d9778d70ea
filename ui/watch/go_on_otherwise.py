"""Resuming a run with other pictures, the same ones at another place, or another batch size: the folded form."""

from dataclasses import dataclass

import streamlit as st

from gan import runs
from gan.data import source_names
from gan.learning.config import SETTINGS
from gan.runs.changes import NO_CHANGE, Change
from gan.runs.run import Run
from gan.training.past import ON_THE_PAGE, is_there
from ui import live, roles
from ui.messages import errors_shown
from ui.start import data_picker

SAME, HERE, OTHERS = (
    "those that it learned from",
    "whatever is at their place now",
    "others, or the same ones uploaded again",
)
WHAT_CHANGES = """
Pictures are known by their content, not by name or place.

| Go on with | What comes of it |
|---|---|
| the same pictures, moved or renamed | goes on **exactly** as it would have |
| some new, gone or replaced | what it studied stays studied, what was held out so, too; no longer bit for bit |
| quite other pictures | it keeps what it has learned and learns from these; quality is measured anew against them |
| another batch size | the learning rates stay; no longer bit for bit |

From there on a stop and a resume are exact again. The size in pixels, and how pictures are cut, stay those of the run.
"""


@dataclass(frozen=True)
class Goal:
    """Until how many images to train on, on which device, by how many processes; whether that is still ahead."""

    images: int
    device: str
    processes: int
    is_ahead: bool


def resume(run: Run, goal: Goal, change: Change = NO_CHANGE) -> None:
    """Starts a trainer and runs the page again. Raises ForgerError as `gan.runs.resume` does."""
    permit = roles.permit("resume a training")
    runs.resume(permit, run, goal.images, goal.device, goal.processes, change=change)
    live.active_name.clear()
    st.rerun()


def offer(run: Run, goal: Goal) -> None:
    """The form: what would be otherwise, what comes of it, and the button."""
    asked_for = ON_THE_PAGE in run.status().message  # a resume was refused, and says so above
    fold = st.expander(
        ON_THE_PAGE, asked_for, icon=":material/swap_horiz:", key=f"otherwise-{run.name}", on_change="rerun"
    )
    if not fold.open:
        return
    with fold, errors_shown():
        st.markdown(WHAT_CHANGES)
        key = f"otherwise-{run.name}"
        choices = (SAME, HERE, OTHERS)
        wanted = SAME if not asked_for else HERE if is_there(run.config.data) else OTHERS
        which = st.radio("Pictures", choices, choices.index(wanted), key=f"{key}-which")
        place: str | None = None
        if which == HERE:
            place = run.config.data
        elif which == OTHERS:
            known = run.config.data if run.config.data in source_names() else data_picker.OWN
            place = data_picker.pick_place(known, key=key)
        rule, now = SETTINGS["batch_size"], run.config.batch_size
        size = st.number_input(
            "Batch size", int(rule.low or 1), int(rule.high or now), now, key=f"{key}-batch-{now}", width=180,
            help=rule.help,
        )  # fmt: skip
        change = Change(place, None if size == now else size)
        ready = change != NO_CHANGE and (which == SAME or place is not None)
        if not goal.is_ahead:
            st.caption("It has reached its goal: choose above until where it is to train on.")
        if st.button(
            "Go on with these", icon=":material/play_arrow:", key=f"{key}-go", disabled=not (ready and goal.is_ahead)
        ):
            resume(run, goal, change)
