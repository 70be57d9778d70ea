"""The formats of picture files that are read, and how a file of one is opened. Names and endings say nothing here."""

import struct
from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageFile

# Only formats that Pillow decodes itself, and phones' HEIC: its EPS reader, for one, would start Ghostscript on a
# stranger's file.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF", "BMP", "TIFF", "PPM", "TGA", "ICO", "JPEG2000")

# The others of them begin with two letters that a text may begin with, too, or with nothing special.
SURE = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "HEIF", "TIFF")

# HEIC's, from ISO/IEC 23008-12; the last two are of any HEIF file.
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1")

_Open = Callable[[BytesIO, str], ImageFile.ImageFile]


class NotOpened(Exception):
    """No format's reader could open the bytes; `format` is one of SURE if they begin as its files do."""

    def __init__(self, format: str | None):
        super().__init__(format)
        self.format = format


def open_picture(data: bytes, formats: tuple[str, ...] = FORMATS) -> ImageFile.ImageFile:
    """The picture in these bytes, not decoded yet. Raises NotOpened, or whatever else Pillow's readers raise.

    As Pillow's own `Image.open` but for two things. That refuses pictures by their area, whatever they take to be read;
    here `gan.data.picture.memory` judges. And HEIC is read without being made known to all of this process.
    """
    begun = None
    for name in formats:
        factory, accepts = _reader(name)
        if accepts is not None and accepts(data[:16]) is not True:
            continue
        try:
            return factory(BytesIO(data), "")
        except (SyntaxError, IndexError, TypeError, struct.error):  # what `Image.open` takes for "not this format"
            begun = begun or (name if name in SURE else None)
    raise NotOpened(begun)


def load_readers(threads: int) -> None:
    """Imports all readers now; AVIF's and HEIC's may start so many threads for a picture from then on."""
    import pillow_heif
    from PIL import AvifImagePlugin

    AvifImagePlugin.DEFAULT_MAX_THREADS = threads
    pillow_heif.options.DECODE_THREADS = threads
    for name in FORMATS:
        _reader(name)


def _reader(name: str) -> tuple[_Open, Callable[[bytes], bool | str] | None]:
    """What opens files of a format, and what tells from their first 16 bytes whether they may be of it, if anything."""
    if name == "HEIF":
        from pillow_heif.as_plugin import HeifImageFile  # here: most of what imports this reads no HEIC

        return HeifImageFile, lambda begin: begin[4:8] == b"ftyp" and begin[8:12] in _HEIC_BRANDS
    if name not in Image.OPEN:
        Image.init()
    return Image.OPEN[name]
