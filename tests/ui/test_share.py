"""The link and the QR code by which others come to the same page."""

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from ui import reach, share


@pytest.fixture
def visited(monkeypatch):
    """Sets the address by which the visitor came, and where the server listens."""

    def visit(url, listens=None):
        monkeypatch.setattr(type(st.context), "url", url)
        monkeypatch.setattr(st, "get_option", lambda name: listens)
        monkeypatch.setattr(reach, "own_address", lambda: "192.168.7.20")

    return visit


@pytest.mark.parametrize(
    "url, listens, wanted",
    [
        ("http://192.168.1.20:8501/generate", "0.0.0.0", "http://192.168.1.20:8501"),
        ("https://a-b.hf.space/", "0.0.0.0", "https://a-b.hf.space"),
        ("https://lab.example.org/forger/generate", "localhost", "https://lab.example.org"),
        ("http://localhost:8501/", "0.0.0.0", "http://192.168.7.20:8501"),
        ("http://127.0.0.1:8501/train", "", "http://192.168.7.20:8501"),
        ("http://[::1]:8501/train", "::", "http://192.168.7.20:8501"),
        ("http://localhost:8501/", "192.168.1.20", "http://192.168.1.20:8501"),
        ("http://localhost:8501/", "localhost", None),
        ("http://app.localhost:8501/", "127.0.0.1", None),
    ],
)
def test_the_address_is_one_that_a_phone_can_open(visited, url, listens, wanted):
    visited(url, listens)
    assert reach.address() == wanted


def test_a_machine_in_no_network_has_no_address(monkeypatch, visited):
    visited("http://localhost:8501/", "0.0.0.0")
    monkeypatch.setattr(reach, "own_address", lambda: None)
    assert reach.address() is None


def _page():
    from ui import share

    share.link("generate", model="cats", seeds="1-16")


@pytest.mark.parametrize(
    "url, wanted",
    [
        ("http://192.168.1.20:8501/generate?seeds=9&secret=1#owner=x", "http://192.168.1.20:8501/generate"),
        ("http://192.168.1.20:8501/", "http://192.168.1.20:8501/generate"),
        ("https://lab.example.org/forger/generate", "https://lab.example.org/forger/generate"),
        ("http://localhost:8501/", "http://192.168.7.20:8501/generate"),
    ],
)
def test_a_link_says_the_page_and_its_settings_and_nothing_else(visited, monkeypatch, url, wanted):
    visited(url, "0.0.0.0")
    coded = []
    monkeypatch.setattr(share, "picture", lambda address: coded.append(address) or "<b></b>")
    page = AppTest.from_function(_page).run()
    assert page.code[0].value == coded[0] == f"{wanted}?model=cats&seeds=1-16"


def test_where_nobody_else_can_come_it_says_how_they_could(visited):
    visited("http://localhost:8501/generate", "localhost")
    page = AppTest.from_function(_page).run()
    assert "--server.address 0.0.0.0" in page.caption[0].value and not page.get("html")
    assert page.code[0].value.startswith("http://localhost:8501/generate?")


def test_too_long_an_address_has_no_code(visited):
    visited("http://192.168.1.20:8501/", "0.0.0.0")
    page = AppTest.from_function(_long_page).run()
    assert page.code and not page.get("html") and not page.exception


def _long_page():
    from ui import share

    share.link("generate", seeds=",".join(map(str, range(2000))))
