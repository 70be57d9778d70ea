"""The one picture that a person brings to be redrawn: read whole, or refused in one plain sentence."""

import re
import stat
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from gan.data.own.files import MAX_FILE_BYTES, folder_listing
from gan.data.own.framing import SMALL
from gan.data.picture import decode, formats, ground, memory
from gan.errors import ForgerError

MAX_SIDE = 1024
MAX_BYTES = 20 * 2**20  # of a stranger's file

ENLARGED = 256  # pixels that the shorter side of such a picture then has about

# No icons: Pillow decodes one as it opens it, before anybody could ask how large the picture inside is.
FORMATS = tuple(name for name in formats.FORMATS if name != "ICO")
# What pages take from strangers. The others are read slowly, and hardly anybody has them.
PAGE_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF", "BMP", "TIFF")
_NAMES = {"HEIF": "HEIC", "WEBP": "WebP"}  # as people know them
KINDS = [_NAMES.get(name, name) for name in PAGE_FORMATS]

TOO_DEAR = (
    "takes too long or too much memory to read: save the picture anew as JPEG, with fewer pixels, and bring that."
)
_SENTENCES = {
    decode.NOT_A_PICTURE: "is not a picture that can be read; these work: ",
    decode.TOO_DEAR: TOO_DEAR,
    decode.UNUSUAL["HEIF"]: "is a HEIC photo that is damaged, or of an unusual kind: save it as JPEG and bring that.",
    decode.UNUSUAL["TIFF"]: "is a TIFF that is damaged, or of an unusual kind: save it as PNG and bring that.",
    decode.BROKEN: "is a broken picture: part of the file is damaged or missing.",
    decode.TOO_LARGE: (
        f"has so many pixels that reading it would take more than {memory.MOST // 2**20} MB of memory: save it as an "
        "ordinary JPEG (not a progressive one), which takes little, or make it smaller."
    ),
    decode.TOO_SMALL: f"is too small: each side needs at least {decode.MIN_SIDE} pixels.",
    decode.TOO_NARROW: (
        f"is too narrow: its longer side has to shrink to {MAX_SIDE} pixels, which would leave "
        f"fewer than {decode.MIN_SIDE} of the other."
    ),
}


@dataclass(frozen=True, eq=False)
class Incoming:
    """A picture that was brought: RGB uint8 (H, W, 3), its opacity uint8 (H, W), None where all of it is opaque, and
    sentences about what was done to it that its owner might not expect."""

    picture: np.ndarray
    alpha: np.ndarray | None = None
    remarks: tuple[str, ...] = ()


# How files of other kinds begin, for a refusal that says what they are.
_OTHERS = {
    "a Netpbm picture": rb"P[1-7]\s",
    "a JPEG 2000 picture": rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51",
    "an icon": rb"\x00\x00[\x01\x02]\x00",
    "a Photoshop file": rb"8BPS",
    "a PDF": rb"%PDF",
    "an SVG drawing": rb"\s*(<\?xml[^>]{0,200}>\s*)?<svg",
    "a ZIP": rb"PK\x03\x04",
}


def read_picture(data: bytes) -> Incoming:
    """What a visitor of a page brings, one of PAGE_FORMATS, at most MAX_SIDE pixels a side.

    It is RGB and whole, turned as the EXIF data say, laid over a ground that shows it where it is see-through, and the
    first frame of an animation, or the main picture of several; colour profiles are ignored. A small one is enlarged by
    a whole factor, without smoothing. Raises ForgerError for what is no such picture, is broken, would take too much
    memory, has more than MAX_BYTES, or is too small or too narrow. Strangers' pictures go through `gan.data.decoder`.
    """
    return _read(data, "This file", PAGE_FORMATS, MAX_BYTES)


def read_file(path: Path) -> Incoming:
    """The picture in a file of one's own, of any of FORMATS and up to 64 MB, as `read_picture` gives it.

    Raises ForgerError that names the file, as `read_picture` does and if it is missing, unreadable or not a
    regular file. What is too large is not read.
    """
    name = f"“{path.name or path}”"
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise ForgerError(f"{name} is not a picture file but a folder or a device.")
        check_bytes(status.st_size, name, MAX_FILE_BYTES)
        with path.open("rb") as file:
            data = file.read(MAX_FILE_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a null character in the path
        raise ForgerError(f"There is no file {name} in “{path.parent}”.") from error
    except OSError as error:
        raise ForgerError(f"{name} cannot be read: {error.strerror}.") from error
    return _read(data, name, FORMATS, MAX_FILE_BYTES)


def picture_files(folder: Path) -> list[Path]:
    """The files in a folder and those below it that might be pictures, sorted: not hidden, not the system's own.

    Raises ForgerError where there is no such folder, or it cannot be opened.
    """
    try:
        next(folder.iterdir(), None)  # a walk would pass it over in silence
    except (OSError, ValueError) as error:
        raise ForgerError(f"There is no folder “{folder}” that can be opened.") from error
    return [path for _, path in folder_listing(folder) if path.is_file()]


def _read(data: bytes, name: str, taken: tuple[str, ...], most: int) -> Incoming:
    check_bytes(len(data), name, most)
    try:
        with decode.opened(data, taken) as image:
            small, deep = decode.whole(image, MAX_SIDE)
    except decode.Unusable as reason:
        sentence = _SENTENCES[str(reason)]
        if str(reason) == decode.NOT_A_PICTURE:
            other = next((kind for kind, begins in _OTHERS.items() if re.match(begins, data)), None)
            sentence = f"is {other}, which is not read here; these work: " if other else sentence
            sentence += f"{', '.join(_NAMES.get(one, one) for one in taken)}."
        raise ForgerError(f"{name} {sentence}") from reason
    remarks = [f"Its numbers are no 8-bit ones: {deep.words} were read."] if deep else []
    return _finished(small, remarks)


def _finished(image: Image.Image, remarks: list[str]) -> Incoming:
    """A picture, RGB or RGBA, on its ground and large enough, with a word on both beside the remarks."""
    contrast = ground.contrast(image)
    chosen = ground.chosen_ground([] if contrast is None else [contrast])
    if chosen.colour != ground.WHITE:
        remarks = [*remarks, f"Where it is see-through it was laid on {chosen.words}."]
    picture = np.array(ground.laid_on(image, chosen.colour))
    alpha = None if contrast is None else np.array(image.getchannel("A"))
    times = _times(*image.size)
    if times > 1:
        remarks = [*remarks, f"It is small, so it was enlarged {times} times, without smoothing."]
        picture = picture.repeat(times, 0).repeat(times, 1)
        alpha = None if alpha is None else alpha.repeat(times, 0).repeat(times, 1)
    return Incoming(picture, alpha, tuple(remarks))


def _times(width: int, height: int) -> int:
    """How many times a picture is enlarged."""
    if min(width, height) >= SMALL:
        return 1
    return max(1, min(ENLARGED // min(width, height), MAX_SIDE // max(width, height)))


def check_bytes(count: int, name: str, most: int = MAX_BYTES) -> None:
    """Raises ForgerError for a file, called `name`, of no bytes or of more than `most`."""
    if count == 0:
        raise ForgerError(f"{name} is empty.")
    if count > most:
        raise ForgerError(f"{name} has more than {most // 2**20} MB: make the picture smaller, or save it as JPEG.")
