import io

import av
import numpy as np
import pytest
from PIL import Image

from gan.errors import ForgerError
from gan.pictures import film


def moving(count=12, height=64, width=64):
    """Frames (count, height, width, 3): soft colours through which a bright bar moves, no two the same."""
    y, x = np.mgrid[0:height, 0:width] / max(height, width)
    frames = np.stack([np.stack([200 * x, 200 * y, 150 * x * y + 5 * t], -1) for t in range(count)])
    for t in range(count):
        frames[t, :, 2 * t + 4 : 2 * t + 10] = (230, 220, 40)
    return frames.astype(np.uint8)


def large(frame, size):
    return np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.LANCZOS)).astype(float)


def read_mp4(data):
    with av.open(io.BytesIO(data)) as container:
        stream = container.streams.video[0]
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        return float(stream.average_rate), [frame.to_ndarray(format="rgb24") for frame in container.decode(stream)]


def read_animation(data):
    """Milliseconds and pictures of every frame, and how often it repeats."""
    with Image.open(io.BytesIO(data)) as image:
        durations, frames = [], []
        for index in range(image.n_frames):
            image.seek(index)
            frames.append(np.asarray(image.convert("RGB")))
            durations.append(image.info["duration"])
        return durations, frames, image.info["loop"]


@pytest.mark.parametrize("fps", [1, 24, 60, 12.5])
def test_mp4(fps):
    frames = moving()
    data = film.mp4_bytes(frames, fps)
    rate, decoded = read_mp4(data)
    assert rate == fps
    assert [frame.shape for frame in decoded] == [(256, 256, 3)] * 12
    for index in (0, 11):
        assert np.abs(decoded[index] - large(frames[index], (256, 256))).mean() < 4


def test_mp4_names_its_colours_and_starts_fast():
    data = film.mp4_bytes(moving(), 24)
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(io.BytesIO(data)) as container:
        codec = container.streams.video[0].codec_context
        assert (codec.colorspace, codec.color_range, codec.color_primaries, codec.color_trc) == (1, 1, 1, 1)


@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)])
def test_mp4_keeps_plain_colours(colour):
    frames = np.full((2, 64, 64, 3), colour, np.uint8)
    _, decoded = read_mp4(film.mp4_bytes(frames, 10))
    assert np.abs(decoded[0].astype(int) - colour).max() <= 4


def test_frames_are_enlarged_by_whole_factors_and_odd_sides_made_even():
    for (height, width), size in [
        ((32, 32), (256, 256)),
        ((96, 96), (288, 288)),
        ((65, 129), (260, 516)),
        ((257, 301), (258, 302)),
    ]:
        _, decoded = read_mp4(film.mp4_bytes(moving(2, height, width), 10))
        assert decoded[0].shape == (*size, 3)
    _, decoded, _ = read_animation(film.gif_bytes(moving(2, 257, 301), 10))
    assert decoded[0].shape == (257, 301, 3)


@pytest.mark.parametrize(
    ("writer", "fps", "durations"),
    [
        # GIF counts hundredths of a second: 30 a second comes out right on average.
        (film.gif_bytes, 10, [100] * 12),
        (film.gif_bytes, 30, [30, 40, 30] * 4),
        (film.gif_bytes, 60, [20] * 12),
        (film.webp_bytes, 10, [100] * 12),
        (film.webp_bytes, 30, [33, 34, 33] * 4),
    ],
)
def test_animations(writer, fps, durations):
    frames = moving()
    shown, decoded, loop = read_animation(writer(frames, fps))
    assert shown == durations
    assert loop == 0
    assert len(decoded) == 12
    for index in (0, 11):
        assert decoded[index].shape == (256, 256, 3)
        assert np.abs(decoded[index] - large(frames[index], (256, 256))).mean() < 4


@pytest.mark.parametrize("writer", film.FORMATS.values())
def test_the_same_frames_make_the_same_bytes(writer):
    frames = moving(4)
    assert writer(frames, 24) == writer(frames.copy(), 24) != writer(frames[::-1], 24)


def test_one_frame_is_a_film():
    assert len(read_mp4(film.mp4_bytes(moving(1), 24))[1]) == 1
    for writer in (film.gif_bytes, film.webp_bytes):
        with Image.open(io.BytesIO(writer(moving(1), 24))) as image:
            assert image.n_frames == 1


@pytest.mark.parametrize("writer", film.FORMATS.values())
def test_writers_say_what_is_wrong(writer):
    with pytest.raises(ForgerError, match="at least one frame"):
        writer(moving(1)[:0], 24)
    for fps in (0, 61, float("nan")):
        with pytest.raises(ForgerError, match="1 to 60 frames a second"):
            writer(moving(1), fps)


@pytest.mark.parametrize(("name", "starts"), [("film.mp4", b"\0\0\0"), ("film.GIF", b"GIF89a"), ("film.webp", b"RIFF")])
def test_save_film_goes_by_the_suffix(tmp_path, name, starts):
    film.save_film(moving(2), tmp_path / name, 24)
    assert (tmp_path / name).read_bytes().startswith(starts)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_save_film_says_what_is_wrong(tmp_path):
    for name in ("film.avi", "film"):
        with pytest.raises(ForgerError, match=r"end it in \.mp4, \.gif, \.webp"):
            film.save_film(moving(2), tmp_path / name, 24)
    with pytest.raises(ForgerError, match="could not be written"):
        film.save_film(moving(2), tmp_path / "nowhere" / "film.gif", 24)
    assert not list(tmp_path.iterdir())
