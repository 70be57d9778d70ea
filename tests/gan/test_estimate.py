import pytest
import torch

from gan import estimate
from gan.errors import ForgerError
from gan.recipes import configure


def test_a_speed_is_measured_in_a_process_of_its_own(config):
    assert estimate.images_per_second(config, "cpu") > 0


def test_what_takes_too_long_or_does_not_fit_is_said_in_words(config, monkeypatch):
    with pytest.raises(ForgerError, match="did not fit"):
        estimate.images_per_second(config, "no such device")
    monkeypatch.setattr(estimate, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(ForgerError, match="smaller width"):
        estimate.images_per_second(config, "cpu")


def test_every_step_counts(config, monkeypatch):
    ticks = iter(range(100))
    monkeypatch.setattr(estimate.time, "perf_counter", lambda: float(next(ticks)))
    monkeypatch.setattr(estimate, "MEASURE_SECONDS", 3.0)
    # The clock moves a second at each look, and there is one before each step and one after the last.
    speed = estimate.measure(configure(config, batch_size=4, d_steps=1), torch.device("cpu"))
    assert speed == pytest.approx(2 * 4 / 3)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "1 second"), (1.4, "1 second"), (40, "40 seconds"), (600, "10 minutes"), (12_600, "3.5 hours")],
)
def test_times_as_people_say_them(seconds, words):
    assert estimate.in_words(seconds) == words
