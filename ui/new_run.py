"""The form that starts a training: a preset, the pictures, the settings, and how long it will take here."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from gan import device as devices
from gan import runs
from gan.data import source_descriptions
from gan.errors import ForgerError
from gan.estimate import images_per_second, in_words
from gan.models import STATE, Model, list_models
from gan.recipes import PRESETS, RESOLUTIONS, Config, Preset, configure
from ui import data_picker, live, settings_form
from ui.device_choice import DEVICES
from ui.messages import errors_shown, say_after_rerun

# The choice beside the presets, where a shipped generator brought its training state.
TRAIN_ON = "train-on"


def show() -> None:
    """The form. Start creates the run, starts its trainer and runs the page again."""
    left, right = st.columns([3, 2], gap="large")
    source = None
    with left, errors_shown():
        name = st.segmented_control(
            "What to train", _choices(), format_func=_title, default="quick-look", required=True, key="preset"
        )
        chosen, origin = _shipped() if name == TRAIN_ON else (PRESETS[name], None)
        st.caption(chosen.help)
        source = data_picker.pick(chosen.config.data, key=name)
        first, second, third = st.columns(3)
        resolution = _resolution(first, chosen, key=name) if origin is None else chosen.config.resolution
        kimg = second.number_input(
            "Until (kimg)", 0.1, 1_000_000.0, float(chosen.kimg), 10.0, key=f"{name}-kimg",
            help="Thousands of images that the inspector has seen in all.",
        )  # fmt: skip
        device = third.selectbox("Device", DEVICES, key="device", help=f"Here: {devices.describe(devices.choose())}.")
        config = configure(chosen.config, data=source or chosen.config.data, resolution=resolution)
        if origin is None:
            with st.expander("All settings", icon=":material/tune:", expanded=name == "custom"):
                config = settings_form.edit(config, key=name)
        free = runs.free_name(name)
        run_name = st.text_input("Name of the run", free, key=f"name-{free}")
        if st.button("Start training", type="primary", icon=":material/play_arrow:", disabled=source is None):
            _start(run_name, config, round(kimg * 1000), device, origin)
    if source is None:
        return
    if live.active_name():
        st.caption("A training is running: the pictures are shown, and its time measured, when the machine is free.")
        return
    with right, errors_shown():
        st.markdown("**What the inspector studies**")
        data_picker.preview(source, resolution)
    with left, errors_shown():  # last, because measuring takes two seconds
        _estimate(config, kimg - (origin.images_seen / 1000 if origin else 0), device)


def _choices() -> list[str]:
    return [*PRESETS, TRAIN_ON] if any(model.resumable for model in list_models()) else list(PRESETS)


def _title(name: str) -> str:
    return "Train on" if name == TRAIN_ON else PRESETS[name].title


def _shipped() -> tuple[Preset, Model]:
    """A shipped generator that training can go on from, with its own settings as a preset."""
    origins = {model.name: model for model in list_models() if model.resumable}
    origin = origins[st.selectbox("Generator to train on", list(origins))]
    seen = origin.images_seen / 1000
    config = origin.config
    help = f"{origin.title} has seen {seen:g} kimg of {config.data}. Give it the same pictures; its settings are kept."
    known = config.data if config.data in source_descriptions() else data_picker.OWN
    return Preset(origin.title, help, configure(config, data=known), kimg=max(2 * seen, 1.0)), origin


def _resolution(place: DeltaGenerator, chosen: Preset, key: str) -> int:
    return place.selectbox(
        "Pixels", RESOLUTIONS, RESOLUTIONS.index(chosen.config.resolution), key=f"{key}-resolution",
        help="Width and height. Twice as many take about four times as long.",
    )  # fmt: skip


def _start(name: str, config: Config, target_images: int, device: str, origin: Model | None) -> None:
    try:
        runs.start_new(name, config, target_images, device, origin.folder / STATE if origin else None)
    except ForgerError as error:
        active = runs.active_run()
        if active is None or active.name != name:  # else: a second click on the same Start, and it did start
            say_after_rerun(str(error), st.warning)
    live.active_name.clear()
    st.query_params.pop("run", None)
    st.rerun()


def _estimate(config: Config, kimg: float, device: str) -> None:
    with st.spinner("Measuring how fast this machine is ..."):
        speed = _speed(config.resolution, config.width, config.batch_size, config.latent_size, config.d_steps,
                       config.g_steps, device)  # fmt: skip
    st.caption(
        f":material/timer: About **{in_words(max(0, kimg) * 1000 / speed)}** on this machine: "
        f"{speed:.0f} images a second, measured here."
    )


@st.cache_data(show_spinner=False, ttl=3600)
def _speed(resolution, width, batch_size, latent_size, d_steps, g_steps, device) -> float:
    """Only what changes the speed is in the key, so that a new seed measures nothing."""
    config = configure(
        Config(), resolution=resolution, width=width, batch_size=batch_size, latent_size=latent_size, d_steps=d_steps,
        g_steps=g_steps,
    )  # fmt: skip
    return images_per_second(config, device)
