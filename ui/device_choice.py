"""The devices that a visitor can choose from on this machine, and how many processes share a training."""

import streamlit as st

from gan.device import CHOICES, count_cards, has_card


def device_names() -> tuple[str, ...]:
    """What `gan.device.choose` can be given; only the CPU where there is no card, or none that PyTorch can use."""
    return CHOICES if has_card() else ("cpu",)


def processes(device: str, key: str) -> int:
    """How many processes share a training on `device`: asked only where this machine has several cards."""
    cards = 1 if device == "cpu" else count_cards()
    if cards < 2:
        return 1
    return st.number_input(
        "Cards", 1, cards, 1, width=110, key=key,
        help="Each works on its share of every batch, so their number must divide the batch size.",
    )  # fmt: skip
