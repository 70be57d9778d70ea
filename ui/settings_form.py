"""Every setting of a training as a widget with its sentence of help, made from the settings themselves."""

import math
from dataclasses import Field, fields
from typing import Any

import streamlit as st

from gan.recipes import Config, configure

# Chosen elsewhere on the page.
ELSEWHERE = ("data", "resolution")


def edit(base: Config, key: str) -> Config:
    """The settings, starting from `base`; another `key` starts afresh."""
    columns = st.columns(3)
    changes = {}
    for place, item in enumerate(item for item in fields(Config) if item.name not in ELSEWHERE):
        with columns[place % len(columns)]:
            changes[item.name] = _widget(item, getattr(base, item.name), f"{key}-{item.name}")
    return configure(base, **changes)


def _widget(item: Field, value: Any, key: str) -> Any:
    words = [word.upper() if len(word) == 1 else word for word in item.name.split("_")]  # G and D are networks
    label, rules = " ".join(words), item.metadata
    label = label[0].upper() + label[1:]
    if rules["choices"]:
        return st.selectbox(label, rules["choices"], rules["choices"].index(value), key=key, help=rules["help"])
    if item.type is bool:
        return st.toggle(label, value, key=key, help=rules["help"])
    low, high, step, pattern = rules["low"], rules["high"], 1, "%d"
    if item.type is float:
        low, high, step, pattern = float(low), float(high), 10 ** math.floor(math.log10(value / 2)), "%g"
    return st.number_input(label, low, high, value, step, pattern, key=key, help=rules["help"])
