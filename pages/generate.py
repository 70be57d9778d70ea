"""Make pictures from seeds."""

from ui import shell

shell.ensure()  # before anything slow is imported

import streamlit as st

from gan.errors import ForgerError
from gan.latents.seeds import format_seeds, parse_seeds, surprise_seeds
from ui import address, asking, generated, share
from ui.messages import errors_shown
from ui.picture_grid import picture_grid
from ui.seeds import finding, generators, moments, moving, nearest, seed_input, wishes

SEEDS, DEFAULT_SEEDS = "seeds", "1-16"
PICKED = "picked"
PER_PAGE = 64


def surprise() -> None:
    """As many seeds as now, from anywhere; one after the other, so that the link stays short."""
    count = len(seed_input.last(SEEDS, DEFAULT_SEEDS))
    (first,) = surprise_seeds(1)
    st.session_state[SEEDS] = format_seeds(range(first, first + count))
    keep_picked([])


def keep_picked(seeds: list[int]) -> None:
    """Picks live in the address alone: they outlast a refresh, and a link shows them."""
    address.change(PICKED, format_seeds(seeds) if seeds else None)


def picked() -> list[int]:
    try:
        return parse_seeds(st.query_params[PICKED])
    except (KeyError, ForgerError):
        return []


st.title("Ask the forger for pictures", anchor=False)
st.markdown(
    "The **forger** (generator) has never seen a real picture, only the inspector's verdict on its own. Give it "
    "a **seed**, any whole number, and it paints what it believes in by now. The same seed is always the same picture."
)

found = generators.some()
seed_input.without_truncation()
controls, complaints = st.container(), st.container()
# These widths make one row on a desk and three on a phone.
with controls, st.container(horizontal=True, vertical_alignment="bottom"):
    with st.container(width=340):
        model = generators.pick(found)
    with st.container(width=212):
        seeds = seed_input.seeds(
            "Seeds",
            SEEDS,
            DEFAULT_SEEDS,
            "Whole numbers and ranges, as you like: 7 or 1-16 or 3, 8, 20-24.",
            complaints,
        )
    st.button("Surprise me", icon=":material/casino:", on_click=surprise)
    page, pages = 1, -(-len(seeds) // PER_PAGE)
    address.chosen_among("page", pages)  # before anything is written
    moment = moments.choose(model, 212)
    with st.container(width=165), address.kept("columns", 8, address.within(1, 12)):
        columns = st.slider("Columns", 1, 12, key="columns")
address.write()
generators.describe(model)

if pages > 1:
    with address.kept("page", 1, address.within(1, pages)):
        page = st.pagination(pages, key="page")
    address.write()
shown = seeds[(page - 1) * PER_PAGE : page * PER_PAGE]
stem = generators.stem(model)
with errors_shown():  # who has asked for too much keeps the rest of the page
    urls = generated.picture_urls(model, shown, moment)
    picture_grid(urls, shown, columns, stem, "pictures", picked(), keep_picked)

next_step, files = st.columns([2, 3], vertical_alignment="center")
with next_step:
    if not picked():
        st.markdown(":material/touch_app: Click a picture to **redraw it**, two or more to **walk between them**.")
    elif len(picked()) == 1:
        if st.button(f"Redraw seed {picked()[0]}", type="primary", icon=":material/draw:"):
            wish = {"bring": "seed", "from": model.name, "seed": str(picked()[0])}
            if fitting := generators.redrawing_like(model):
                wish["redraw"] = fitting
            st.switch_page("pages/redraw.py", query_params=wish)
    elif st.button(f"Walk between the {len(picked())} you picked", type="primary", icon=":material/timeline:"):
        walk = {"model": model.name, "stops": format_seeds(picked())}
        walk |= {name: str(value) for name, value in moments.for_link(model, moment).items()}
        st.switch_page("pages/interpolate.py", query_params=walk)
with files, st.container(horizontal=True, horizontal_alignment="right"):
    st.download_button(
        "All as one sheet",
        asking.later(lambda: generated.sheet(model, seeds, moment, columns)),
        f"{stem}.png",
        "image/png",
        icon=":material/grid_on:",
        on_click="ignore",
    )
    st.download_button(
        "All in a ZIP",
        asking.later(lambda: generated.archive(model, seeds, moment)),
        f"{stem}.zip",
        "application/zip",
        icon=":material/folder_zip:",
        on_click="ignore",
    )
    place = {"model": model.name, "seeds": format_seeds(seeds), "columns": columns}
    share.link("generate", **place, **moments.for_link(model, moment))

moving.show(model, tuple(picked() or shown), moment)
finding.show(model, tuple(picked() or shown), moment)
nearest.show(model, tuple(shown), moment)
wishes.show(model, tuple(picked() or shown), moment)

with st.expander("What happens here, and why", icon=":material/school:"):
    st.markdown(
        f"""
- **From a seed to a picture.** The seed starts a random number generator, which draws {model.config.latent_size}
  numbers: the **latent**. The generator network turns them into a picture. No step has any chance left in it, so the
  same seed gives the same picture, on every machine, for as long as the generator is the same. A run that is still
  learning becomes another generator with every checkpoint.
- **What a latent means.** Nothing, before the training. While it learned, the forger had to find a use for these
  numbers: some directions came to mean brightness, others a pose, fur or hair. Nobody told it which. Neighbouring
  latents give similar pictures; neighbouring *seeds* do not, because 7 and 8 start quite different random numbers.
- **Directions.** The first layer multiplies the latent by a table of numbers. From the table alone one can tell along
  which directions its features change most (SeFa, Shen & Zhou 2021). What these mean shows only when you move along
  them, and one of them often changes several things at once.
- **From a picture to a latent.** No network does that here. A search starts from three latents and follows the slope
  of the difference between picture and picture: the generator is left as it is, and only the latent moves.
- **Why it need not copy.** The **discriminator**, our inspector, saw the real pictures; the generator saw none of
  them, only how each of its own was judged and in which direction the verdict would have been better. Endless latents
  and a limited memory push it to learn what the pictures have in common. With few pictures and long training it may
  copy all the same: *Does it copy?* above puts that to the test.
- **After so much training.** A run keeps its generator after 1, 2, 4, 8, ... thousand images. Move the slider and the
  same seeds show what it made of them then: early on they differ in colour alone, and what a seed will become is
  decided little by little.
- **Some pictures are bad.** Nothing has been sorted out for you. A generator that trained longer, on more pictures,
  draws fewer of them.
        """
    )
