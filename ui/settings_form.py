"""The settings of a training as widgets with their sentences of help, made from the settings themselves."""

import math
from dataclasses import Field, fields
from typing import Any

import streamlit as st

from gan.config import Config, configure

# Chosen elsewhere on the page.
ELSEWHERE = ("data", "resolution", "loss", "penalty")
# Switched off elsewhere, too; where they are on, their least value.
SWITCHED = {"average_half_life": 1, "augment_probability": 0.01}


def edit(base: Config, key: str) -> Config:
    """The settings that have an effect, starting from `base`; another `key` starts afresh."""
    columns = st.columns(3)
    changes = {}
    for place, item in enumerate(item for item in fields(Config) if _has_a_say(item.name, base)):
        with columns[place % len(columns)]:
            changes[item.name] = _widget(item, getattr(base, item.name), f"{key}-{item.name}")
    return configure(base, **changes)


def _has_a_say(name: str, config: Config) -> bool:
    if name in SWITCHED:
        return getattr(config, name) > 0
    if name in ("penalty_weight", "penalty_every"):
        return config.penalty != "none"
    if name == "real_label":
        return config.loss == "textbook"
    return name not in ELSEWHERE


def _widget(item: Field, value: Any, key: str) -> Any:
    words = [word.upper() if len(word) == 1 else word for word in item.name.split("_")]  # G and D are networks
    label, rules = " ".join(words), item.metadata
    label = label[0].upper() + label[1:]
    if rules["choices"]:
        return st.selectbox(label, rules["choices"], rules["choices"].index(value), key=key, help=rules["help"])
    if item.type is bool:
        return st.toggle(label, value, key=key, help=rules["help"])
    low, high, step, pattern = SWITCHED.get(item.name, rules["low"]), rules["high"], 1, "%d"
    if item.type is float:
        low, high, step, pattern = float(low), float(high), 10 ** math.floor(math.log10((value or 1) / 2)), "%g"
    return st.number_input(label, low, high, value, step, pattern, key=key, help=rules["help"])
