"""What becomes of a person's own pictures: folders left out, rectangles made squares, the ground under see-through
parts. Asked only where the pictures have such things."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import streamlit as st

from gan.data import Preparation
from gan.data.own.preparation import FRAMINGS
from gan.data.own.reading import Report
from gan.data.own.subject import check_available
from gan.data.own.survey import MIN_PICTURES, Survey
from gan.data.picture.ground import WHITE
from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.tasks import TASKS
from ui.messages import complain, plain
from ui.start import own_survey
from ui.start.about_pictures import counted
from ui.start.own_survey import Brought

PAIRS = "pairs"  # the task for pictures of which each is two
SHOWN = 24


@dataclass(frozen=True)
class Picked:
    """What to learn from, with the settings that it asks for; not `ready` while a question is open.

    What was `brought` and `found` is of a person's own pictures.
    """

    source: str
    settings: dict[str, str] = field(default_factory=dict)
    ready: bool = True
    found: Survey | None = None
    brought: Brought | None = None

    @property
    def changes(self) -> dict[str, str]:
        """All that it changes in a training's settings."""
        return {"data": self.source} | self.settings


def choose(brought: Brought, base: Config, to_pairs: Callable[[], None] | None) -> Picked | None:
    """The questions about the pictures in a folder or ZIP; None where nothing can be learned from what is chosen.

    `to_pairs` makes the form one for pairs; None where it cannot become one.
    """
    key = f"own-{brought.content}"  # other pictures are asked about anew
    whole = own_survey.look(brought)
    said = st.container()
    leave_out = _left_out(whole, base, key)
    left = sum(not Preparation(leave_out=leave_out).leaves_out(name) for name in whole.names)
    if left < MIN_PICTURES:
        complain(ForgerError(f"So {left} pictures are left, and training needs at least {MIN_PICTURES}."))
        return None
    found = own_survey.look(brought, leave_out)
    to_pairs = to_pairs if PAIRS in TASKS and base.task != PAIRS else None
    framing = _framing(found, base, key, to_pairs)
    if to_pairs and found.paired:
        st.button(
            "The two folders belong together: learn to make one from the other", on_click=to_pairs, key=f"{key}-pairs",
            icon=":material/compare_arrows:",
        )  # fmt: skip
    ready = framing is not None
    settings = {"framing": framing or "", "ground": _ground(found, framing, base, key), "leave_out": leave_out}
    picked = Picked(str(brought.path), settings, ready, found, brought)
    try:
        _, report = first(picked, configure(base, **settings))
    except ForgerError as error:
        complain(error)
        return None
    with said:
        _say(brought.name, found, report, ready)
    return picked


def first(picked: Picked, config: Config) -> tuple[np.ndarray, Report]:
    """The first pictures as they will be learned, and what is known of all; whole ones while a question is open.

    Raises ForgerError where they cannot be read so.
    """
    preparation = config.preparation
    if not picked.ready:
        preparation = replace(preparation, framing="pad")
    assert picked.brought
    return own_survey.first(picked.brought, config.resolution, preparation, SHOWN)


def _say(name: str, found: Survey, report: Report, ready: bool) -> None:
    said = [f"“{name}”: {counted(len(found), report.skipped)}", *(report.remarks if ready else [])]
    st.caption("  \n".join(map(plain, said)))


def _left_out(whole: Survey, base: Config, key: str) -> str:
    def can_be_named(folder: str) -> bool:  # not with a “;” in its name
        return Preparation(leave_out=folder).leaves_out("x" if folder == "." else f"{folder}/x")

    folders = {name: count for name, count in whole.folders.items() if can_be_named(name)}
    if len(whole.folders) < 2:
        return ""
    before = [name for name in base.leave_out.split(";") if name in folders]
    chosen = st.multiselect(
        "Folders to leave out", list(folders), before, key=f"{key}-leave-out", placeholder="None",
        format_func=lambda name: f"{'in no folder' if name == '.' else name}: {folders[name]:,}",
    )  # fmt: skip
    return ";".join(chosen)


def _framing(found: Survey, base: Config, key: str, to_pairs: Callable[[], None] | None) -> str | None:
    """The framing, empty where all are squares; None while it has to be chosen."""
    count, _ = found.lost("middle")
    if not count or (base.task == PAIRS and found.twofold):
        return ""
    choices, missing = _choices()
    framing: str | None
    if found.twofold:
        framing = _what_it_is(choices, base, f"{key}-twofold", to_pairs)
    else:
        before = list(choices).index(base.framing) if base.framing in choices else 0
        label = "How rectangles become squares"
        framing = st.radio(label, list(choices), before, choices.__getitem__, key=f"{key}-framing")
    if missing:
        st.caption(f":material/face: {plain(missing)}")
    return framing


def _choices() -> tuple[dict[str, str], str]:
    """The framings that can be chosen here, and why one cannot."""
    try:
        check_available()
    except ForgerError as error:
        return {name: words for name, words in FRAMINGS.items() if name != "subject"}, str(error)
    return dict(FRAMINGS), ""


def _what_it_is(choices: dict[str, str], base: Config, key: str, to_pairs: Callable[[], None] | None) -> str | None:
    """The framing of a set in which every picture may be two; None while that has to be chosen."""
    if to_pairs:
        choices = {PAIRS: "two pictures beside each other: learn to make one from the other"} | choices
    before = list(choices).index(base.framing) if base.framing in choices else None

    def answered() -> None:
        if to_pairs and st.session_state[key] == PAIRS:
            to_pairs()

    question = "These pictures are twice as wide as high. What becomes of them?"
    framing = st.radio(question, list(choices), before, choices.__getitem__, key=key, on_change=answered)
    if framing is None:
        st.caption(":material/help: Choose one of these before you start.")
    return framing


def _ground(found: Survey, framing: str | None, base: Config, key: str) -> str:
    """The colour that was chosen; empty for the automatic one."""
    if not found.ground and framing != "pad":
        return ""
    what = "see-through parts" if framing != "pad" else "bars and see-through parts" if found.ground else "bars"
    if not st.toggle(f"Choose the colour of {what}", bool(base.ground), key=f"{key}-other-ground"):
        return ""
    own = base.ground or (found.ground.colour if found.ground else WHITE)
    return str(st.color_picker(f"Colour of {what}", own, key=f"{key}-ground")).lower()
