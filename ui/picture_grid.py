"""Pictures with their seeds, each to be downloaded and, where the page asks for it, picked with a click.

One component for the whole grid: an st.image and a button for every picture would make a page of hundreds sluggish.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from gan.latents.seeds import SEED_LIMIT
from ui.component import component

MOST_PICKED = 256


def picture_grid(
    urls: Sequence[str],
    seeds: Sequence[int],
    columns: int,
    stem: str,
    key: str,
    picked: Sequence[int] = (),
    on_pick: Callable[[list[int]], None] | None = None,
    widest: int = 288,
    noun: str = "seed",
) -> None:
    """Draw pictures row by row, in as many columns as asked for where the page is wide enough, else in fewer.

    Args:
        urls, seeds: of each picture, see `ui.data_url`.
        stem: a downloaded picture is called `STEM-SEED.png`.
        key: the grid's name on the page.
        picked: the seeds that are picked, in this order; the grid numbers them.
        on_pick: called with the picked seeds after every click; None for pictures that cannot be picked.
        widest: pixels that a picture takes at most, where there are few.
        noun: what the numbers are, where they are not seeds.
    """
    memory = st.session_state.setdefault(f"_{key}", {"turn": 0, "shown": None, "picked": []})
    # The browser keeps the picks itself and is told only what it does not show yet: otherwise every click would
    # send all the pictures again.
    if memory["shown"] != list(picked) or key not in st.session_state:
        memory |= {"turn": memory["turn"] + 1, "shown": list(picked), "picked": list(picked)}
        st.session_state[f"_{key}"] = memory

    def clicked() -> None:
        chosen = read_picks(st.session_state[key].get("picked"))
        st.session_state[f"_{key}"]["shown"] = chosen
        if on_pick is not None:
            on_pick(chosen)

    data = {
        "urls": list(urls),
        "seeds": list(seeds),
        "columns": columns,
        "widest": widest,
        "noun": noun,
        "stem": stem,
        "pickable": on_pick is not None,
        "turn": memory["turn"],
        "picked": memory["picked"],
    }
    component(__file__, "pictures")(data=data, key=key, on_picked_change=clicked)


def read_picks(sent: object) -> list[int]:
    """The seeds that the browser says were picked, in its order and each once; what else it may send says nothing."""
    found = [one for one in sent if type(one) is int and 0 <= one < SEED_LIMIT] if isinstance(sent, list) else []
    return list(dict.fromkeys(found))[:MOST_PICKED]
