"""The one picture that a person brings to be redrawn: read whole, or refused in one plain sentence."""

import re
import stat
from pathlib import Path

import numpy as np

from gan.data import decode
from gan.data.files import ignored
from gan.errors import ForgerError

MAX_SIDE = 1024
MAX_BYTES = 20 * 2**20

# No icons: Pillow decodes one as it opens it, before anybody could ask how large the picture inside is.
FORMATS = tuple(name for name in decode.FORMATS if name != "ICO")
# What pages take from strangers. The others are read slowly, and hardly anybody has them.
PAGE_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")

TOO_DEAR = (
    "takes too long or too much memory to read: save the picture anew as JPEG, with fewer pixels, and bring that."
)
_SENTENCES = {
    decode.NOT_A_PICTURE: "is not a picture that can be read; these work: ",
    decode.TOO_DEAR: TOO_DEAR,
    decode.HEIC: "is a HEIC photo, which cannot be read here: save it as JPEG and bring that.",
    decode.BROKEN: "is a broken picture: part of the file is damaged or missing.",
    decode.TOO_LARGE: f"has more than {decode.MAX_PIXELS // 10**6} megapixels: make it smaller first.",
    decode.TOO_SMALL: f"is too small: each side needs at least {decode.MIN_SIDE} pixels.",
    decode.TOO_NARROW: (
        f"is too narrow: its longer side has to shrink to {MAX_SIDE} pixels, which would leave "
        f"fewer than {decode.MIN_SIDE} of the other."
    ),
}


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


def read_picture(data: bytes) -> np.ndarray:
    """What a visitor of a page brings, one of PAGE_FORMATS: uint8 (height, width, 3), 16 to MAX_SIDE pixels a side.

    It is RGB and whole, turned as the EXIF data say, laid over white where it is see-through, and the first frame of an
    animation; colour profiles are ignored. Raises ForgerError for what is no such picture, is broken, or is too large
    (in bytes or pixels), too small or too narrow. Strangers' pictures go through `gan.data.decoder`.
    """
    return _read(data, "This file", PAGE_FORMATS)


def read_file(path: Path) -> np.ndarray:
    """The picture in a file, as `read_picture` gives it.

    Raises ForgerError that names the file, as `read_picture` does and if it is missing, unreadable or not a
    regular file. What is too large is not read.
    """
    name = f"“{path.name or path}”"
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
            raise ForgerError(f"{name} is not a picture file but a folder or a device.")
        check_bytes(status.st_size, name)
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:  # ValueError: a null character in the path
        raise ForgerError(f"There is no file {name} in “{path.parent}”.") from error
    except OSError as error:
        raise ForgerError(f"{name} cannot be read: {error.strerror}.") from error
    return _read(data, name)


def picture_files(folder: Path) -> list[Path]:
    """The files of a folder that might be pictures, sorted: not hidden, not the system's own, none of folders below.

    Raises ForgerError where there is no such folder, or it cannot be opened.
    """
    try:
        return sorted(path for path in folder.iterdir() if not ignored(path.name) and path.is_file())
    except (OSError, ValueError) as error:
        raise ForgerError(f"There is no folder “{folder}” that can be opened.") from error


def _read(data: bytes, name: str, formats: tuple[str, ...] = FORMATS) -> np.ndarray:
    check_bytes(len(data), name)
    try:
        with decode.opened(data, formats) as image:
            return decode.whole(image, MAX_SIDE)
    except decode.Unusable as reason:
        sentence = _SENTENCES[str(reason)]
        if str(reason) == decode.NOT_A_PICTURE:
            other = next((kind for kind, begins in _OTHERS.items() if re.match(begins, data)), None)
            sentence = f"is {other}, which is not read here; these work: " if other else sentence
            sentence += f"{', '.join(formats)}."
        raise ForgerError(f"{name} {sentence}") from reason


def check_bytes(count: int, name: str) -> None:
    """Raises ForgerError for a file, called `name`, of no bytes or of more than MAX_BYTES."""
    if count == 0:
        raise ForgerError(f"{name} is empty.")
    if count > MAX_BYTES:
        raise ForgerError(
            f"{name} has more than {MAX_BYTES // 2**20} MB: make the picture smaller, or save it as JPEG."
        )
