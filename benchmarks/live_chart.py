"""What live charts cost the server when a class of thirty looks on.

    python -m benchmarks.live_chart [--viewers 30] [--seconds 10] [--ways nothing "live_chart, one call"]

For each way of drawing the same four charts (three curves of 400 points each, new once a second, shared
between viewers) this starts a Streamlit server, connects the viewers to it through Streamlit's own
websocket protocol, lets them ask for their fragment every second, and measures the server process.
The viewers decode the messages but draw nothing. Compare the lines of one run with each other: the
machine may be busy with other things, so a figure means little alone.
"""

import argparse
import tempfile
from pathlib import Path

from benchmarks.meter import write_results
from benchmarks.viewers import Seen, look_on, server

COMMON = """
import time
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from ui.curves import thin
from ui.live_chart import LiveFigure, Series, live_chart

NAMES = ["D", "G", "D on fake"]

@st.cache_resource(max_entries=2, show_spinner=False)
def curves(second):
    rng = np.random.default_rng(second)
    return np.arange(2000) / 7, rng.normal(size=(4, 3, 2000))

def figures(second):
    x, charts = curves(second)
    series = [[Series(name, x, y) for name, y in zip(NAMES, ys)] for ys in charts]
    return [LiveFigure("Losses", "kimg", "loss", curves) for curves in series]

@st.cache_resource(max_entries=2, show_spinner=False)
def shared_figures(second):
    return figures(second)

@st.cache_resource(max_entries=2, show_spinner=False)
def tables(second):
    x, charts = curves(second)
    columns = [{"kimg": thin(x, x)[0]} | {n: thin(x, y)[1] for n, y in zip(NAMES, ys)} for ys in charts]
    return [pd.DataFrame(column) for column in columns]

@st.cache_resource(max_entries=2, show_spinner=False)
def plotly_figures(second):
    return [go.Figure([go.Scatter(x=t.kimg, y=t[name], name=name) for name in NAMES]) for t in tables(second)]

X, Y = [{"field": field, "type": "quantitative"} for field in ("kimg", "value")]
COLOUR = {"field": "key", "type": "nominal"}
VEGA = {"transform": [{"fold": NAMES}], "mark": "line", "encoding": {"x": X, "y": Y, "color": COLOUR}}

@st.fragment(run_every=1)
def live():
    second = int(time.time())
    {draw}

live()
"""

VARIANTS = {
    "nothing": "st.empty()",
    "live_chart, one call": "live_chart(*shared_figures(second), key='charts')",
    "live_chart, four calls": "for i, f in enumerate(shared_figures(second)): live_chart(f, key=f'c{i}')",
    "live_chart, figures not shared": "live_chart(*figures(second), key='charts')",
    "st.vega_lite_chart": "for i, t in enumerate(tables(second)): st.vega_lite_chart(t, VEGA, key=f'c{i}')",
    "st.plotly_chart": "for i, f in enumerate(plotly_figures(second)): st.plotly_chart(f, key=f'c{i}')",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--warm-up", type=float, default=5, help="seconds before that, once all have the page")
    parser.add_argument("--ways", nargs="+", choices=tuple(VARIANTS), default=list(VARIANTS), help="of drawing")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print(f"{'':32} CPU per run     (to first)   runs/s   median ms   p95 ms   KB per run")
    baseline, results = None, []
    for name in options.ways:
        script = COMMON.replace("{draw}", VARIANTS[name])
        seen = measure(script, options.viewers, options.warm_up, options.seconds)
        runs = len(seen.latencies)
        if not runs:
            print(f"{name:32} no run completed")
            continue
        baseline = baseline or seen.core_seconds / runs
        results.append(
            {
                "way": name,
                "runs": runs,
                "core seconds": seen.core_seconds,
                "median s": seen.median,
                "bytes": seen.received,
            }
        )
        print(
            f"{name:32} {1000 * seen.core_seconds / runs:8.2f} ms {seen.core_seconds / runs / baseline:12.2f}x"
            f" {runs / options.seconds:10.1f} {1000 * seen.median:11.0f} {1000 * seen.p95:8.0f}"
            f" {seen.received / runs / 1000:11.1f}"
        )
    write_results(options.json, results)


def measure(script: str, viewers: int, warm_up: float, seconds: float) -> Seen:
    """What viewers of that page see, and what it costs."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.py"
        page.write_text(script)
        with server(page) as serving:
            return look_on(serving, viewers, warm_up, seconds)


if __name__ == "__main__":
    main()
