"""The settings of a training as widgets with their sentences of help, made from the settings themselves."""

import math
from typing import Any

import streamlit as st

from gan.errors import ForgerError
from gan.learning.config import SETTINGS, Config, configure
from gan.learning.setting import Setting

COLUMNS = 3


def edit(base: Config, key: str) -> tuple[Config, str]:
    """The settings, starting from `base`; another `key` starts afresh. What has no effect as things stand is grey.

    Returns them and what is wrong with what was typed, which is then left out of them; empty where nothing is.
    """
    listed = [(name, setting) for name, setting in SETTINGS.items() if setting.listed]
    changes = {}
    for start in range(0, len(listed), COLUMNS):  # row by row, so that a phone shows them in order
        columns = st.columns(COLUMNS, vertical_alignment="bottom")
        for place, (name, setting) in zip(columns, listed[start : start + COLUMNS], strict=False):
            with place:
                changes[name] = _widget(name, setting, base, key)
    try:
        return configure(base, **changes), ""
    except ForgerError as error:  # all but free text is kept within its bounds by its widget
        fitting = {name: value for name, value in changes.items() if not _is_free_text(SETTINGS[name], base)}
        return configure(base, **fitting), str(error)


def _is_free_text(setting: Setting, base: Config) -> bool:
    return setting.type is str and not setting.choices_for(base)


def _widget(name: str, setting: Setting, base: Config, key: str) -> Any:
    words = [word.upper() if len(word) == 1 else word for word in name.split("_")]  # G and D are networks
    label, value = " ".join(words), getattr(base, name)
    label = label[0].upper() + label[1:]
    active = setting.has_a_say(base)
    # Grey under another key, or what was typed before would stand there instead of `value`.
    key = f"{key}-{name}" if active else f"{key}-{name}-off"
    if choices := list(setting.choices_for(base)):
        return st.selectbox(label, choices, choices.index(value), key=key, help=setting.help, disabled=not active)
    if _is_free_text(setting, base):
        return st.text_input(label, value, key=key, help=setting.help, disabled=not active)
    if setting.type is bool:
        return st.toggle(label, value, key=key, help=setting.help, disabled=not active)
    # One that only the schedule switches on begins at 0.
    low = setting.least_on if active and value and setting.least_on is not None else setting.low
    step, pattern = (1, "%d") if setting.type is int else (10.0 ** math.floor(math.log10((value or 1) / 2)), "%g")
    low, high = (None if bound is None else setting.type(bound) for bound in (low, setting.high))
    return st.number_input(label, low, high, value, step, pattern, key=key, help=setting.help, disabled=not active)
