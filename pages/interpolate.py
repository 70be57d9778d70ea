"""Walk from one latent to another, and film it."""

import streamlit as st

from gan.pictures import filmstrip, png_bytes
from gan.sampling import format_seeds, surprise_seeds
from ui import drawing, models, seed_input, share, shell
from ui.picture_grid import data_url, picture_grid

shell.ensure()

STOPS, DEFAULT_STOPS = "stops", "3, 8"
MOST_STOPS = 16
CHOICE = tuple(range(1, 25))  # to pick stops from, where nothing has been made on Generate
FILMSTRIP = 12


def surprise() -> None:
    st.session_state[STOPS] = format_seeds(surprise_seeds(len(seed_input.last(STOPS, DEFAULT_STOPS))))


def take(seeds: list[int]) -> None:
    st.session_state[STOPS] = format_seeds(seeds)


st.title("Walk between two pictures", anchor=False)
st.markdown(
    "Two seeds are two places in the world that the **forger** (generator) has imagined, and nothing stops us from "
    "going to the places between. It never practised these very pictures, and no inspector ever judged them; if each "
    "step still looks right, it has learned more than a list of pictures by heart."
)

screen, controls = st.columns([3, 2], gap="large")
with controls:
    model = models.pick()
    models.describe(model)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=200):
            stops = seed_input.seeds(
                "Stops",
                STOPS,
                DEFAULT_STOPS,
                "The seeds to walk between, in this order: two, or more for a longer way.",
                limit=MOST_STOPS,
                least=2,
            )
        st.button("Surprise me", icon=":material/casino:", on_click=surprise)
    stem = model.name.removeprefix("run:")
    truncation = seed_input.truncation()
    picture_grid(drawing.picture_urls(model, stops, truncation), stops, max(4, len(stops)), stem, "stop-pictures")
    with st.popover("Pick from pictures", icon=":material/touch_app:"):
        choice = tuple(seed_input.last("seeds", "1-24"))[:24]
        picture_grid(drawing.picture_urls(model, choice, truncation), choice, 6, stem, "choice", stops, take)
    mode = st.segmented_control(
        "Way", ["spherical", "linear"], default="spherical", required=True, key="way", bind="query-params"
    )
    back = st.toggle("There and back", True, key="back", bind="query-params")
    frames = st.slider("Frames", 24, 240, 96, 12, key="frames", bind="query-params")
    walk = drawing.Walk(stops, truncation, frames, mode, back)

with screen:
    pictures = drawing.walk_frames(model, walk)
    st.video(drawing.walk_film(model, walk, ".mp4"), loop=True, autoplay=True, muted=True, alt="The film of the walk")

st.image(png_bytes(filmstrip(pictures, FILMSTRIP)), width="stretch", output_format="PNG", alt="Filmstrip")
