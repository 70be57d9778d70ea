"""Looking for the latent of a visitor's own picture, and what can be done with one that was found.

The latent stands in the address; the photograph stays in the memory of its visitor's session.
"""

import hashlib
from collections.abc import Generator, Hashable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import streamlit as st

from gan.errors import ForgerError
from gan.generators import TrainedGenerator, inversion
from gan.generators.inversion import Inversion
from gan.latents.seeds import SEED_LIMIT
from gan.latents.texts import read_latent
from gan.pictures.files import png_bytes
from ui import address, generated, share, tiles
from ui.asking import TURNS, ask
from ui.messages import complain, errors_shown
from ui.redraw import bring
from ui.seeds import moments
from ui.turns import Steps

LATENT = "latent"  # in the address
WIDTH = 176  # pixels of a picture
Made = TypeVar("Made")


@dataclass
class _Progress:
    """How far a search is; the line's thread writes, the page reads."""

    words: str = "Waiting"
    share: float = 0.0


def latent(model: TrainedGenerator) -> str:
    """The latent that the address has; "" where it has none, or one that is not for `model`."""
    text = st.query_params.get(LATENT, "").strip()
    try:
        read_latent(text, model.config.latent_size, model.config.latent_distribution)
    except ForgerError:
        return ""
    return text


def show(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int) -> None:
    """Folded, but for who follows a link to a latent. `seeds` are those shown, of which one may end a walk."""
    if LATENT in st.query_params:
        st.session_state.setdefault("finding", True)
    expander = st.expander("Find my picture", key="finding", icon=":material/image_search:", on_change="rerun")
    if expander.open:
        with expander:
            _panel(model, seeds, images_seen)


@st.fragment  # moving the frame draws nothing else on the page anew
def _panel(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int) -> None:
    with errors_shown():  # a fragment that runs alone is outside the shell
        left, right = st.columns([2, 3], gap="large")
        with left:
            st.markdown(
                "Bring a picture of what this forger learned to draw, framed like its own. It looks for the latent "
                "whose picture comes nearest to yours: about ten seconds, more where others wait, too."
            )
            found = None
            with errors_shown():
                picture = bring.photograph("mine")
                found = None if picture is None else _found(model, picture, images_seen)
        address.write()
        with right, st.container():
            asked = st.query_params.get(LATENT, "").strip()
            if found is not None and found.latent == asked:
                _compare(found)
            elif asked:
                try:
                    _linked(model, asked, images_seen)
                except ForgerError as error:
                    complain(error)
                    return
            if asked:
                _go_on(model, asked, seeds, images_seen)


def _found(model: TrainedGenerator, picture: np.ndarray, images_seen: int) -> Inversion | None:
    """What was found for this very picture; before that, a button that begins the search."""
    mark = hashlib.blake2b(np.ascontiguousarray(picture).data, digest_size=16).hexdigest()
    key = generated.version_of(model), images_seen, picture.shape, mark
    before, found = st.session_state.get("_found", (None, None))
    if before == key:
        return found
    # The wish outlasts a click elsewhere on the page, which ends this run of it.
    if st.button("Find it", type="primary", icon=":material/image_search:"):
        st.session_state["_find"] = key
    if st.session_state.get("_find") != key:
        return None
    try:
        found = _search(model, picture, images_seen, key)
    except Exception:  # where Streamlit itself ends the run, that is none, and the next run goes on
        del st.session_state["_find"]
        raise
    del st.session_state["_find"]
    st.session_state["_found"] = key, found
    address.change(LATENT, found.latent)
    address.write()
    st.rerun()  # the whole page: the latent is among what can be moved now


def _search(model: TrainedGenerator, picture: np.ndarray, images_seen: int, key: Hashable) -> Inversion:
    version, config, progress = generated.version_of(model), model.config, _Progress()

    def work() -> Steps:
        generator = generated.generator_of(version, images_seen, model)
        survey = _followed(inversion.survey(generator, config), progress, "Looking at random seeds")
        seeds = yield from TURNS.part(("survey", version, images_seen), survey)
        found = inversion.invert(generator, config, picture, seeds)
        return (yield from _followed(found, progress, "Coming nearer"))

    spot = st.empty()

    def look() -> None:
        spot.progress(progress.share, progress.words)

    # The visitor's own: not kept for others.
    try:
        return ask("find a picture", ("find", key), work, {"searches": 1}, keep=False, look=look)
    finally:
        spot.empty()


def _followed(steps: Generator[float, None, Made], progress: _Progress, words: str) -> Generator[None, None, Made]:
    while True:
        try:
            progress.share, progress.words = next(steps), words
        except StopIteration as end:
            return end.value
        yield None


def _compare(found: Inversion) -> None:
    words = (
        "yours",
        f"the nearest it can draw: {found.distance:.0%} left",
        (f"the nearest seed, {found.seed}: {found.seeds_distance:.0%} left"),
    )
    pictures = np.stack([found.wanted, found.found, found.seeds_picture])
    st.html(tiles.page([tiles.row("Your picture, and what comes nearest", pictures, words)]))
    st.markdown(
        f"{found.words} It does not come nearer because the forger can only draw what it has learned. Your picture is "
        "not stored in it, and not in the link: there are only the numbers that were found."
    )


def _linked(model: TrainedGenerator, asked: str, images_seen: int) -> None:
    words = "The picture of the latent in the address"
    picture = generated.latent_picture(model, asked, images_seen)
    with st.container(width=WIDTH):
        st.image(png_bytes(picture), words, WIDTH, output_format="PNG", alt=words)


def _go_on(model: TrainedGenerator, asked: str, seeds: tuple[int, ...], images_seen: int) -> None:
    moment = moments.for_link(model, images_seen)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=130):
            seed = st.number_input("Walk to seed", 0, SEED_LIMIT - 1, seeds[0], key="walk-to")
        if st.button("Walk there", icon=":material/timeline:"):
            walk = {"model": model.name, LATENT: asked, "stops": str(seed)}
            walk |= {name: str(value) for name, value in moment.items()}
            st.switch_page("pages/interpolate.py", query_params=walk)
        share.link("generate", model=model.name, latent=asked, **moment)
