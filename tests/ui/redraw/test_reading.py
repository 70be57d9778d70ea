"""What a visitor brings is read in turn; what costs much is asked for seldom."""

import io

import numpy as np
import pytest
from PIL import Image

from gan.data import decoder
from gan.data.decoder import TooDear
from gan.errors import ForgerError
from ui import asking
from ui.asking import Visitor
from ui.kept import Kept
from ui.limits import AMOUNTS, Ledger
from ui.redraw import reading


@pytest.fixture(autouse=True)
def visitor(monkeypatch):
    monkeypatch.setattr(asking, "visitor", lambda: Visitor("ann", limited=True))
    monkeypatch.setattr(asking, "LEDGER", Ledger())
    monkeypatch.setattr(reading, "_refused", Kept(2**20))


@pytest.fixture
def seconds(monkeypatch) -> list[float]:
    """Instead of a decoder: what each picture was given. None is read in it."""
    given = []

    def read(data, seconds):
        given.append(seconds)
        raise TooDear("too dear")

    monkeypatch.setattr(decoder, "read_strangers_picture", read)
    return given


def photograph() -> bytes:
    file = io.BytesIO()
    Image.fromarray(np.zeros((40, 50, 3), np.uint8)).save(file, "PNG")
    return file.getvalue()


def test_a_picture_is_read():
    assert reading.read(photograph()).picture.shape == (40, 50, 3)


def test_a_refusal_is_remembered(monkeypatch):
    with pytest.raises(ForgerError, match="not a picture"):
        reading.read(b"no picture")
    monkeypatch.setattr(asking, "LEDGER", None)
    with pytest.raises(ForgerError, match="not a picture"):
        reading.read(b"no picture")


def test_a_slow_one_has_the_whole_time_and_a_visitor_brings_few(seconds):
    for number in range(AMOUNTS["slow uploads"].each):
        with pytest.raises(TooDear):
            reading.read(b"slow %d" % number)
    assert set(seconds) == {reading.QUICK_SECONDS, decoder.CPU_SECONDS - reading.QUICK_SECONDS}
    asked = len(seconds)
    with pytest.raises(ForgerError, match="uploads in this minute"):
        reading.read(b"one more")
    assert len(seconds) <= asked + 1


def test_too_many_bytes_are_not_even_sent_to_it(seconds):
    with pytest.raises(ForgerError, match="more than 20 MB"):
        reading.read(bytes(20 * 2**20 + 1))
    assert not seconds
