"""Moving one latent along the strongest directions of its space: sliders, the picture before and after, and a strip."""

from pathlib import Path

import numpy as np
import streamlit as st
import torch
from torch import Tensor

from gan.errors import ForgerError
from gan.generators import TrainedGenerator, sampling
from gan.generators.directions import COUNT, directions_of
from gan.latents.moves import FARTHEST, Moves, format_moves, moved, parse_moves, strip
from gan.latents.seeds import format_seeds
from ui import address, generated, share, tiles
from ui.asking import ask
from ui.messages import complain, errors_shown, plain
from ui.seeds import finding, moments
from ui.turns import Steps

MOVED, WHICH = "moved", "moving"  # in the address
FOUND = "found"  # among seeds: the latent that the address has
STEP = 0.25
STRIP = 7
WIDTH = 420  # pixels of the picture before and after
LONGEST_NAME = 40  # characters of a direction's name


def show(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int) -> None:
    """Folded, but for who follows a link to a moved picture: one of `seeds`, or the latent of the address, is moved."""
    if MOVED in st.query_params:
        st.session_state.setdefault("directions", True)
    expander = st.expander("Move along directions", key="directions", icon=":material/tune:", on_change="rerun")
    if expander.open:
        with expander:
            _panel(model, seeds, images_seen)


@st.fragment  # moving a slider draws nothing else on the page anew
def _panel(model: TrainedGenerator, seeds: tuple[int, ...], images_seen: int) -> None:
    with errors_shown():  # a fragment that runs alone is outside the shell
        st.markdown(
            "The directions in which the forger's first layer changes most. Nobody told it what they should mean: move "
            "one, and find a word for what you see."
        )
        pictures, controls = st.columns([3, 2], gap="large")
        with controls:
            latent, seed = _choose(model, seeds)
            moves = _sliders(model)
            with st.container(horizontal=True):
                st.button("All back to 0", icon=":material/undo:", on_click=_back)
                _link(model, latent, seed, moves, images_seen)
        address.write()
        with pictures, st.container(key="moving-pictures"):
            st.html(Path(__file__).with_suffix(".css"))
            _result(model, latent, seed, moves, images_seen)


def _choose(model: TrainedGenerator, seeds: tuple[int, ...]) -> tuple[str, tuple[int, ...]]:
    """What is moved: the text of a latent, or one seed."""
    latent = finding.latent(model)
    choices = ([FOUND] if latent else []) + [str(seed) for seed in dict.fromkeys(seeds)]
    with address.kept(WHICH, choices[0], lambda text: choices[choices.index(text)]):
        if st.session_state[WHICH] not in choices:  # other pictures are shown now
            st.session_state[WHICH] = choices[0]
        name = st.selectbox(
            "Picture", choices, key=WHICH, format_func=lambda name: "The found one" if name == FOUND else f"Seed {name}"
        )
    return (latent, ()) if name == FOUND else ("", (int(name),))


def _sliders(model: TrainedGenerator) -> Moves:
    count = min(COUNT, model.config.latent_size)
    keys = {number: _key(number) for number in range(1, count + 1)}
    asked = st.query_params.get(MOVED, "")
    if asked != st.session_state.get("_moved") or any(key not in st.session_state for key in keys.values()):
        moves: Moves = {}
        try:
            moves = parse_moves(asked, count)
        except ForgerError as error:
            complain(error)
        st.session_state.pop("_along", None)
        for number, key in keys.items():
            st.session_state[key] = moves.get(number, 0.0)
    names = _names(model)
    for number, key in keys.items():
        value = st.session_state[key]
        if not (isinstance(value, float) and abs(value) <= FARTHEST):  # a browser can send anything, NaN, too
            st.session_state[key] = 0.0
        st.slider(names[number - 1], -FARTHEST, FARTHEST, step=STEP, key=key, on_change=_last, args=(number,))
    moves = {number: st.session_state[key] for number, key in keys.items() if st.session_state[key]}
    text = st.session_state["_moved"] = format_moves(moves)
    if text != asked:
        address.change(MOVED, text or None)
    return moves


def _key(number: int) -> str:
    return f"direction-{number}"


def _last(number: int) -> None:
    st.session_state["_along"] = number


def _back() -> None:
    for number in range(1, COUNT + 1):
        st.session_state[_key(number)] = 0.0


def _names(model: TrainedGenerator) -> list[str]:
    """What the card calls each direction; those that it has no name for are numbered."""
    given = model.card.get("directions")
    given = given if isinstance(given, list) else []
    names = [plain(name[:LONGEST_NAME]) if isinstance(name, str) and name.strip() else "" for name in given[:COUNT]]
    return [name or f"Direction {number}" for number, name in enumerate(names + [""] * (COUNT - len(names)), 1)]


def _result(model: TrainedGenerator, latent: str, seed: tuple[int, ...], moves: Moves, images_seen: int) -> None:
    along = st.session_state.get("_along") or max(moves, key=lambda number: abs(moves[number]), default=1)
    along = min(along, model.config.latent_size)  # it may be another generator's
    before, after, *others = _pictures(model, latent, seed, moves, along, images_seen)
    with st.container(width=WIDTH):
        st.html(tiles.page([tiles.row("Before and after", np.stack([before, after]), ["before", "moved"])]))
    amounts = np.linspace(-FARTHEST, FARTHEST, STRIP)
    title = f"{_names(model)[along - 1]}, from end to end"
    st.html(tiles.page([tiles.row(title, np.stack(others), [f"{amount:+g}" if amount else "0" for amount in amounts])]))


def _link(model: TrainedGenerator, latent: str, seed: tuple[int, ...], moves: Moves, images_seen: int) -> None:
    place: dict[str, object] = {"model": model.name, "seeds": format_seeds(seed)} if seed else {"model": model.name}
    place |= {"latent": latent, WHICH: FOUND} if latent else {WHICH: seed[0]}
    share.link("generate", **place, moved=format_moves(moves), **moments.for_link(model, images_seen))


def _pictures(
    model: TrainedGenerator, latent: str, seed: tuple[int, ...], moves: Moves, along: int, images_seen: int
) -> np.ndarray:
    """The picture as it is, as it is moved, and STRIP more along one direction: (2 + STRIP, R, R, 3) uint8."""
    version, config = generated.version_of(model), model.config
    z = sampling.stops_of(config, latent, seed)

    def work() -> Steps:
        directions = _directions(version, images_seen, model)
        rows, _ = strip(z[0], directions, moves, along, config.latent_distribution, STRIP)
        latents = torch.cat([z, moved(z, directions, moves, config.latent_distribution), rows])
        return (yield from generated.drawn(version, images_seen, latents, model))

    count = 2 + STRIP
    costs = {"pictures": count, "pixels": count * config.resolution**2}
    key = "moved", version, images_seen, latent, seed, format_moves(moves), along
    return ask("generate pictures", key, work, costs)


@st.cache_resource(max_entries=32, show_spinner=False)
def _directions(version: tuple[str, int], images_seen: int, _model: TrainedGenerator) -> Tensor:
    return directions_of(generated.generator_of(version, images_seen, _model))
