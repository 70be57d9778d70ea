"""Bringing a picture to be redrawn: drawn by hand, an example, a file, the camera, or one that a forger made."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from gan.data import incoming
from gan.data.drawn import drawn_picture
from gan.data.incoming import Incoming
from gan.errors import ForgerError
from gan.generators import TrainedGenerator, list_generators
from gan.generators.origin import data_name
from gan.latents.seeds import SEED_LIMIT
from gan.networks import LATENTS
from gan.pictures.crop import crop
from gan.pictures.files import png_bytes
from gan.tasks import TASKS
from ui import generated
from ui.address import chosen_among, kept, within
from ui.data_url import data_url
from ui.messages import plain
from ui.picture_grid import picture_grid
from ui.redraw import reading
from ui.redraw.crop_box import crop_box, whole_picture
from ui.redraw.sketch_pad import sketch_pad

MEGABYTES = incoming.MAX_BYTES // 2**20
KINDS = f"{', '.join(incoming.KINDS[:-1])} or {incoming.KINDS[-1]}"
PARTS = {"whole": "Whole picture", "square": "Square"}
EXAMPLES = 6
DRAWN_RESOLUTION = 128


@dataclass(frozen=True, eq=False)
class Brought:
    """A picture (H, W, 3) uint8; a `finished` one is drawn already, and goes into the network as it is. `alpha`
    (H, W) uint8 is the opacity that what is made of it shall have, too, if any."""

    picture: np.ndarray
    finished: bool = False
    alpha: np.ndarray | None = None

    @property
    def square(self) -> bool:
        return self.picture.shape[0] == self.picture.shape[1]


def bring(way: str, model: TrainedGenerator) -> Brought | None:
    """The widgets for one of `ways`; None while there is no picture yet."""
    return _WAYS[way](model)


def ways(model: TrainedGenerator) -> dict[str, str]:
    """How a picture can be brought to `model`, with titles; for drawing by hand its task must start from drawings."""
    titles = {
        "draw": ":material/draw: Draw", "example": ":material/photo_library: Examples",
        "upload": ":material/upload: Upload", "camera": ":material/photo_camera: Camera",
        "seed": ":material/casino: From a seed",
    }  # fmt: skip
    return titles if TASKS[model.config.task].drawable else {way: titles[way] for way in titles if way != "draw"}


def _draw(model: TrainedGenerator) -> Brought | None:
    turn, name = st.session_state.get("sheet-example", (0, None))
    picture = sketch_pad("sheet", None if name is None else _sketches()[name], turn)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption("No idea?", width="content")
        for example in _sketches():
            st.button(example, key=f"sheet-{example}", type="tertiary", on_click=_put, args=(example, turn + 1))
    return None if picture is None else Brought(picture, finished=True)


def _put(example: str, turn: int) -> None:
    st.session_state["sheet-example"] = turn, example


@cache  # not Streamlit's, which copies them for every stroke of a hand
def _sketches() -> dict[str, list]:
    """Ready-made drawings by name: for each line of one its points (x, y) from 0 to 1."""
    return json.loads(Path(__file__).with_name("sketches.json").read_text(encoding="utf-8"))


def _upload(model: TrainedGenerator) -> Brought | None:
    return _framed(_file("upload"), model, "upload")


def _file(key: str) -> UploadedFile | None:
    # Of any type: browsers know files by their endings, and refuse without a word of ours what we could read or name.
    return st.file_uploader(
        f"A picture, at most {MEGABYTES} MB", key=key, max_upload_size=MEGABYTES,
        help=f"{KINDS}. It is kept in memory for as long as you look at it, and nowhere else.",
    )  # fmt: skip


def photograph(key: str) -> np.ndarray | None:
    """The widgets for a square out of a picture file (n, n, 3) uint8; None while there is none yet.

    `key` begins the names of the widgets. Phones offer their camera where a file is asked for.
    """
    file = _file(f"{key}-upload")
    if file is None:
        return None
    picture = _read(file.file_id, file).picture
    return crop(picture, *crop_box(picture, key=f"{key}-crop"))


def _camera(model: TrainedGenerator) -> Brought | None:
    if not gives_camera(st.context.url):
        st.info(
            "The camera does not work here: browsers give it only to pages with an https address or from the machine "
            "itself. Upload a picture instead; a phone offers its camera there, too.",
            icon=":material/no_photography:",
        )
        if st.button("Upload a picture", icon=":material/upload:", on_click=_choose, args=("upload",)):
            st.rerun()  # the whole page: the ways stand outside the fragment
        return None
    photograph = st.camera_input(
        "Your camera", key="camera",
        help="The photograph is kept in memory for as long as you look at it, and nowhere else.",
    )  # fmt: skip
    return _framed(photograph, model, "camera")


def gives_camera(url: str | None) -> bool:
    """Whether browsers give a camera to the page at `url`, which is a secure context: it has https or is the browser's
    own machine. `st.context.url` is the browser's own, so that behind a proxy it has the proxy's https."""
    try:
        parts = urlsplit(url or "https:")
    except ValueError:  # no browser is at such an address
        return False
    host = parts.hostname or ""
    with suppress(ValueError):  # a name
        return parts.scheme == "https" or ip_address(host).is_loopback
    return parts.scheme == "https" or host.split(".")[-1] == "localhost"


def _choose(way: str) -> None:
    st.session_state["bring"] = way


def _framed(file: UploadedFile | None, model: TrainedGenerator, key: str) -> Brought | None:
    if file is None:
        return None
    read = _read(file.file_id, file)
    finished = False
    if TASKS[model.config.task].drawable:
        finished = st.toggle(
            "It is a drawing already", key=f"{key}-finished",
            help="Dark lines on light paper. Otherwise the lines are first traced from the photograph.",
        )  # fmt: skip
    picture, alpha = _part(read, key)
    if alpha is not None and not st.toggle("What comes out is see-through, too", True, key=f"{key}-see-through",
                                           help="In the file that you download."):  # fmt: skip
        alpha = None
    return Brought(picture, finished, alpha)


def _part(read: Incoming, key: str) -> tuple[np.ndarray, np.ndarray | None]:
    """All of a picture and its opacity, or the square of both that the visitor frames."""
    part = st.segmented_control(
        "What is redrawn", list(PARTS), format_func=lambda part: PARTS[part], default="whole", required=True,
        key=f"{key}-part", help="The forger learned from squares: a sketch of a head is best framed like those.",
    )  # fmt: skip
    if part != "square":
        whole_picture(read.picture)
        return read.picture, read.alpha
    box = crop_box(read.picture, key=f"{key}-crop")
    return crop(read.picture, *box), None if read.alpha is None else crop(read.alpha, *box)


# Each visitor's own, and gone with the visitor.
@st.cache_data(max_entries=2, scope="session", show_spinner=False)
def _decoded(file_id: str, _file: UploadedFile) -> Incoming:
    return reading.read(_file.getvalue())


def _read(file_id: str, file: UploadedFile) -> Incoming:
    """The picture, with a line on what was done to read it. Raises ForgerError where it is refused."""
    read = _decoded(file_id, file)
    if read.remarks:
        st.caption(plain(" ".join(read.remarks)))
    return read


def _example(model: TrainedGenerator) -> Brought:
    examples = _examples(model)
    with kept("example", 1, within(1, len(examples))):
        chosen = st.session_state["example"] = min(st.session_state["example"], len(examples))

    def keep(picked: list[int]) -> None:
        if picked:  # a second click on the same would leave none
            st.session_state["example"] = picked[-1]

    urls = [data_url(png_bytes(example)) for example in examples]
    numbers = range(1, len(examples) + 1)
    picture_grid(urls, numbers, 4, "example", "examples", [chosen], keep, widest=128, noun="example")
    st.caption("None of these exists: they were made by the generators that came with Forger, or drawn by its code.")
    return Brought(examples[chosen - 1])


def _examples(model: TrainedGenerator) -> list[np.ndarray]:
    """Pictures of the kind that `model` learned from, if a generator for them shipped, and two cartoon ones."""
    forgers = [one for one in _forgers(model) if not one.name.startswith("run:")]
    made = []
    with suppress(ForgerError):  # one that is broken says so on Generate; here, the cartoons are left
        made = [*generated.some(forgers[0], tuple(range(1, EXAMPLES + 1)), forgers[0].images_seen)] if forgers else []
    return made + _cartoons()


def _forgers(model: TrainedGenerator) -> list[TrainedGenerator]:
    """The generators that draw from seeds, first those of what `model` learned from, then those nearest in size."""
    forgers = [one for one in list_generators() if one.kind == LATENTS]
    name, resolution = data_name(model), model.config.resolution
    return sorted(forgers, key=lambda one: (data_name(one) != name, abs(one.config.resolution - resolution)))


@st.cache_data(show_spinner=False)
def _cartoons() -> list[np.ndarray]:
    return [drawn_picture(name, 0, DRAWN_RESOLUTION) for name in ("drawn-cats", "drawn-faces")]


def _seed(model: TrainedGenerator) -> Brought | None:
    forgers = {one.name: one for one in _forgers(model)}
    if not forgers:
        st.info("There is no generator yet that draws from seeds.")
        return None
    names = list(forgers)
    chosen_among("from", data_name(model))
    left, right = st.columns([2, 1])
    with left, kept("from", names[0], lambda text: names[names.index(text)]):
        name = st.selectbox("Made by", names, key="from")
    with right, kept("seed", 1, int):
        seed = st.number_input("Seed", 0, SEED_LIMIT - 1, step=1, key="seed")
    (picture,) = generated.some(forgers[name], (seed,), forgers[name].images_seen)
    st.image(png_bytes(picture), width=128, output_format="PNG", alt=f"The picture of seed {seed}")
    return Brought(picture)


_WAYS: dict[str, Callable[[TrainedGenerator], Brought | None]] = {
    "draw": _draw, "example": _example, "upload": _upload, "camera": _camera, "seed": _seed,
}  # fmt: skip
