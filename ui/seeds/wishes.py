"""What the inspector would have the forger change, as pictures."""

from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from gan.generators import TrainedGenerator
from gan.generators.wish import STEP, Wish
from ui import generated, tiles
from ui.messages import errors_shown

MOST = 8
TITLE = "What would the inspector change?"
WORDS = (
    "The slope of the inspector's verdict at each picture: **grey** it would leave, **brighter** and **darker** it "
    "wants more or less. This is all that a forger ever learns from it. The last pictures follow the wish for "
    f"{STEP:.0%} of the way from black to white: the score jumps, and the picture hardly looks better. What convinces "
    "an inspector is not what convinces you."
)


def show(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int) -> None:
    """Folded: for the pictures of the first seeds."""

    def find() -> tuple[Sequence[str], np.ndarray, list[Wish] | None]:
        some = seeds[:MOST]
        made, wishes = generated.some(model, some, images_seen), generated.wishes(model, some, images_seen)
        return [f"seed {seed}" for seed in some], made, wishes

    folded(find)


def folded(find: Callable[[], tuple[Sequence[str], np.ndarray, list[Wish] | None]], instead: str = "") -> None:
    """The expander for pictures (N, R, R, 3) uint8 and their names and wishes, which `find` works out once it is
    unfolded; or words `instead` that say why there are none."""
    expander = st.expander(TITLE, icon=":material/edit:", key="wishes", on_change="rerun")
    if not expander.open:
        return
    with expander, errors_shown():
        if instead:
            st.caption(instead)
            return
        names, made, wishes = find()
        if wishes is None:
            st.caption("The inspector of this generator, or of this moment, was not kept.")
            return
        st.markdown(WORDS)
        differences, followed = (np.stack([getattr(w, part) for w in wishes]) for part in ("difference", "followed"))
        scored = [f"{name}: {one.score:+.1f}" for name, one in zip(names, wishes, strict=True)]
        rows = [
            tiles.row("Made, and its score", made, scored),
            tiles.row("What it would have changed", differences, [""] * len(wishes)),
            tiles.row("Changed a little so, and its score", followed, [f"{w.score_followed:+.1f}" for w in wishes]),
        ]
        st.html(tiles.page(rows))
