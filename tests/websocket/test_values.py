"""What no browser of ours would send, sent by Streamlit's own protocol: it ends in a sentence, or is as if not said."""

import random
import shutil

import pytest
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.WidgetStates_pb2 import WidgetState

from tests.websocket.visitor import Visitor

NAN, INFINITY = float("nan"), float("inf")
ADDRESSES = [
    ("train", "run=demo"),
    ("train", "view=projector&run=demo&charts=a,b"),
    ("generate", ""),
    ("generate", "seeds=1-200&page=3"),
    ("interpolate", ""),
    ("lesson", "step=1"),
    ("lesson", "step=4"),
    ("lesson", "step=5"),
    ("lesson", "step=7"),
    ("redraw", ""),
    ("redraw", "bring=example"),
    ("redraw", "bring=seed"),
    ("redraw", "bring=upload"),
]
TEXTS = [
    "",
    "x" * 100_000,
    "![x](http://e.org)",
    "../../etc/passwd",
    "\0",
    "9" * 400,
    "1-99999999999",
    "nan",
    "no such",
]
PICKS = ["null", '"abc"', "5", "{}", '[null, "a", 1e400, {}]', "[NaN]", "[1.5, true]", "[-1, 99999999999999999999]"]
PICKS.append(f"[{'7,' * 5000}7]")
SENT = [f'{{"picked": {picks}}}' for picks in PICKS] + [
    "null", "5", '"x"', "[1]", '{"drawing": 5}', '{"drawing": "!!"}', '{"drawing": "aGFsbG8="}', '{"token": {"a": 1}}',
    '{"frame": 7}', '{"frame": {"picture": "a", "box": "abc"}}', '{"frame": {"box": [NaN, 1e400, null]}}',
]  # fmt: skip
# By the kind of widget: in which field its value comes, and what may stand there. (Of another field, of broken JSON and
# of NaN for a whole number Streamlit itself says that it is an error, before anything of ours runs.)
VALUES = {
    "number_input": ("double_value", [NAN, INFINITY, -INFINITY, 1e308, -5.0, 0.5]),
    "slider": ("double_array_value", [[NAN], [INFINITY], [-1e300], [1e300], [0.5], [2.0**62]]),
    "selectbox": ("string_value", TEXTS),
    "text_input": ("string_value", TEXTS),
    "checkbox": ("bool_value", [True, False]),
    "multiselect": ("string_array_value", [["no such"], []]),
    "button_group": ("string_array_value", [["no such"], [], ["x"] * 50]),
    "pagination": ("int_value", [0, -1, 2**40]),
    "bidi_component": ("json_value", SENT),
}


def _state(name, field, value):
    state = WidgetState(id=name)
    if field.endswith("array_value"):
        getattr(state, field).SetInParent()
        getattr(state, field).data.extend(value)
    else:
        setattr(state, field, value)
    return state


def _hostile(page):
    """One value for each of the page's widgets, of those that there are for its kind."""
    for kind, name, widget in page.widgets():
        if kind not in VALUES or (kind == "slider" and widget.type == widget.SELECT_SLIDER):
            continue
        field, values = VALUES[kind]
        if kind == "number_input" and widget.data_type == NumberInput.INT:
            field, values = "int_value", [-5, 2**62, 0]
        yield name, [_state(name, field, value) for value in values]


@pytest.fixture(scope="module")
def address(serve, tmp_path_factory, _trained_folder, config, write_redrawing):
    home = tmp_path_factory.mktemp("forger")
    shutil.copytree(_trained_folder, home / "runs" / "demo")
    write_redrawing(home / "checkpoints" / "sketches")
    with serve(home) as address:
        yield address


@pytest.mark.parametrize("host", ["127.0.0.1", "forger.test"])
@pytest.mark.parametrize("page, query", ADDRESSES)
def test_odd_values(address, host, page, query):
    chance = random.Random(f"{page}?{query}")
    with Visitor(address, host) as visitor:
        shown = visitor.run(page, query=query)
        assert not shown.exceptions and len(shown.elements) > 5
        states = dict(_hostile(shown))
    ours = [name for kind, name, _ in shown.widgets() if kind == "bidi_component" and name in states]
    for name, choices in ((name, states[name]) for name in ours):  # each alone, so that none hides another
        with Visitor(address, host) as visitor:
            visitor.run(page, query=query)
            state = chance.choice(choices)
            assert not visitor.run(page, {name: state}, query).exceptions, state
    with Visitor(address, host) as visitor:
        visitor.run(page, query=query)
        for _ in range(4):
            together = {name: chance.choice(choices) for name, choices in states.items()}
            assert not visitor.run(page, together, query).exceptions, together
    with Visitor(address, host) as visitor:
        assert not visitor.run(page, query=query).exceptions  # and nobody else has noticed


def test_what_no_widget_has_is_not_heard(address):
    with Visitor(address) as visitor:
        visitor.run("generate")
        state = _state("$$ID-0123456789abcdef-none", "string_value", "x")
        assert not visitor.run("generate", {"none": state}).exceptions
        assert not visitor.run("no-such-page").exceptions
        assert not visitor.run(
            "generate", query="seeds=%00&model=%ff&page=-9&columns=1e9&picked=a,,9&truncation=NaN"
        ).exceptions


@pytest.mark.parametrize("value", [NAN, INFINITY])
def test_of_what_streamlit_refuses_itself_only_the_sender_hears(address, value):
    with Visitor(address) as visitor:
        shown = visitor.run("redraw", query="bring=seed")
        seed = next(name for kind, name, widget in shown.widgets() if kind == "number_input")
        refused = visitor.run("redraw", {seed: _state(seed, "double_value", value)}, "bring=seed")
        assert all("redacted" in one for one in refused.exceptions)
    with Visitor(address) as visitor:
        assert not visitor.run("redraw", query="bring=seed").exceptions


@pytest.mark.parametrize(
    "url", ["http://[", "http://a]b", "x" * 50_000, "javascript:1", "http://localhost:999999/", "\0"]
)
def test_a_page_that_is_said_to_be_nowhere(address, url):
    for page, query in ADDRESSES:
        with Visitor(address, "forger.test") as visitor:
            assert not visitor.run(page, query=query, url=url).exceptions


def test_a_stranger_empties_the_caches(address):
    with Visitor(address, "forger.test") as visitor:
        for page, query in ADDRESSES:
            visitor.run(page, query=query)
            visitor.empty_caches()
            assert not visitor.run(page, query=query).exceptions
