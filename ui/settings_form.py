"""The settings of a training as widgets with their sentences of help, made from the settings themselves."""

import math
from dataclasses import Field, fields
from typing import Any

import streamlit as st

from gan.config import Config, configure
from gan.head_start import fitting_runs
from gan.networks import REDRAWS

# Chosen elsewhere on the page.
ELSEWHERE = ("data", "task", "resolution", "loss", "penalty", "start_from")
# Switched off elsewhere, too; where they are on, their least value.
SWITCHED = {"average_half_life": 1, "augment_probability": 0.01}
COLUMNS = 3
NETWORKS = ("generator", "discriminator")


def edit(base: Config, key: str) -> Config:
    """The settings, starting from `base`; another `key` starts afresh. What has no effect as things stand is grey."""
    items = [item for item in fields(Config) if item.name not in ELSEWHERE]
    changes = {}
    for start in range(0, len(items), COLUMNS):  # row by row, so that a phone shows them in order
        columns = st.columns(COLUMNS, vertical_alignment="bottom")
        for place, item in zip(columns, items[start : start + COLUMNS], strict=False):
            with place:
                changes[item.name] = _widget(item, getattr(base, item.name), key, _has_a_say(item.name, base))
    return configure(base, **changes)


def start_from(base: Config, key: str) -> Config:
    """`base` with a run to begin with, of those whose networks fit; nothing is shown where there is none."""
    fitting = fitting_runs(base)
    if not fitting:
        return base
    name = st.selectbox(
        "Start from", ["", *fitting], format_func=lambda name: name or "Nothing: the first weights are chance",
        key=f"{key}-start-{base.resolution}",
        help="A run at this resolution or, without a task, at half of it with twice the widths: what it has learned is "
        "taken over, as far as it fits, so that larger pictures need not start from chance.",
    )  # fmt: skip
    return configure(base, start_from=name)


def _has_a_say(name: str, config: Config) -> bool:
    if name in SWITCHED:
        return getattr(config, name) > 0
    if name in ("penalty_weight", "penalty_every"):
        return config.penalty != "none"
    if name == "real_label":
        return config.loss == "textbook"
    if name in ("skips", "l1_weight"):
        return bool(config.task)
    if name in ("latent_size", "latent_distribution"):
        return not config.task
    return True


def _like(network: str, names: tuple[str, ...]) -> list[str]:
    """The networks of the same kind: those that redraw, or those for latents."""
    return [name for name in names if (name in REDRAWS) == (network in REDRAWS)]


def _widget(item: Field, value: Any, key: str, active: bool) -> Any:
    words = [word.upper() if len(word) == 1 else word for word in item.name.split("_")]  # G and D are networks
    label, rules = " ".join(words), item.metadata
    label = label[0].upper() + label[1:]
    # Grey under another key, or what was typed before would stand there instead of `value`.
    key = f"{key}-{item.name}" if active else f"{key}-{item.name}-off"
    if rules["choices"]:
        choices = rules["choices"] if item.name not in NETWORKS else _like(value, rules["choices"])
        return st.selectbox(label, choices, choices.index(value), key=key, help=rules["help"], disabled=not active)
    if item.type is bool:
        return st.toggle(label, value, key=key, help=rules["help"], disabled=not active)
    low, high, step, pattern = SWITCHED.get(item.name, rules["low"]) if active else rules["low"], rules["high"], 1, "%d"
    if item.type is float:
        low, high, step, pattern = float(low), float(high), 10.0 ** math.floor(math.log10((value or 1) / 2)), "%g"
    return st.number_input(label, low, high, value, step, pattern, key=key, help=rules["help"], disabled=not active)
