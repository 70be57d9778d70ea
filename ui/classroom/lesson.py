"""The lesson as it is drawn: one step at a time, and phones that follow the lecturer from step to step."""

from collections.abc import Callable

import streamlit as st

from gan import runs
from gan.errors import ForgerError
from gan.generators import list_generators
from gan.learning.recipes import PRESETS
from gan.networks import LATENTS
from gan.pictures.files import png_bytes
from gan.pictures.sheet import filmstrip
from ui import address, crowd, generated, live, polls, roles, share, shell
from ui.classroom import against, points
from ui.classroom.lesson_plan import GLOSSARY, STEPS, Step
from ui.data_url import data_url
from ui.messages import plain, say_after_rerun, show_kept
from ui.picture_grid import picture_grid
from ui.seeds import generators
from ui.watch import failures, glimpse

LEADS = polls.ACTION  # who asks the class leads it, too
KEY, FOLLOWS = "step", "_follows"
_WISH = "_step_wished"  # Streamlit takes no other value for a widget that it has drawn in the same run
LOSSES = "Losses: who is struggling?"
SEEDS, WALK, STRIP = (7, 8), 36, 9


class _Place:
    """Where the lecturer is: a number in the server's memory, 0 until somebody leads."""

    step = 0


def arrive() -> None:
    """Before the step is read: who comes by a link to a step stays there, all others follow."""
    if FOLLOWS not in st.session_state:
        st.session_state[FOLLOWS] = KEY not in st.query_params
        if st.session_state[FOLLOWS] and _Place.step and not roles.may(LEADS):
            st.session_state[_WISH] = _Place.step
    if (wished := st.session_state.pop(_WISH, None)) is not None:
        st.session_state[KEY] = wished


def link(number: int) -> None:
    """For others: to the lesson, where they follow, while somebody leads it; else to this step."""
    if "against" not in STEPS[number - 1].blocks:  # which has a link of its own, with the round that is played
        share.link("lesson", **({} if _Place.step and roles.may(LEADS) else {KEY: number}))


def keep_following() -> None:
    """Who follows has no step in the address, so that a reload follows, too."""
    if st.session_state[FOLLOWS] and not roles.may(LEADS):
        address.change(KEY, None)


def lead(number: int) -> None:
    """Notes the lecturer's step, for those who follow."""
    if roles.may(LEADS):
        _Place.step = number


def follow(number: int) -> None:
    """For visitors: goes where the lecturer goes, until they choose a step themselves."""
    if not roles.may(LEADS):
        st.fragment(_follow, run_every=max(crowd.seconds(), 2.0))(number)


def _follow(number: int) -> None:
    with st.container(key="follow"):
        there = _Place.step
        if not there or there == number:
            return
        if st.session_state[FOLLOWS]:
            st.session_state[_WISH] = there
            st.rerun()
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"Your lecturer is at step {there}.", width="content")
            st.button("Go there", key="go-there", on_click=_join, args=(there,))


def _join(there: int) -> None:
    st.session_state[FOLLOWS] = True
    st.session_state[KEY] = there


def choose_by_oneself() -> None:
    """A visitor who goes to another step than the lecturer's is left alone there."""
    st.session_state[FOLLOWS] = st.session_state[KEY] == _Place.step  # also said where a step was taken for them


def _go_on(number: int) -> None:
    st.session_state[KEY] = number
    choose_by_oneself()


def show(number: int) -> None:
    """Step `number`, from 1 on."""
    step = STEPS[number - 1]
    st.header(f"{number} · {step.title}", anchor=False)
    left, right = st.columns([4, 5], gap="large")
    with left:
        st.markdown(step.idea)
        st.markdown("**Predict first**")
        polls.show(step.question)
        st.markdown("**Then see**")
        st.markdown(step.do if roles.may(LEADS) else step.seen)
        for block in step.blocks:
            if block not in WIDE:
                _draw(block, step)
        # In a place of its own for each step, so that it is folded again on the next.
        with st.expander("What happened, and why", icon=":material/school:", key=f"why-{step.key}"):
            if step.answers:
                st.markdown(f"Often believed: *{step.answers}*")
            st.markdown(step.why)
    with right:
        for block in step.blocks:
            if block in WIDE:
                _draw(block, step)
    if number < len(STEPS):
        st.button(
            f"Next: {STEPS[number].title}",
            key="next",
            icon=":material/arrow_forward:",
            on_click=_go_on,
            args=(number + 1,),
        )


def glossary() -> None:
    """The words of the lesson, folded."""
    with st.expander("Words", icon=":material/dictionary:"):
        st.markdown("\n".join(f"- **{word}**: {meaning}" for word, meaning in GLOSSARY.items()))


def _draw(block: str, step: Step) -> None:
    name, _, argument = block.partition(":")
    BLOCKS[name](argument, step)


def _start(_: str, step: Step) -> None:
    """The quick look, begun right here."""
    if not roles.may("start a training"):
        return
    active = live.active_name()
    st.button(
        "Start the quick look", icon=":material/play_arrow:", disabled=bool(active), key="lesson-start",
        on_click=_start_now,
    )  # fmt: skip
    if active:
        st.caption(f"{plain(active)} is training already.")
    show_kept("lesson-start")


def _start_now() -> None:
    quick = PRESETS["quick-look"]
    try:
        permit = roles.permit("start a training")
        runs.start_new(permit, runs.free_name("quick-look"), quick.config, round(1000 * quick.kimg))
    except ForgerError as error:
        say_after_rerun(plain(str(error)), st.warning, "lesson-start")
    live.active_name.clear()


def _run(_: str, step: Step) -> None:
    glimpse.show([LOSSES] if "losses" in step.blocks else [], "steer" in step.blocks)


def _failure(key: str, step: Step) -> None:
    failures.start(key, failures.newest_good(key), f"lesson-{step.key}", tells=False)


def _against(_: str, step: Step) -> None:
    against.show(page="lesson", step=STEPS.index(step) + 1)


def _points(_: str, step: Step) -> None:
    points.show(key="lesson-points")


def _latents(_: str, step: Step) -> None:
    model = next((one for one in list_generators() if one.kind == LATENTS), None)
    if model is None:
        st.caption("There is no generator yet: step 2 trains one.")
        return
    between = generated.walk_frames(model, generated.Walk(SEEDS, model.images_seen, WALK, "spherical", False))
    # Folded: what they look like is what the class predicts.
    with st.expander("Seeds 7 and 8, and what is between them", icon=":material/timeline:", key="lesson-seeds"):
        pictures = [data_url(png_bytes(picture)) for picture in (between[0], between[-1])]
        picture_grid(pictures, SEEDS, 2, generators.stem(model), "lesson-pictures", widest=240)
        alt = f"{STRIP} pictures evenly spaced along the walk"
        st.image(png_bytes(filmstrip(between, STRIP, gap=0)), width="stretch", output_format="PNG", alt=alt)
    with st.container(horizontal=True):
        st.page_link(shell.page("generate"), label="Others", icon=":material/face:")
        st.page_link(shell.page("interpolate"), label="Other walks", icon=":material/timeline:")


def _nothing(_: str, step: Step) -> None:
    """What another block of the step takes care of."""


BLOCKS: dict[str, Callable[[str, Step], None]] = {
    "start": _start,
    "run": _run,
    "losses": _nothing,
    "steer": _nothing,
    "failure": _failure,
    "against": _against,
    "points": _points,
    "latents": _latents,
}
WIDE = ("points", "run", "against", "latents")  # beside the words
