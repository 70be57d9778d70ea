"""Choosing a generator: the shipped ones and those of runs, with what their cards say."""

from pathlib import Path

import streamlit as st

from gan import runs
from gan.errors import ForgerError
from gan.models import Model, list_models
from ui.address import kept

KEY = "model"
HELP = (
    "Generators that came with Forger, and, named run:…, those of the trainings on this machine. "
    "A run's generator appears with its first checkpoint."
)


def some() -> dict[str, Model]:
    """The generators that there are, by name. Where there is none yet, says how to get one and ends the page."""
    found = {model.name: model for model in list_models()}
    if not found:
        _none_yet()
        st.stop()
    return found


def pick(found: dict[str, Model]) -> Model:
    """The generator among `some` that the visitor or the link asked for, else the first."""
    first = next(iter(found))
    with kept(KEY, first):
        asked = st.session_state[KEY]
        if asked not in found:
            st.session_state[KEY] = first
            st.warning(f"There is no generator “{asked}”, or no longer: here is “{first}”.", icon=":material/info:")
        name = st.selectbox("Generator", list(found), key=KEY, help=HELP)
    return found[name]


def describe(model: Model) -> None:
    """A generator in one line: what it learned from, how long, whether it still learns; and what its card says."""
    facts = [f"{model.config.resolution} pixels", f"learned from {Path(model.config.data).name}"]
    if model.images_seen:
        facts.append(f"trained for {model.images_seen / 1000:,.0f} kimg")
    if _is_training(model):
        facts.append(":primary[still learning: its pictures change with every checkpoint]")
    title = "" if model.title == stem(model) else f"**{model.title}** · "
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(title + " · ".join(facts), width="content")
        if model.about:
            with st.popover("About this generator", icon=":material/badge:", type="tertiary"):
                st.markdown("\n\n".join(f"**{label}.** {text}" for label, text in model.about.items()))


def stem(model: Model) -> str:
    """What files made with a generator are called after."""
    return model.name.removeprefix("run:")


def _is_training(model: Model) -> bool:
    try:
        return model.name.startswith("run:") and runs.find_run(model.folder.name).alive
    except ForgerError:  # its settings cannot be read: the generator can be used all the same
        return False


def _none_yet() -> None:
    with st.container(border=True):
        st.subheader("No forger has learned to draw yet", anchor=False)
        st.write(
            "A generator appears here with the first checkpoint of a training. The quick look needs about two "
            "minutes; you can come back while it is still learning."
        )
        st.page_link("pages/train.py", label="Train one now", icon=":material/model_training:")
