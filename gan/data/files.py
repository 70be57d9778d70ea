"""Pictures from people's own folders and ZIPs: each is made a square, or skipped with a reason in plain words."""

import os
import stat
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, UnidentifiedImageError

from gan.errors import ForgerError

MIN_PICTURES = 16
MIN_SIDE = 16
MAX_PIXELS = 50_000_000
MAX_FILE_BYTES = 64 * 2**20

# Only formats that Pillow decodes itself: its EPS reader, for one, would start Ghostscript on a stranger's file.
FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "AVIF", "BMP", "TIFF", "PPM", "TGA", "ICO", "JPEG2000")

NOT_A_PICTURE = "not a picture"
BROKEN = "broken picture"
TOO_LARGE = "too large (over 50 megapixels)"
TOO_SMALL = "too small (under 16 pixels)"
BIG_FILE = "file over 64 MB"
UNREADABLE = "unreadable"
ENCRYPTED = "encrypted"
HEIC = "HEIC photo (save it as JPEG)"

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


class _Skip(Exception):
    """This file gives no picture; the message is the reason."""


def square(image: Image.Image, resolution: int) -> np.ndarray:
    """The centre square of any Pillow picture as uint8 of shape (resolution, resolution, 3), upright, on white.

    Rotates as the EXIF data say, lays transparency over white, takes the first frame of an animation, and
    resizes with anti-aliasing. Raises whatever Pillow raises for a broken file.
    """
    orientation = _orientation(image)
    # A JPEG can be decoded at a half, a quarter or an eighth of its size, which is many times faster.
    image.draft(None, (2 * resolution, 2 * resolution))
    image = _rgb_or_premultiplied(image)
    left, top = max(image.width - image.height, 0) // 2, max(image.height - image.width, 0) // 2
    side = min(image.size)
    image = image.resize(
        (resolution, resolution),
        Image.Resampling.LANCZOS,
        box=(left, top, left + side, top + side),
        reducing_gap=3.0,
    )
    if image.mode == "RGBa":
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image.convert("RGBA")).convert("RGB")
    if orientation in _UPRIGHT:  # turned last, when it is small: its centre square is the same square
        image = image.transpose(_UPRIGHT[orientation])
    return np.array(image)


def read_pictures(
    path: Path,
    resolution: int,
    skipped: Counter[str],
    progress: Callable[[int, int | None], None] | None = None,
) -> Iterator[np.ndarray]:
    """Every usable picture below a folder or in a ZIP, in the order of their names: uint8 (resolution,) * 2 + (3,).

    Hidden files and what systems leave behind (`__MACOSX`, `Thumbs.db`, `desktop.ini`) are passed over in
    silence; every other file that gives no picture adds one to its reason in `skipped`. `progress` hears
    (files looked at, files in all). Nothing is ever unpacked to disk.

    Raises ForgerError if there is no such path, if it is neither a folder nor a ZIP, if the ZIP is damaged,
    and, after the last file, if fewer than 16 pictures were usable.
    """
    if path.is_dir():
        yield from _read_all(_folder_files(path), resolution, skipped, progress)
        return
    if not path.exists():
        raise ForgerError(f"There is no folder or ZIP at {path}.")
    if not path.is_file():
        raise ForgerError(f"{path} is neither a folder nor a ZIP.")
    try:
        archive = zipfile.ZipFile(path)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, EOFError) as error:
        raise ForgerError(f"{path} is not a ZIP file, or it is damaged.") from error
    except OSError as error:
        raise ForgerError(f"{path} cannot be read: {error.strerror}.") from error
    with archive:
        yield from _read_all(_zip_files(archive), resolution, skipped, progress)


def folder_listing(folder: Path) -> list[tuple[str, Path]]:
    """(name relative to the folder with forward slashes, path) of every file below it that is not hidden, sorted.

    Links to folders are not followed, so a link that leads back up cannot make this endless.
    """
    found = []
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders[:] = [name for name in folders if not _ignored(name)]
        found += [Path(parent, name) for name in names if not _ignored(name)]
    return sorted((path.relative_to(folder).as_posix(), path) for path in found)


def _read_all(
    readers: list[Callable[[], bytes]],
    resolution: int,
    skipped: Counter[str],
    progress: Callable[[int, int | None], None] | None,
) -> Iterator[np.ndarray]:
    usable = 0
    for done, read in enumerate(readers, start=1):
        try:
            picture = _decode(read(), resolution)
        except _Skip as reason:
            skipped[str(reason)] += 1
        else:
            usable += 1
            yield picture
        if progress:
            progress(done, len(readers))
    if usable < MIN_PICTURES:
        raise ForgerError(_too_few(usable, skipped))


def _too_few(usable: int, skipped: Counter[str]) -> str:
    if usable == 0:
        found = "No usable pictures were found"
    elif usable == 1:
        found = "Only 1 usable picture was found"
    else:
        found = f"Only {usable} usable pictures were found"
    reasons = ", ".join(f"{count} {reason}" for reason, count in skipped.most_common())
    return f"{found}; training needs at least {MIN_PICTURES}." + (f" Skipped: {reasons}." if reasons else "")


def _folder_files(folder: Path) -> list[Callable[[], bytes]]:
    def reader(path: Path) -> Callable[[], bytes]:
        def read() -> bytes:
            try:
                status = path.stat()
                if not stat.S_ISREG(status.st_mode):  # opening a pipe would wait for ever
                    raise _Skip(NOT_A_PICTURE)
                if status.st_size > MAX_FILE_BYTES:
                    raise _Skip(BIG_FILE)
                with path.open("rb") as file:
                    return file.read(MAX_FILE_BYTES)
            except OSError as error:
                raise _Skip(UNREADABLE) from error

        return read

    return [reader(path) for _, path in folder_listing(folder)]


def _zip_files(archive: zipfile.ZipFile) -> list[Callable[[], bytes]]:
    def reader(member: zipfile.ZipInfo) -> Callable[[], bytes]:
        def read() -> bytes:
            if member.flag_bits & 0x1:
                raise _Skip(ENCRYPTED)
            if member.file_size > MAX_FILE_BYTES:
                raise _Skip(BIG_FILE)
            # zipfile bounds what one read unpacks for these two only; bzip2 and LZMA could fill the memory.
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise _Skip(UNREADABLE)
            try:
                with archive.open(member) as file:
                    return file.read(member.file_size)  # no more is unpacked, also where that size is a lie
            except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError) as error:
                raise _Skip(UNREADABLE) from error

        return read

    members = [m for m in archive.infolist() if not m.filename.endswith("/") and not _ignored(m.filename)]
    return [reader(member) for member in sorted(members, key=lambda m: m.filename)]


def _ignored(name: str) -> bool:
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return any(p.startswith(".") or p.lower() in ("__macosx", "thumbs.db", "desktop.ini") for p in parts)


def _decode(data: bytes, resolution: int) -> np.ndarray:
    """The picture in these bytes, or _Skip. Size is judged by the header, before anything is decoded."""
    try:
        with Image.open(BytesIO(data), formats=FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _Skip(TOO_LARGE)
            if min(image.size) < MIN_SIDE:
                raise _Skip(TOO_SMALL)
            return square(image, resolution)
    except _Skip:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _Skip(TOO_LARGE) from error
    except UnidentifiedImageError as error:
        heic = data[4:8] == b"ftyp" and data[8:12] in (b"heic", b"heix", b"mif1", b"msf1", b"hevc")
        raise _Skip(HEIC if heic else NOT_A_PICTURE) from error
    except Exception as error:  # Pillow's decoders raise nearly every kind of error for damaged bytes
        raise _Skip(BROKEN) from error


def _orientation(image: Image.Image) -> int:
    try:
        return image.getexif().get(_ORIENTATION_TAG, 1)
    except Exception:  # damaged EXIF data must not cost the picture
        return 1


def _rgb_or_premultiplied(image: Image.Image) -> Image.Image:
    """In mode RGB, or RGBa where it is see-through: colours times opacity, so hidden ones do not bleed."""
    if image.mode.startswith("I") or image.mode == "F":
        image = _eight_bits(image)
    if image.has_transparency_data:
        return image.convert("RGBA").convert("RGBa")
    return image if image.mode == "RGB" else image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Grey of 16 bits (or floats in 0 to 1, or 0 to 255) as 8 bits: Pillow's own conversion clips instead."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float32))
    white = 65535 if image.mode.startswith("I") else 1 if values.max() <= 1 else 255
    return Image.fromarray(np.clip(values * (255 / white) + 0.5, 0, 255).astype(np.uint8))
