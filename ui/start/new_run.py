"""The form that starts a training: a preset, the pictures, the settings, and how long it will take here."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gan import device as devices
from gan import runs
from gan.data import lacks_pairs
from gan.errors import ForgerError
from gan.learning import eyes
from gan.learning.config import RESOLUTIONS, Config, configure
from gan.learning.recipes import PRESETS
from gan.training.estimate import in_words, seconds
from gan.training.pace import noted
from ui import device_choice, live, roles
from ui.device_choice import device_names
from ui.messages import errors_shown, plain, say_after_rerun, show_kept
from ui.start import data_picker, framing_choice, measuring, recipe_choice, settings_form, start_choice
from ui.start.framing_choice import Picked


def show() -> None:
    """The form. Start creates the run, starts its trainer and runs the page again."""
    left, right = st.columns([3, 2], gap="large")
    picked, wrong = None, ""
    with left, errors_shown():
        name = st.segmented_control(
            "What to train", list(PRESETS), format_func=lambda name: PRESETS[name].title, default="quick-look",
            required=True, wrap=True, key="preset",
        ) or "quick-look"  # fmt: skip
        chosen, sized = PRESETS[name], ""
        st.caption(chosen.help)
        if recipe_choice.for_card(chosen, key=name):
            chosen, sized = chosen.sized_for("cuda"), "-card"
        recipe = recipe_choice.recipe(chosen, key=name)
        key = f"{name}-{recipe}{sized}"
        config = recipe_choice.switches(recipe_choice.task(chosen.follow(recipe), key), key)
        hint = st.empty()
        pictures = st.container()  # filled when it is known how large they shall be
        first, second, third = st.columns(3)
        config = configure(config, resolution=_resolution(first, config, key=name))
        device = third.selectbox(
            "Device", device_names(), key="device", help=f"Here: {devices.describe(devices.choose())}"
        )
        with third:
            processes = device_choice.processes(device, key="processes")
        begin = st.container()
        with pictures:
            picked = data_picker.pick(chosen.config.data, name, config, _to_pairs)
        config, picked = _with_data(config, picked)
        with begin:
            config, seen = start_choice.choose(config, key, len(picked.found) if picked and picked.found else 0)
        goal = seen + start_choice.KIMG if seen else float(chosen.kimg)
        kimg = second.number_input(
            "Until (kimg)", 0.1, 1_000_000.0, goal, 10.0, key=f"{name}-kimg{sized}{seen or ''}",
            help="Thousands of images that the inspector has seen in all.",
        )  # fmt: skip
        with st.expander("All settings", icon=":material/tune:", expanded=name == "custom"):
            config, wrong = settings_form.edit(config, f"{key}{config.start_from}")
        wrong = wrong or start_choice.complaint(config) or eyes.complaint(config)
        if warning := recipe_choice.hint(config):
            hint.caption(f":material/lightbulb: {warning}")
        free = runs.free_name(name)
        run_name = st.text_input("Name of the run", free, key=f"name-{free}")
        if wrong:  # where the settings are folded up, too
            st.error(plain(wrong), icon=":material/error:")
        ready = picked is not None and picked.ready and not wrong
        if st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=not ready):
            _start(run_name, config, round(kimg * 1000), device, processes)
        show_kept("start")
    if picked is None:
        return
    if live.active_name():
        st.caption("A training is running: the pictures are shown, and its time measured, when the machine is free.")
        return
    with right, errors_shown():
        st.markdown("**What the inspector studies**")
        data_picker.preview(picked, config)
    with left, errors_shown():  # last, because measuring takes some seconds
        _estimate(config, kimg - seen, device)


def _with_data(config: Config, picked: Picked | None) -> tuple[Config, Picked | None]:
    """The settings for what was picked; that is None where it cannot be learned from by them, with a word."""
    if picked is None:
        return config, None
    config = configure(config, **picked.changes)
    if missing := lacks_pairs(picked.source, config.preparation):
        st.info(missing, icon=":material/info:")
        return config, None
    return config, picked


def _to_pairs() -> None:
    """Makes the form, which is drawn next, one for the person's own pictures, each of which is two."""
    preset = PRESETS["redraw"]
    st.session_state["preset"] = "redraw"
    st.session_state[data_picker.data_key("redraw")] = data_picker.OWN
    st.session_state[recipe_choice.task_key(f"redraw-{preset.recipe}")] = framing_choice.PAIRS


def _resolution(place: DeltaGenerator, config: Config, key: str) -> int:
    return place.selectbox(
        "Pixels", RESOLUTIONS, RESOLUTIONS.index(config.resolution), key=f"{key}-resolution",
        help="Width and height. Twice as many take about four times as long.",
    )  # fmt: skip


def _start(name: str, config: Config, target_images: int, device: str, processes: int) -> None:
    try:
        runs.start_new(roles.permit("start a training"), name, config, target_images, device, processes)
    except ForgerError as error:
        active = runs.active_run()
        if active is None or active.name != name:  # else: a second click on the same Start, and it did start
            say_after_rerun(plain(str(error)), st.warning, "start")
    live.active_name.clear()
    st.query_params.pop("run", None)
    st.rerun()


def _estimate(config: Config, kimg: float, device: str) -> None:
    if before := noted(config, devices.choose(device)):
        run, pace = before
        source, busy = f"as **{run.name}** learned here", False
    else:
        with st.spinner("Measuring how fast this machine is ..."):
            measured = measuring.measured(config, device)
        pace, source, busy = measured.pace, "measured here", measured.busy
    words = in_words(seconds(pace, config, max(0, round(kimg * 1000))))
    st.caption(
        f":material/timer: About **{words}** on this machine: {pace.images_per_second(config):.0f} images a second, "
        f"{source}{', while other programs were at work, too' if busy else ''}."
    )
