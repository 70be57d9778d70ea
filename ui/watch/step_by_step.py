"""A training step by step: pause it, teach one side or both, look at what a lesson did, and turn its knobs."""

import io
from typing import Any

import numpy as np
import streamlit as st
from PIL import Image

from gan.errors import ForgerError
from gan.learning.config import SETTINGS, Config
from gan.learning.knobs import KNOBS, LESSONS, Who, settings_now
from gan.pictures.sheet import cell
from gan.runs import requests
from gan.runs.lesson import Lesson, last_lesson
from gan.runs.requests import Do, Request
from gan.runs.run import Run, State, Status
from ui import roles, tiles
from ui.messages import plain, say_after_rerun, show_kept

PLACE = "steps"
BUTTONS: tuple[tuple[str, str, Request, str], ...] = (
    ("Go on", ":material/play_arrow:", Request(Do.GO_ON), "As fast as before."),
    ("One step", ":material/skip_next:", Request(Do.STEP), "A lesson for each side, or as many as its settings say."),
    ("Ten", ":material/fast_forward:", Request(Do.STEP, times=10), "Ten steps, then it waits again."),
    ("Inspector only", ":material/search:", Request(Do.STEP, Who.INSPECTOR), "The forger learns nothing meanwhile."),
    ("Forger only", ":material/brush:", Request(Do.STEP, Who.FORGER), "The inspector judges, and learns nothing."),
    ("Slow motion", ":material/slow_motion_video:", Request(Do.SLOW), "A step each second."),
)
NAMES = {
    "learning_rate_g": "Forger's learning rate",
    "learning_rate_d": "Inspector's learning rate",
    "real_label": "Answer for real pictures",
    "penalty_weight": "Penalty (gamma)",
    "augment_probability": "Augmentation",
    "d_steps": "Inspector's lessons in a step",
    "g_steps": "Forger's lessons in a step",
}
TAUGHT = {Who.BOTH: "both learned", Who.INSPECTOR: "only the inspector learned", Who.FORGER: "only the forger learned"}


def pause_button(run: Run, status: Status) -> None:
    """Beside Stop, while it trains."""
    if status.state == State.TRAINING and roles.may("pause and step a training"):
        st.button(
            "Pause", icon=":material/pause:", key=f"pause-{run.name}",
            on_click=_ask, args=(run, "pause and step a training", Request(Do.PAUSE)),
        )  # fmt: skip


def show(run: Run, status: Status, may_see: bool) -> None:
    """What a pause and slow motion have; nothing while it trains as fast as it can. `may_see` says whether pictures
    may be shown."""
    if not status.working:
        return
    slow = status.state == State.TRAINING and "slow motion" in status.message
    if status.state == State.PAUSED or slow:
        _controls(run)
        show_kept(PLACE)
        found = last_lesson(run)
        if found and (slow or found[0].images_seen == status.images_seen):
            _lesson(run.config, *found, may_see)
    else:
        show_kept(PLACE)


def _controls(run: Run) -> None:
    if not roles.may("pause and step a training"):
        return
    with st.container(horizontal=True):
        for label, icon, request, help in BUTTONS:
            st.button(
                label, icon=icon, help=help, key=f"{label}-{run.name}",
                on_click=_ask, args=(run, "pause and step a training", request),
            )  # fmt: skip


def _ask(run: Run, action: str, request: Request) -> None:
    try:
        requests.ask(roles.permit(action), run, request)
    except ForgerError as error:
        say_after_rerun(plain(str(error)), st.warning, PLACE)


def _lesson(config: Config, lesson: Lesson, picture: bytes, may_see: bool) -> None:
    """A step in its parts: latents, forgeries, verdicts, who moved, and the verdicts afterwards."""
    st.markdown(
        f"**The step that ended at {lesson.images_seen:,} images** ({TAUGHT[Who(lesson.who)]}). The inspector's "
        f"weights moved by {lesson.moved_d:.2%} of their length, the forger's by {lesson.moved_g:.2%}."
    )
    rows = []
    if may_see and (cells := _cells(picture, config.resolution, len(lesson.forged_before))) is not None:
        rows = [
            tiles.row(
                "From some latents the forger made these; their scores "
                + ("now" if lesson.who == Who.FORGER else "before and after the inspector's lesson"),
                cells[: len(lesson.forged_before)],
                [f"{a:+.2f} → {b:+.2f}" for a, b in zip(lesson.forged_before, lesson.forged_after, strict=True)],
            ),
            tiles.row(
                "From the same latents "
                + ("again, as it was not taught" if lesson.who == Who.INSPECTOR else "after the forger's lesson")
                + "; their scores now",
                cells[len(lesson.forged_before) :],
                [f"{score:+.2f}" for score in lesson.again],
            ),
        ]
        st.html(tiles.page(rows))
    forged, real = (np.mean(scores) for scores in (lesson.forged_before, lesson.real_before))
    forged_after, real_after, again = (
        np.mean(scores) for scores in (lesson.forged_after, lesson.real_after, lesson.again)
    )
    st.markdown(
        f"Mean score of the forgeries: {forged:+.2f} before, **{forged_after:+.2f}** from the inspector of now. Of "
        f"real pictures: {real:+.2f} before, **{real_after:+.2f}** now. What the forger makes of the same latents now "
        f"scores **{again:+.2f}**."
    )


def _cells(picture: bytes, side: int, count: int) -> np.ndarray | None:
    """The two rows of a lesson's picture, one after the other."""
    try:
        sheet = np.asarray(Image.open(io.BytesIO(picture)).convert("RGB"))
        return np.stack([cell(sheet, row, column, side) for row in range(2) for column in range(count)])
    except (ForgerError, OSError):  # not what the trainer drew
        return None


def knobs(run: Run, status: Status) -> None:
    """What can be turned while it trains, folded."""
    if status.state not in (State.TRAINING, State.PAUSED) or not roles.may("turn a training's knobs"):
        return
    config = run.config
    with st.expander("Turn its knobs", icon=":material/tune:", key=f"knobs-{run.name}", on_change="rerun"):
        now = settings_now(config, requests.turned_by(run), status.images_seen)
        st.caption(
            "From the next step on, whatever a schedule says. The run's own settings stay as they were; what was "
            "turned stands beside them, on the charts and in the generator's card."
        )
        shown = [name for name in KNOBS if name == "augment_probability" or SETTINGS[name].has_a_say(config)]
        with st.form(f"turn-{run.name}", border=False):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                wished = {name: _knob(run, name, now[name]) for name in shown}
            if st.form_submit_button("Turn", icon=":material/check:"):
                for name, value in wished.items():
                    if value != now[name]:
                        turn = Request(Do.TURN, setting=name, value=value)
                        _ask(run, "turn a training's knobs", turn)
                st.rerun(scope="fragment")
        for images, name, value in requests.turns(run):
            st.caption(f"After {images:,} images: {NAMES.get(name, plain(name))} {value:g}.")


def _knob(run: Run, name: str, value: float) -> float:
    rule: Any = SETTINGS[name]
    shape: dict[str, Any] = {"width": 190, "key": f"knob-{run.name}-{name}-{value}", "help": rule.help}
    if name in LESSONS:
        return float(st.number_input(NAMES[name], 0, int(rule.high), int(value), **shape))
    step = 0.05 if rule.high == 1 else value / 2 or 0.1
    return st.number_input(NAMES[name], rule.low, rule.high, float(value), format="%g", step=step, **shape)
