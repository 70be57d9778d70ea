"""Choosing a generator: the shipped ones and those of runs, with what their cards say."""

import streamlit as st

from gan.evaluation import in_words
from gan.models import Model, list_models
from gan.origin import data_name, run_of
from gan.pairs import TASKS
from ui.address import kept

KEY = "model"
QUICK_HINT = "The quick look needs about two minutes;"
REDRAW_HINT = "Choose *Redraw* among what to train;"
HELP = (
    "Generators that came with Forger, and, named run:…, those of the trainings on this machine. "
    "A run's generator appears with its first checkpoint."
)


def some(redraw: bool = False) -> dict[str, Model]:
    """The generators that there are, by name: those for latents, or those that `redraw` pictures.

    Where there is none yet, says how to get one and ends the page.
    """
    found = {model.name: model for model in list_models() if model.redraws == redraw}
    if redraw:  # by what they do, in the order of the tasks
        found = dict(sorted(found.items(), key=lambda item: list(TASKS).index(item[1].config.task)))
    if not found:
        _none_yet(redraw)
        st.stop()
    return found


def pick(found: dict[str, Model], key: str = KEY, first: str = "") -> Model:
    """The generator among `some` that the visitor or the link asked for; without that, the one called `first`."""
    first = first if first in found else next(iter(found))
    with kept(key, first):
        asked = st.session_state[key]
        if asked not in found:
            st.session_state[key] = first
            st.warning(f"There is no generator “{asked}”, or no longer: here is “{first}”.", icon=":material/info:")
        name = st.selectbox(
            "Task and generator" if found[first].redraws else "Generator", list(found), key=key, help=HELP,
            format_func=lambda name: _label(found[name]),
        )  # fmt: skip
    return found[name]


def _label(model: Model) -> str:
    return f"{TASKS[model.config.task].title}: {model.name}" if model.redraws else model.name


def redrawing_like(model: Model) -> str | None:
    """The first generator that redraws and learned from the same pictures as `model`, if there is one."""
    return next((one.name for one in list_models() if one.redraws and data_name(one) == data_name(model)), None)


def describe(model: Model) -> None:
    """A generator in one line: what it learned from, how long, how well, whether it still learns; and its card."""
    quality, run = measured(model), run_of(model)
    facts = [f"{model.config.resolution} pixels", f"learned from {data_name(model)}"]
    if model.images_seen:
        facts.append(f"trained for {model.images_seen / 1000:,.0f} kimg")
    if quality and not model.redraws:
        facts.append(model.card["quality"]["sentence"])
    if run and run.alive:
        facts.append(":primary[still learning: its pictures change with every checkpoint]")
    title = "" if model.title == stem(model) else f"**{model.title}** · "
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(title + " · ".join(facts), width="content")
        if quality:
            with st.popover("How good is it?", icon=":material/straighten:", type="tertiary"):
                _show(quality)
        if model.about:
            with st.popover("About this generator", icon=":material/badge:", type="tertiary"):
                _show(model.about)


def measured(model: Model) -> dict[str, str]:
    """What the card says about the generator's quality, as labelled sentences; none where it says nothing readable."""
    try:
        return in_words(model.card["quality"])
    except (KeyError, TypeError, ValueError):  # not measured, or edited by hand
        return {}


def stem(model: Model) -> str:
    """What files made with a generator are called after."""
    return model.name.removeprefix("run:").replace("/", "-")


def _show(words: dict[str, str]) -> None:
    labelled = (f"**{label if label.endswith('?') else label + '.'}** {text}" for label, text in words.items())
    st.markdown("\n\n".join(labelled))


def _none_yet(redraw: bool) -> None:
    with st.container(border=True):
        st.subheader(f"No forger has learned to {'redraw' if redraw else 'draw'} yet", anchor=False)
        st.write(
            "A generator appears here with the first checkpoint of a training. "
            + (REDRAW_HINT if redraw else QUICK_HINT)
            + " you can come back while it is still learning."
        )
        st.page_link("pages/train.py", label="Train one now", icon=":material/model_training:")
