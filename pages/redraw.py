"""Bring a picture and have it redrawn by an encoder-decoder GAN."""

from ui import shell

shell.ensure()  # before anything slow is imported

from pathlib import Path

import numpy as np
import streamlit as st

from gan.generators import TrainedGenerator
from gan.generators.canvas import canvas_for
from gan.generators.redraw import Redrawn, with_opacity
from gan.networks import PICTURES
from gan.pictures.files import png_bytes
from gan.pictures.overlays import map_sheet, verdict_picture
from gan.tasks import TASKS
from ui import address, share
from ui.messages import errors_shown
from ui.redraw import redrawing
from ui.redraw.bring import Brought, bring, gives_camera, ways
from ui.redraw.compare import compare
from ui.seeds import generators, moments, wishes

FIRST = "sketch-cat"
# Small pictures are enlarged for the screen by the browser, but a downloaded one should look as it does here.
ENLARGED = 512
# What a link says of the picture that goes in; one's own goes nowhere.
BROUGHT = {"example": ("example",), "seed": ("from", "seed")}


def choose() -> tuple[TrainedGenerator, int]:
    """The generator, and how far in its training."""
    found = generators.some(PICTURES)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=340):
            model = generators.pick(found, "redraw", FIRST)
        return model, moments.choose(model)


@st.fragment  # a stroke on the sheet draws nothing else on the page anew
def work(model: TrainedGenerator, moment: int, way: str) -> None:
    with errors_shown():  # a fragment that runs alone is outside the shell
        st.html(Path(redrawing.__file__).with_suffix(".css"))
        left, right = st.columns(2, gap="large")
        brought = drawn = None
        with left, errors_shown():
            brought = bring(way, model)
        address.write()
        with right, st.container(key="result"), errors_shown():
            if brought is None:
                st.header("Your turn", anchor=False)
                hint = HINTS.get(way, "This way there is no picture now: choose another.")
                # Beside it stands why there can be no photograph.
                st.caption(NO_CAMERA if way == "camera" and not gives_camera(st.context.url) else hint)
                return
            source, redrawn = redrawing.redraw(model, moment, brought)
            before, after = png_bytes(source), png_bytes(redrawn.result)
            height, width = source.shape[:2]
            compare(before, after, "what goes in", "what comes out", "compare", ENLARGED, width / height)
            with st.container(horizontal=True):
                st.download_button(
                    "Download", lambda: png_bytes(enlarged(redrawn.result, brought.alpha)),
                    f"{generators.stem(model)}.png", "image/png", icon=":material/download:", on_click="ignore",
                )  # fmt: skip
                chosen = {key: st.session_state[key] for key in BROUGHT.get(way, ())}
                share.link("redraw", redraw=model.name, moment=moment, bring=way, **chosen)
            drawn = source, redrawn
        if drawn is not None:
            inside(model, moment, brought, *drawn)


def enlarged(picture: np.ndarray, alpha: np.ndarray | None) -> np.ndarray:
    """With its shorter side as long as a square's, and as see-through as `alpha` says."""
    picture = canvas_for(picture, ENLARGED).fit(picture)
    return picture if alpha is None else with_opacity(picture, alpha)


def inside(model: TrainedGenerator, moment: int, brought: Brought, source: np.ndarray, redrawn: Redrawn) -> None:
    # Only what is unfolded is worked out: while somebody draws, there is no time for more.
    verdicts = st.expander(
        "Where was the inspector not fooled?", icon=":material/policy:", key="verdicts", on_change="rerun"
    )
    if verdicts.open:
        with verdicts:
            if brought.square:
                show_verdicts(redrawn.result, redrawing.verdicts(model, moment, brought, source, redrawn.result))
            else:
                st.caption(SQUARES_ONLY)
    wishes.folded(
        lambda: ([""], redrawn.result[None], redrawing.wishes(model, moment, brought, source, redrawn.result)),
        "" if brought.square else SQUARES_ONLY,
    )
    maps = st.expander("What passes through the bottleneck?", icon=":material/compress:", key="maps", on_change="rerun")
    if maps.open:
        with maps:
            show_maps(model, redrawn)


def show_verdicts(result: np.ndarray, verdicts: np.ndarray | None) -> None:
    if verdicts is None:
        st.caption("The inspector of this generator was not kept.")
        return
    picture, words = st.columns([1, 1], gap="large", vertical_alignment="center")
    picture.image(png_bytes(verdict_picture(result, verdicts)), width="stretch", output_format="PNG",
                  alt="The redrawn picture, its patches coloured by the inspector's verdicts")  # fmt: skip
    words.markdown(
        "The inspector looks at what went in and what came out, and judges each of 8 x 8 patches. **Red**: here it "
        "would have known the forgery. **Green**: here it would have been fooled. No colour: it can only guess. It "
        "compares each patch with the same patch of the picture that training would have asked for; a drawing by hand "
        "has none, and where pairs were collected nobody knows it: there the patches are compared with each other. "
        "It is the inspector at the end of its training, whichever moment of the forger you chose."
    )


def show_maps(model: TrainedGenerator, redrawn: Redrawn) -> None:
    channels, height, width = redrawn.stages[-1].shape
    before, after = 12 * redrawn.stages[0][0].size, channels * height * width  # the first has halved both sides
    st.markdown(
        f"The encoder has turned {before:,} numbers into **{channels} maps of {height} x {width}**: {after:,} numbers, "
        f"{after / before:.0%} of them. "
        + (
            "*Skip connections* also hand the decoder what the encoder saw on the way, so not everything has to "
            "pass through here. Train without them, and you see what the bottleneck alone can carry."
            if model.config.skips
            else "This generator has no skip connections: all that comes out has passed through here."
        )
    )
    sheet = map_sheet(redrawn.stages[-1])
    st.image(png_bytes(sheet), caption="The narrowest place: its first maps, each from its lowest value (black) to its "
             "highest (white)", output_format="PNG", width="stretch",
             alt="Sheet of the bottleneck's first maps, as grey pictures")  # fmt: skip
    for stage in redrawn.stages[:2]:
        caption = f"On the way there: some of {len(stage)} maps of {stage.shape[1]} x {stage.shape[2]}"
        alt = f"Sheet of the encoder's maps of {stage.shape[1]} x {stage.shape[2]}, as grey pictures"
        st.image(png_bytes(map_sheet(stage, most=16)), caption=caption, output_format="PNG", width="stretch", alt=alt)


HINTS = {
    "draw": "Draw on the sheet with mouse or finger. What comes out follows while you draw.",
    "upload": "Choose a picture file. All of it is redrawn, or a square of it.",
    "camera": "Take a photograph. All of it is redrawn, or a square of it.",
    "seed": "Choose a generator and a seed.",
}
SQUARES_ONLY = "The inspector judges squares only. Choose *Square* beside your picture, and it says what it thinks."
NO_CAMERA = "Choose another way: here there is no camera."

st.title("Redraw a picture", anchor=False)
st.markdown(
    "Here the **forger** is given a picture instead of random numbers. Its *encoder* compresses what it sees, its "
    "*decoder* draws it again in another way. While it learned, each pixel had to come near the picture asked for "
    "(L1), and the **inspector**, who saw what went in and what came out, said of each patch whether it was real."
)
model, moment = choose()
generators.describe(model)
titles = ways(model)
choices = list(titles)
with address.kept("bring", choices[0], lambda text: choices[choices.index(text)]):
    if st.session_state["bring"] not in choices:  # this generator's task does not start from drawings
        st.session_state["bring"] = choices[0]
    way = st.segmented_control(
        "Your picture", choices, format_func=lambda way: titles[way], required=True, key="bring", wrap=True
    )
address.write()
work(model, moment, way or choices[0])

with st.expander("What happens here, and why", icon=":material/school:"):
    task = TASKS[model.config.task]
    failures = (
        """
- **Why some drawings fail.** The forger has seen sketches of the pictures that it learned from, and nothing else. If
  these were heads that fill the frame, draw one like that, and it knows what to do; a whole cat on a sofa it takes for
  a strange head.
        """
        if task.drawable
        else ""
    )
    learned_from = generators.learned_from(model)
    pairs = (
        f"""Somebody collected them for this generator ({learned_from}): of two pictures that belong together, one went
  in, and the other should come out. So what you bring goes in as it is, and should be like what went in then."""
        if task.collected
        else f"""This generator learned *{task.title.lower()}*. Nobody collected pairs for that: one half of each was a
  picture of {learned_from}, the other was computed from it. A sketch, for example, is traced along the edges of the
  photograph, with an unsteady hand."""
    )
    st.markdown(
        f"""
- **Where the pairs come from.** {pairs}
- **Two wishes.** Each pixel should be near the target (L1), and the inspector should believe the picture. With the
  first wish alone, everything that the source leaves open comes out as the average of what it could be: grey and
  blurred. The inspector knows that real pictures are neither.
- **An inspector of patches** need not see the whole picture at once to know fur from a blur (pix2pix, Isola et al.
  2017). This one gives one verdict on the whole, too: a patch alone cannot tell that an eye is missing. It is only an
  encoder: the half of the forger that looks.
- **The bottleneck.** What the encoder leaves at 4 x 4 has forgotten where single pixels were, and knows what they
  meant. Skip connections bring the exact places back.
        """
        + failures
    )
