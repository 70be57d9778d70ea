"""Strangers' pictures: read as any, and what would take the server's time or memory is refused."""

import io
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pillow_heif
import psutil
import pytest
from PIL import Image

from gan.data import decoder
from gan.data.decoder import AT_ONCE, read_strangers_picture
from gan.data.incoming import Incoming, read_picture
from gan.errors import ForgerError

LIMITS = sys.platform == "linux"


def encoded(image: Image.Image, format: str = "PNG", **options) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def photograph(seed: int = 0, size: tuple[int, int] = (80, 60)) -> bytes:
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8)
    return encoded(Image.fromarray(pixels))


def same(one: Incoming, other: Incoming) -> bool:
    alphas = (one.alpha is None, other.alpha is None)
    opaque = alphas == (True, True) or (alphas == (False, False) and bool((one.alpha == other.alpha).all()))
    return opaque and bool((one.picture == other.picture).all()) and one.remarks == other.remarks


def processes() -> list[psutil.Process]:
    return [one for one in psutil.Process().children() if "gan.data.decoder" in " ".join(one.cmdline())]


def test_a_picture_comes_as_without_a_process():
    data = photograph()
    read = read_strangers_picture(data)
    assert same(read, read_picture(data)) and read.picture.dtype == np.uint8
    read.picture[0, 0] = 0  # it can be drawn on


def test_opacity_and_remarks_come_too():
    sprite = Image.new("RGBA", (12, 10), (255, 255, 255, 0))
    sprite.paste("white", (0, 0, 6, 10))
    data = encoded(sprite)
    read = read_strangers_picture(data)
    assert same(read, read_picture(data)) and read.alpha is not None and len(read.remarks) == 2


def test_phones_pictures_are_read_within_the_limits():
    assert read_strangers_picture(encoded(Image.new("RGB", (12_000, 9_000)), "JPEG")).picture.shape == (768, 1024, 3)
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.new("RGB", (2000, 1500), "red")).save(buffer, tile_size=512)
    assert same(read_strangers_picture(buffer.getvalue()), read_picture(buffer.getvalue()))


@pytest.mark.parametrize("data", [b"", b"nothing", photograph()[:2000], b"x" * (20 * 2**20 + 1)])
def test_a_refusal_comes_as_without_a_process(data):
    with pytest.raises(ForgerError) as here:
        read_picture(data)
    with pytest.raises(ForgerError) as there:
        read_strangers_picture(data)
    assert str(there.value) == str(here.value)


def test_thirty_at_once_are_read_by_two_processes():
    wanted = [photograph(seed) for seed in range(30)]
    with ThreadPoolExecutor(30) as threads:
        pictures = list(threads.map(read_strangers_picture, wanted))
    assert all(same(picture, read_picture(data)) for picture, data in zip(pictures, wanted, strict=True))
    assert len(processes()) <= AT_ONCE


def test_a_process_that_was_killed_is_replaced():
    read_strangers_picture(photograph())
    for process in processes():
        process.kill()
        process.wait()
    assert read_strangers_picture(photograph()).picture.shape == (60, 80, 3)


def repeated_scans(times: int) -> bytes:
    """A progressive JPEG whose last scan comes again and again: each time the whole picture is gone through."""
    whole = encoded(Image.new("L", (6000, 6000), 128), "JPEG", progressive=True)
    start = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[start:-2] * times + whole[-2:]


DEAR = {
    "scans of a progressive JPEG": lambda: repeated_scans(20_000),
    "pixels of a lossless WebP": lambda: encoded(Image.new("RGB", (16_000, 3_100)), "WEBP", lossless=True),
    "a palette of very many": lambda: encoded(Image.new("P", (16_000, 16_000)), "PNG", transparency=0),
}


@pytest.mark.skipif(not LIMITS, reason="only Linux counts and limits both")
@pytest.mark.parametrize("kind", DEAR)
def test_what_takes_too_long_or_too_much_memory_is_refused_and_the_next_is_read(kind):
    with pytest.raises(ForgerError, match=r"takes too long or too much memory|more than 448 MB"):
        read_strangers_picture(DEAR[kind]())
    assert read_strangers_picture(photograph()).picture.shape == (60, 80, 3)
    for process in processes():
        assert process.memory_info().rss < 200 * 2**20


def test_one_that_only_waits_is_ended_by_the_clock(monkeypatch):
    monkeypatch.setattr(decoder, "PATIENCE_SECONDS", 0.2)
    read = decoder._Decoder()
    process = read._running()
    process.suspend = psutil.Process(process.pid).suspend()  # stopped, it uses no processor time
    with pytest.raises(ForgerError, match="takes too long"):
        read.read(photograph(), 2.0)
    assert process.poll() is not None


def test_who_waits_too_long_for_a_turn_is_told(monkeypatch):
    monkeypatch.setattr(decoder, "QUEUE_SECONDS", 0.01)
    taken = [decoder._idle.get() for _ in range(AT_ONCE)]
    try:
        with pytest.raises(ForgerError, match="try again"):
            read_strangers_picture(photograph())
    finally:
        for one in taken:
            decoder._idle.put(one)


@pytest.mark.parametrize(
    "wrong", [b"no JSON\n", b"5\n", b'{"shape": [9999999, 9999999]}\n', b'{"shape": []}\n', b"x" * 10_000]
)
def test_a_process_that_answers_nonsense_is_ended_and_replaced(wrong, monkeypatch):
    read = decoder._Decoder()
    with monkeypatch.context() as patch:
        patch.setattr(decoder, "COMMAND", [sys.executable, "-c", f"import sys; sys.stdout.buffer.write({wrong!r})"])
        with pytest.raises(Exception):  # noqa: B017 - whichever; the next visitor's picture is what counts
            read.read(photograph(1), 2.0)
    assert read.process is None
    assert same(read.read(photograph(2), 2.0), read_picture(photograph(2)))
    read._end()


@pytest.mark.parametrize("interruption", [MemoryError, KeyboardInterrupt, RuntimeError])
def test_an_answer_that_was_not_heard_to_its_end_does_not_pass_for_the_next_ones(interruption, monkeypatch):
    read = decoder._Decoder()
    read.read(photograph(1), 2.0)
    process = read.process

    def interrupted(data: bytes) -> dict:
        raise interruption

    with monkeypatch.context() as patch:
        patch.setattr(decoder.json, "loads", interrupted)
        with pytest.raises(interruption):
            read.read(photograph(1), 2.0)
    assert process.poll() is not None
    assert same(read.read(photograph(2, (30, 40)), 2.0), read_picture(photograph(2, (30, 40))))
    read._end()
