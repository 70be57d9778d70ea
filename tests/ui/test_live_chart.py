import json
from pathlib import Path

import numpy as np
import plotly
import pytest
from streamlit.testing.v1 import AppTest

from gan.errors import ForgerError
from ui.live_chart import LiveFigure, Series


def figure(*series: Series, **settings) -> LiveFigure:
    return LiveFigure("Losses", "kimg", "loss", series, **settings)


def test_payload_is_rounded_json_with_gaps_as_null():
    drawn = figure(
        Series("D", [1, 2, 3], [0.123456, np.nan, np.inf], "blue"),
        Series("G", [1, 2, 3], [12345.6, 0, -1e-9]),
        lines=[(0.5, 'the forger "has won"')],
        y_range=(0, 1),
    )
    assert json.loads(drawn.payload) == {
        "title": "Losses",
        "xLabel": "kimg",
        "yLabel": "loss",
        "words": 'Losses. Chart of loss over kimg. At 3: D 0.12, G -1e-09. Line at 0.5: the forger "has won".',
        "lines": [[0.5, 'the forger "has won"']],
        "range": [0, 1],
        "xRange": None,
        "marks": [],
        "xs": [[1, 2, 3]],
        "series": [
            {"name": "D", "colour": "blue", "x": 0, "y": [0.1235, None, None]},
            {"name": "G", "colour": None, "x": 0, "y": [12350, 0, -1e-9]},
        ],
    }


def test_payload_is_thinned_and_worked_out_once():
    x = np.arange(100_000) / 7
    drawn = figure(Series("D", x, np.sin(x)), Series("G", x[:50], x[:50]))
    sent = json.loads(drawn.payload)
    assert [len(xs) <= 400 for xs in sent["xs"]] == [True, True]
    assert [curve["x"] for curve in sent["series"]] == [0, 1]
    assert drawn.payload is drawn.payload
    assert len(drawn.payload) < 10_000


def test_a_figure_without_data_yet():
    sent = json.loads(figure(Series("D", [], [])).payload)
    assert (sent["xs"], sent["series"][0]["y"]) == ([[]], [])
    assert json.loads(figure().payload)["series"] == []


def test_words_say_where_the_curves_stand_but_nothing_of_a_band():
    band = Series("give or take", [1, 2, 1, 2], [0, 0, 1, 1], spoken=False)
    drawn = LiveFigure("Who struggles?", "kimg", "loss", [Series("G", [1, 2], [0.5, 0.123]), band])
    assert drawn.words == "Who struggles? Chart of loss over kimg. At 2: G 0.12."
    assert figure(Series("D", [], [])).words == "Losses. Chart of loss over kimg."


def test_a_curve_that_does_not_fit_is_refused():
    with pytest.raises(ForgerError, match="one y for each x"):
        _ = figure(Series("D", [1, 2], [1])).payload


def page(steps: int):
    import numpy as np

    from ui.live_chart import LiveFigure, Series, live_chart

    x = np.arange(steps)
    one = LiveFigure("Losses", "kimg", "loss", [Series("D", x, x)])
    live_chart(one, one, key="charts", height="200px")


def test_page_draws_and_the_component_keeps_its_identity_when_data_change():
    app = AppTest.from_function(page, args=(2,), default_timeout=20).run()
    assert not app.exception
    first = app.main[0].proto
    assert first.component_name == "forger_live_chart"
    sent = json.loads(first.bytes)
    assert sent["height"] == "200px"
    assert [chart["series"][0]["y"] for chart in sent["figures"]] == [[0, 1]] * 2

    app.args = (3,)  # what a fragment's next run does
    app.run()
    second = app.main[0].proto
    assert json.loads(second.bytes)["figures"][0]["series"][0]["y"] == [0, 1, 2]
    assert second.id == first.id  # a new id would be a new plot: flicker, zoom lost
    assert (second.js_content, second.html_content) == (first.js_content, first.html_content)


def test_the_page_asks_for_the_plotly_that_is_installed():
    app = AppTest.from_function(page, args=(2,), default_timeout=20).run()
    html = app.main[0].proto.html_content
    assert 'data-plotly="component/ui.live_chart.plotlyjs/plotly.min.js?v=' in html
    assert (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").is_file()
