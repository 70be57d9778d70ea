"""Walk from one latent to another, and film it."""

from ui import shell

shell.ensure()  # before anything slow is imported

from functools import partial

import streamlit as st

from gan.errors import ForgerError
from gan.generators import TrainedGenerator
from gan.latents.seeds import format_seeds, surprise_seeds
from gan.latents.walk import PATH_MODES
from gan.pictures.files import png_bytes
from gan.pictures.sheet import filmstrip
from ui import address, asking, generated, share
from ui.data_url import data_url
from ui.messages import complain, errors_shown
from ui.picture_grid import picture_grid
from ui.seeds import finding, generators, moments, seed_input

STOPS, DEFAULT_STOPS = "stops", "3,8"
MOST_STOPS = 16
MOST_CHOICE = 24
STRIP = 12
FEWEST, MOST_FRAMES, STEP = 36, 240, 12
FILMS = {".mp4": ("MP4", "video/mp4"), ".gif": ("GIF", "image/gif"), ".webp": ("WebP", "image/webp")}


def surprise() -> None:
    st.session_state[STOPS] = format_seeds(surprise_seeds(len(seed_input.last(STOPS, DEFAULT_STOPS))))


def take(seeds: list[int]) -> None:
    st.session_state[STOPS] = format_seeds(seeds)


def whole_frames(text: str) -> int:
    """A number of frames from the address, as the slider has it."""
    return round(address.within(FEWEST, MOST_FRAMES)(text) / STEP) * STEP


def without_latent() -> None:
    address.change(finding.LATENT, None)


def choose_stops(model: TrainedGenerator, moment: int) -> tuple[str, tuple[int, ...]]:
    """The text of a latent to start from, "" where the address has none; and the seeds."""
    latent = finding.latent(model)
    row, complaints = st.container(horizontal=True, vertical_alignment="bottom"), st.container()
    with row:
        with st.container(width=212):
            stops = seed_input.seeds(
                "Stops on the way",
                STOPS,
                DEFAULT_STOPS,
                "The seeds to walk between, in this order: two, or more for a longer way.",
                complaints,
                limit=MOST_STOPS,
                least=1 if latent else 2,
            )
        st.button("Surprise me", icon=":material/casino:", on_click=surprise)
        with st.popover("Pick from pictures", icon=":material/touch_app:"):
            st.caption("Click pictures in the order of the walk; click again to leave one out.")
            made = seed_input.last("seeds", f"1-{MOST_CHOICE}")  # on Generate
            choice = tuple(dict.fromkeys(made))[:MOST_CHOICE]
            urls = generated.picture_urls(model, choice, moment)
            picture_grid(urls, choice, 6, generators.stem(model), "choice", stops, take)
    start = st.container()
    if asked := st.query_params.get(finding.LATENT):
        with start, st.container(horizontal=True, vertical_alignment="center"):
            start_here(model, asked, moment)
    urls = generated.picture_urls(model, stops, moment)
    picture_grid(urls, stops, len(stops), generators.stem(model), "stop-pictures", widest=112)
    return latent, stops


def start_here(model: TrainedGenerator, asked: str, moment: int) -> None:
    """The latent in the address, before the seeds."""
    try:
        picture = generated.latent_picture(model, asked, moment)
    except ForgerError as error:
        complain(error)
    else:
        st.image(png_bytes(picture), "starts here", 112,
                 output_format="PNG", alt="The picture of the latent in the address")  # fmt: skip
    st.button("Start at the seeds", icon=":material/close:", type="tertiary", on_click=without_latent)


@st.fragment  # moving its slider draws nothing else anew
def stop_at_a_frame(model: TrainedGenerator, walk: generated.Walk) -> None:
    with errors_shown():  # a fragment that runs alone is outside the shell
        one_frame(model, walk)


def one_frame(model: TrainedGenerator, walk: generated.Walk) -> None:
    pictures = generated.walk_frames(model, walk)
    large, choice = st.columns([1, 2], gap="large", vertical_alignment="center")
    with choice:
        strip = png_bytes(filmstrip(pictures, STRIP, gap=0))
        st.image(strip, width="stretch", output_format="PNG", alt=f"{STRIP} pictures evenly spaced along the walk")
        start = 1 + len(pictures) // 4  # on a way there and back, the middle between the ends
        with address.kept("frame", start, address.within(1, len(pictures))):
            number = st.slider("Stop at frame", 1, len(pictures), key="frame")
        address.write()
    with large:
        # Not st.image: moved fast, its picture is often thrown away before the browser has fetched it.
        still = data_url(png_bytes(pictures[number - 1]))
        name = f"{generators.stem(model)}-{format_seeds(walk.stops)}-frame"
        picture_grid([still], [number], 1, name, "still", widest=360, noun="frame")


st.title("Walk between two pictures", anchor=False)
st.markdown(
    "Two seeds are two places in the world that the **forger** (generator) has imagined, and nothing stops you from "
    "visiting the places between. If every picture on the way looks right, and changes a little at a time, the forger "
    "has not learned single pictures by heart, but something about all of them."
)

found = generators.some()
seed_input.without_truncation()
screen, controls = st.columns([2, 3], gap="large")
with controls:
    model = generators.pick(found)
    generators.describe(model)
    here = st.container()  # the stops, which are drawn at the moment that is asked for below them
    left, right = st.columns(2)
    with left:
        with address.kept("way", PATH_MODES[0], lambda text: PATH_MODES[PATH_MODES.index(text)]):
            mode = st.segmented_control(
                "Way",
                PATH_MODES,
                required=True,
                format_func=str.capitalize,
                key="way",
                help="Along the sphere on which nearly all latents lie, or straight through its inside.",
            )
        with address.kept("back", True, address.yes_or_no):
            back = st.toggle("There and back", key="back")
    with right:
        with address.kept("frames", 96, whole_frames):
            frames = st.slider(
                "Frames", FEWEST, MOST_FRAMES, step=STEP, key="frames",
                help=f"The film shows {generated.FRAMES_PER_SECOND} of them a second.",
            )  # fmt: skip
        address.chosen_among("frame", frames)  # before anything is written
        moment = moments.choose(model)
    with here:
        latent, stops = choose_stops(model, moment)
address.write()

walk = generated.Walk(stops, moment, frames, mode or PATH_MODES[0], back, latent)
with screen:
    film = generated.walk_film(model, walk, ".mp4")
    between = format_seeds(stops)
    start = {finding.LATENT: latent} if latent else {}
    st.video(film, loop=True, autoplay=True, muted=True, alt=f"A film of the walk through the seeds {between}")
    with st.container(horizontal=True):
        for suffix, (label, kind) in FILMS.items():
            st.download_button(
                label,
                asking.later(partial(generated.walk_film, model, walk, suffix)),
                f"{generators.stem(model)}-{between}{suffix}",
                kind,
                icon=":material/download:",
                on_click="ignore",
            )
        share.link(
            "interpolate",
            model=model.name,
            stops=between,
            **start,
            way=mode,
            frames=frames,
            back=str(back).lower(),
            **moments.for_link(model, moment),
        )

st.header("Frame by frame", anchor=False)
stop_at_a_frame(model, walk)

with st.expander("What happens here, and why", icon=":material/school:"):
    st.markdown(
        f"""
- **Walking means mixing numbers, not pictures.** Each seed stands for a *latent*, {model.config.latent_size} random
  numbers. Every frame takes a little more of the second latent and a little less of the first, and the generator draws
  the mixture as it draws any other latent. Fading one photograph into another would show two ghosts; here every frame
  is one picture.
- **Why it is smooth.** A generator is a chain of smooth steps, one after the other: move the latent a little, and the
  picture moves a little. A jump, or a stretch where nothing happens, tells you something about how well it learned.
- **Why spherical.** The length of a latent of many normal random numbers hardly varies: nearly all of them lie close to
  a sphere around the middle (for {model.config.latent_size} numbers, of radius about
  {model.config.latent_size**0.5:.0f}). A straight line between two of them cuts through the inside, where the generator
  never practised: half-way it is about 30 % too close to the middle. An arc stays on the sphere. (Uniform latents
  fill a cube instead; there neither way is better.) Choose *linear* and
  watch the middle of the film: it is often paler, and more average.
- **There and back** returns through the same places, so that the film can repeat without a jump.
- **In the latent lies meaning**, but nobody put labels on it: on the way from one seed to another several things change
  at once. To change one of them alone, one has to find its direction first.
        """
    )
