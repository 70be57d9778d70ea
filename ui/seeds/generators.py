"""Choosing a generator: the shipped ones and those of runs, with what their cards say."""

import streamlit as st

from gan.generators import TrainedGenerator, list_generators
from gan.generators.origin import data_name, run_of
from gan.networks import LATENTS, PICTURES
from gan.quality.words import in_short, in_words
from gan.tasks import TASKS
from ui import roles, shell
from ui.address import kept
from ui.messages import plain

KEY = "model"
LONGEST_NAME = 60  # characters of what an address asks for, that are repeated
# What no generator of a kind has learned yet, and how one does.
NONE_YET = {
    LATENTS: ("draw", "The quick look needs about two minutes;"),
    PICTURES: ("redraw", "Choose *Redraw* among what to train;"),
}
HELP = (
    "Generators that came with Forger, and, named run:…, those of the trainings on this machine. "
    "A run's generator appears with its first checkpoint."
)


def some(kind: str = LATENTS) -> dict[str, TrainedGenerator]:
    """The generators that there are, by name: of one kind, see `gan.learning.kinds`.

    Where there is none yet, says how to get one and ends the page.
    """
    found = {model.name: model for model in list_generators() if model.kind == kind}
    if kind == PICTURES:  # by what they do, in the order of the tasks
        found = dict(sorted(found.items(), key=lambda item: list(TASKS).index(item[1].config.task)))
    if not found:
        _none_yet(kind)
        shell.end()
    return found


def pick(found: dict[str, TrainedGenerator], key: str = KEY, first: str = "") -> TrainedGenerator:
    """The generator among `some` that the visitor or the link asked for; without that, the one called `first`, or the
    one that looks best at its size."""
    first = first if first in found else looks_best(found)
    with kept(key, first):
        asked = st.session_state[key]
        if asked not in found:
            st.session_state[key] = first
            missing = plain(asked[:LONGEST_NAME])
            st.warning(f"There is no generator “{missing}”, or no longer: here is “{first}”.", icon=":material/info:")
        name = st.selectbox(
            "Task and generator" if found[first].kind == PICTURES else "Generator", list(found), key=key, help=HELP,
            format_func=lambda name: _label(found[name]),
        )  # fmt: skip
    return found[name]


def looks_best(found: dict[str, TrainedGenerator]) -> str:
    """The name of the shipped one whose pictures are closest to real ones for their size, as their cards say; the first
    of all where no card says anything."""
    return max(found, key=lambda name: 0.0 if name.startswith("run:") else _share_of_pixels(found[name]))


def _share_of_pixels(model: TrainedGenerator) -> float:
    quality = model.card.get("quality")
    pixels = quality.get("pixels") if isinstance(quality, dict) else None
    return pixels / model.config.resolution if isinstance(pixels, int | float) else 0.0


def _label(model: TrainedGenerator) -> str:
    return f"{TASKS[model.config.task].title}: {model.name}" if model.kind == PICTURES else model.name


def redrawing_like(model: TrainedGenerator) -> str | None:
    """The first generator that redraws and learned from the same pictures as `model`, if there is one."""
    return next(
        (one.name for one in list_generators() if one.kind == PICTURES and data_name(one) == data_name(model)), None
    )


def describe(model: TrainedGenerator) -> None:
    """A generator in one line: what it learned from, how long, how well, whether it still learns; and its card."""
    quality, run = measured(model), run_of(model)
    facts = [f"{model.config.resolution} pixels", f"learned from {learned_from(model)}"]
    if model.images_seen:
        facts.append(f"trained for {model.images_seen / 1000:,.0f} kimg")
    if quality and (close := _closeness(model)):
        facts.append(plain(close))
    if run and run.alive:
        facts.append(":primary[still learning: its pictures change with every checkpoint]")
    title = "" if model.title == stem(model) else f"**{plain(model.title)}** · "
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(title + " · ".join(facts), width="content")
        if quality:
            with st.popover("How good is it?", icon=":material/straighten:", type="tertiary"):
                _show(quality)
        if model.about:
            with st.popover("About this generator", icon=":material/badge:", type="tertiary"):
                _show(model.about)


def learned_from(model: TrainedGenerator) -> str:
    """What a generator learned from, as this visitor may know it; Markdown. Who ships one tells it to all."""
    return roles.source_name(model.config.data) if model.name.startswith("run:") else plain(data_name(model))


def measured(model: TrainedGenerator) -> dict[str, str]:
    """What the card says about the generator's quality, as labelled sentences; none where it says nothing readable."""
    try:
        return in_words(model.card["quality"])
    except (KeyError, TypeError, ValueError):  # not measured, or edited by hand
        return {}


def _closeness(model: TrainedGenerator) -> str:
    try:
        return in_short(model.card["quality"])
    except (KeyError, TypeError, ValueError):
        return ""


def stem(model: TrainedGenerator) -> str:
    """What files made with a generator are called after."""
    return model.name.removeprefix("run:").replace("/", "-")


def _show(words: dict[str, str]) -> None:
    labelled = (f"**{label if label.endswith('?') else label + '.'}** {text}" for label, text in words.items())
    st.markdown("\n\n".join(labelled))


def _none_yet(kind: str) -> None:
    verb, hint = NONE_YET[kind]
    with st.container(border=True):
        st.header(f"No forger has learned to {verb} yet", anchor=False)
        appears = "A generator appears here with the first checkpoint of a training."
        if roles.may("start a training"):
            st.write(f"{appears} {hint} you can come back while it is still learning.")
            st.page_link(shell.page("train"), label="Train one now", icon=":material/model_training:")
        else:
            st.write(f"{appears} The owner of this app starts them.")
