"""A latent as a text: short, safe in an address, and refused where it is broken."""

import base64
import re

import pytest
import torch

from gan.errors import ForgerError
from gan.latents.distributions import latents_of
from gan.latents.places import at_home
from gan.latents.texts import read_latent, write_latent


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize("size", [1, 2, 3, 8, 100])
def test_a_latent_comes_back_nearly_as_it_was(distribution, size):
    z = at_home(latents_of([1], size, distribution), distribution)[0]
    text = write_latent(z, distribution)
    back = read_latent(text, size, distribution)
    assert re.fullmatch(r"z[A-Za-z0-9_-]+", text)
    assert len(text) < 1.4 * size + 4
    assert (back - z).abs().max() < 0.05
    if distribution == "normal":
        assert back.norm() == pytest.approx(size**0.5, rel=1e-5)


def test_a_latent_is_brought_back_to_where_latents_lie():
    z = latents_of([1], 8, "normal")[0]
    assert read_latent(write_latent(0.3 * z, "normal"), 8, "normal").norm() == pytest.approx(8**0.5)
    assert read_latent(write_latent(torch.full((8,), 50.0), "uniform"), 8, "uniform").max() == 1


def _text(content: bytes) -> str:
    return "z" + base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.mark.parametrize(
    "text",
    ["", "z", "1", "7", "é" * 12, "z" + "A" * 10 + "+", "z" + "A" * 10 + "=", "z<script>AA", "A" * 12, "z" * 1_000_000,
     "z" + "A" * 12, "z" + "A" * 11 + "\n\n", _text(bytes(8)), _text(bytes([5] * 7)), _text(bytes([5] * 9)),
     "z\0AAAAAA"],
)  # fmt: skip
def test_what_is_no_latent_of_this_size_is_refused_in_a_sentence(text):
    with pytest.raises(ForgerError) as refused:
        read_latent(text, 8, "normal")
    assert len(str(refused.value)) < 250


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_no_text_means_a_number_that_is_huge_or_not_finite(distribution):
    for byte in (1, 127, 128, 255):
        z = read_latent(_text(bytes([byte] * 8)), 8, distribution)
        assert z.isfinite().all()
        assert z.abs().max() <= 1.0001
