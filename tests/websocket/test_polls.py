"""A class's answers by Streamlit's own protocol: each once, and only the owner asks."""

import re

from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.web.server.starlette.starlette_app_utils import generate_xsrf_token_string

from gan import ownership
from gan.paths import PROJECT
from tests.websocket.visitor import Visitor
from ui.one_each import COOKIE as MARK
from ui.roles import COOKIE


def _button(page, label):
    return next(one.id for one in page.of("button") if one.label == label)


def _press(visitor, name):
    return visitor.run(states={name: WidgetState(id=name, trigger_value=True)})


def _bars(page):
    return re.findall(r'class="number">(\d+) ', "".join(one.body for one in page.of("html")))


def test_a_class_answers(serve, own_folders, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(PROJECT))
    script = str(PROJECT / "tests" / "websocket" / "asked.py")
    with serve(own_folders, ("streamlit", "run", script)) as address:

        def come(cookie=""):
            return Visitor(address, "forger.test", cookie)

        browser = f"{MARK}={generate_xsrf_token_string(bytes(16))}"
        with come(f"{COOKIE}={ownership.open_session(ownership.token())}") as owner, come() as stranger:
            asks = _button(owner.run(), "Ask the class")
            stranger.run()
            assert "Your lecturer will ask." in [one.body for one in _press(stranger, asks).of("markdown")]
            page = _press(owner, asks)
            closes = _button(page, "Close and show")
            assert _bars(_press(stranger, closes)) == []  # still to be answered
            less = _button(stranger.run(), "less")
            assert _bars(_press(stranger, less)) == ["0", "1"]
            for _ in range(3):  # the page loaded anew, in one and the same browser
                with come(browser) as again:
                    page = again.run()
                    if changes := [one.id for one in page.of("button") if one.label == "Change my answer"]:
                        page = _press(again, changes[0])
                    assert _bars(_press(again, _button(page, "more"))) == ["1", "1"]
            page = _press(owner, closes)
            assert _bars(page) == ["1", "1"] and "so it was" in "".join(one.body for one in page.of("html"))
            assert _bars(_press(stranger, less)) == ["1", "1"]
