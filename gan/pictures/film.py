"""Films of frames (N, H, W, 3) uint8, as files in memory or on disk: MP4, GIF and animated WebP.

Every writer enlarges frames of fewer than 256 pixels a side by a whole factor, smoothly (Lanczos): a film
of 64 pixels is a stamp on today's screens, and browsers and chat programs enlarge badly or not at all.
The same frames make the same bytes with the same versions of the encoders.
"""

import io
import math
import tempfile
from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from PIL import Image

from gan.errors import ForgerError
from gan.paths import write_file

SMALLEST_SIDE = 256
SLOWEST, FASTEST = 1, 60  # frames a second


def mp4_bytes(frames: np.ndarray, fps: float) -> bytes:
    """An MP4 film (H.264, yuv420p) that every browser plays, from its first bytes on while it loads.

    Odd sides get one more row or column, a copy of their edge, because yuv420p halves both sides.

    Raises ForgerError for no frames, or for fewer than 1 or more than 60 frames a second.
    """
    pictures = [_even(np.asarray(picture)) for picture in _screen_size(frames, fps)]
    height, width, _ = pictures[0].shape
    # A real file, because faststart moves the index to the front by reading back what was written.
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "film.mp4")
        with av.open(file, "w", options={"movflags": "+faststart"}) as container:
            # crf 18: constant quality, close to what the eye can tell apart.
            options = {"crf": "18", "preset": "veryfast"}
            stream = container.add_stream("libx264", rate=Fraction(fps).limit_denominator(1000), options=options)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            # One thread: the bytes do not depend on the machine's cores, and other viewers get theirs.
            stream.thread_count = 1
            # Said outright, since players guess the colour matrix of a film that does not name it.
            stream.codec_context.colorspace = Colorspace.ITU709
            stream.codec_context.color_range = ColorRange.MPEG
            stream.codec_context.color_primaries = ColorPrimaries.BT709
            stream.codec_context.color_trc = ColorTrc.BT709
            for picture in pictures:
                frame = av.VideoFrame.from_ndarray(picture, format="rgb24")
                frame = frame.reformat(format="yuv420p", dst_colorspace=Colorspace.ITU709)
                container.mux(stream.encode(frame))
            container.mux(stream.encode())
        return file.read_bytes()


def gif_bytes(frames: np.ndarray, fps: float) -> bytes:
    """A GIF film that repeats for ever; at most 50 frames a second, beyond which browsers crawl.

    Each frame has its own 256 colours: a palette shared by the whole film loses the small things, such as
    the green of a cat's eyes. Equal frames in a row are stored as one that lasts longer.

    Raises ForgerError as `mp4_bytes`.
    """
    pictures = _screen_size(frames, fps)
    # Two passes: Pillow dithers only towards a palette it is given, and undithered fur turns to bands.
    palettes = [picture.quantize(256, method=Image.Quantize.FASTOCTREE) for picture in pictures]
    indexed = [
        picture.quantize(palette=palette, dither=Image.Dither.FLOYDSTEINBERG)
        for picture, palette in zip(pictures, palettes, strict=True)
    ]
    durations = [10 * hundredths for hundredths in _durations(len(indexed), min(fps, 50), 100)]
    file = io.BytesIO()
    indexed[0].save(file, "GIF", save_all=True, append_images=indexed[1:], duration=durations, loop=0)
    return file.getvalue()


def webp_bytes(frames: np.ndarray, fps: float) -> bytes:
    """An animated WebP film that repeats for ever: full colour, a fraction of the GIF's size.

    Raises ForgerError as `mp4_bytes`.
    """
    pictures = _screen_size(frames, fps)
    file = io.BytesIO()
    # Method 2 of 0 to 6: half the time of the default, 4, for files that are hardly bigger.
    pictures[0].save(
        file,
        "WEBP",
        save_all=True,
        append_images=pictures[1:],
        duration=_durations(len(pictures), fps, 1000),
        loop=0,
        quality=85,
        method=2,
    )
    return file.getvalue()


FORMATS = {".mp4": mp4_bytes, ".gif": gif_bytes, ".webp": webp_bytes}


def writer(path: Path | str) -> Callable[[np.ndarray, float], bytes]:
    """What makes the kind of film that `path`'s suffix names. Raises ForgerError where that is none of `FORMATS`."""
    path = Path(path)
    if path.suffix.lower() not in FORMATS:
        raise ForgerError(f"“{path.name}” is not a film's name: end it in {', '.join(FORMATS)}.")
    return FORMATS[path.suffix.lower()]


def save_film(frames: np.ndarray, path: Path | str, fps: float) -> None:
    """Write a film of frames (N, H, W, 3) uint8 as `path`'s suffix says: .mp4, .gif or .webp.

    Raises ForgerError as `writer` and `mp4_bytes` do, and for a place that cannot be written to.
    """
    write_file(Path(path), writer(path)(frames, fps))


def _screen_size(frames: np.ndarray, fps: float) -> list[Image.Image]:
    if len(frames) == 0:
        raise ForgerError("A film needs at least one frame.")
    if not SLOWEST <= fps <= FASTEST:
        raise ForgerError(f"A film needs {SLOWEST} to {FASTEST} frames a second, not {fps:g}.")
    _, height, width, _ = frames.shape
    factor = math.ceil(SMALLEST_SIDE / min(height, width))
    pictures = [Image.fromarray(frame) for frame in frames]
    if factor == 1:
        return pictures
    size = (width * factor, height * factor)
    return [picture.resize(size, Image.Resampling.LANCZOS) for picture in pictures]


def _even(picture: np.ndarray) -> np.ndarray:
    height, width, _ = picture.shape
    return np.pad(picture, ((0, height % 2), (0, width % 2), (0, 0)), mode="edge")


def _durations(count: int, fps: float, units: int) -> list[int]:
    """How long each frame lasts, in whole 1/units of a second: their sum, not each of them, is rounded."""
    ends = [round(units * index / fps) for index in range(count + 1)]
    return [end - start for start, end in pairwise(ends)]
