"""How to train: a recipe, and four of its parts to switch, so that a class sees what each is worth."""

import streamlit as st

from gan.device import choose
from gan.learning.config import Config, configure, in_vain
from gan.learning.losses import LOSSES
from gan.learning.penalties import PENALTIES
from gan.learning.recipes import CARD_NOTE, RECIPES, Preset, recipes_for
from gan.networks import PICTURES, WITHOUT_NORM
from gan.tasks import TASKS

# What the switches mean by "on" where the recipe itself has the part off.
HALF_LIFE = Config.average_half_life
AUGMENT_PROBABILITY = 0.3


def for_card(preset: Preset, key: str) -> bool:
    """Whether to start from the preset's settings for a card. Asked only where it has some and one would train."""
    # The field Device stands further down, with what it costs.
    device = choose(st.session_state.get("device", "auto"))
    if device.type != "cuda" or not preset.card:
        return False
    sized_for = st.segmented_control(
        "Settings for", ["A card", "A processor"], default="A card", required=True, key=f"{key}-sized-for",
    )  # fmt: skip
    if sized_for == "A card":
        st.caption(CARD_NOTE)
    return sized_for == "A card"


def recipe(preset: Preset, key: str) -> str:
    """The recipe to train by, explained; at first the preset's own, of those for its kind of GAN."""
    name = st.segmented_control(
        "How to train", recipes_for(preset.config.kind), format_func=lambda name: RECIPES[name].title,
        default=preset.recipe, required=True, key=f"{key}-recipe",
    ) or preset.recipe  # fmt: skip
    st.caption(RECIPES[name].explanation)
    return name


def task(base: Config, key: str) -> Config:
    """`base` with the task that the visitor chose; as it is where nothing goes in but random numbers."""
    if base.kind != PICTURES:
        return base
    name = st.segmented_control(
        "What to learn", list(TASKS), format_func=lambda name: TASKS[name].title, default=base.task, required=True,
        key=task_key(key), wrap=True,
    ) or base.task  # fmt: skip
    st.caption(TASKS[name].help)
    return configure(base, task=name)


def task_key(key: str) -> str:
    """Where the session keeps the task that was chosen in the form with this key."""
    return f"{key}-task"


def switches(base: Config, key: str) -> Config:
    """`base` with the visitor's loss, penalty, averaging and augmentation; another `key` starts afresh."""
    with st.container(horizontal=True, vertical_alignment="bottom"):  # side by side, and wrapped where it is narrow
        loss = st.selectbox(
            "Loss", list(LOSSES), list(LOSSES).index(base.loss), format_func=str.capitalize, width=150,
            key=f"{key}-loss",
            help="\n\n".join(f"**{name.capitalize()}.** {loss.help}" for name, loss in LOSSES.items()),
        )  # fmt: skip
        penalty = st.selectbox(
            "Penalty", list(PENALTIES), list(PENALTIES).index(base.penalty), format_func=_penalty_title, width=110,
            key=f"{key}-penalty",
            help="Keeps the inspector's verdict from hanging on tiny changes: R1 of real pictures, R2 of forgeries, "
            "too.",
        )  # fmt: skip
        averaging = st.toggle(
            "Averaging", base.average_half_life > 0, key=f"{key}-averaging",
            help="Keep an average of the forger over its recent past: it draws calmer and better than the forger's "
            "latest state.",
        )  # fmt: skip
        augmentation = st.toggle(
            "Augmentation", base.augment_probability > 0, key=f"{key}-augmentation",
            help="Change colour and place, and cut a hole, in real pictures and forgeries alike before the inspector "
            "looks: so it is less tempted to learn a small data set by heart.",
        )  # fmt: skip
    return configure(
        base,
        loss=loss,
        penalty=penalty,
        average_half_life=(base.average_half_life or HALF_LIFE) if averaging else 0,
        augment_probability=(base.augment_probability or AUGMENT_PROBABILITY) if augmentation else 0.0,
    )


def hint(config: Config) -> str | None:
    """What a class may expect of parts that are known not to work together."""
    if config.discriminator in WITHOUT_NORM and config.penalty == "none":
        return "Nothing holds this inspector back: without a penalty its verdicts may jump, and the training may break."
    return in_vain(config)


def _penalty_title(name: str) -> str:
    return "None" if name == "none" else name.upper()
