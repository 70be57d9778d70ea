"""Charts for pages that update every second: no flicker, and the viewer's zoom, legend and hover stay.

`st.plotly_chart` throws its plot away whenever the data change. This component keeps the plot and hands
the new data to `Plotly.react`. plotly.js is the one inside the installed plotly package; each browser
fetches it once and keeps it.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import plotly
import streamlit as st
from plotly.offline import get_plotlyjs_version
from streamlit.components.v1 import declare_component
from streamlit.components.v2.types import ComponentRenderer

from ui.curves import thin

X_DIGITS = 5  # 400 points over a long run need one digit more than the eye does
Y_DIGITS = 4
WORD_DIGITS = 2


@dataclass(frozen=True, eq=False)
class Series:
    """One curve.

    Args:
        x, y: shape (n,). Values of y that are not finite become gaps.
        colour: a Streamlit colour name (blue, green, orange, red, violet, yellow, gray), which follows the
            light and dark theme, or any CSS colour; None takes the theme's next one.
        spoken: whether the chart's words say where the curve stands; False for what has no end, such as a band.
        beside: the name of a curve of the same chart that this one is to be compared with: drawn dashed, and shown and
            hidden with that one, which stands in the legend for both.
    """

    name: str
    x: np.ndarray
    y: np.ndarray
    colour: str | None = None
    spoken: bool = True
    beside: str = ""


@dataclass(frozen=True, eq=False)
class LiveFigure:
    """One chart, as it stands now.

    Make it once for each new state of the run and share it between all viewers: `payload` is then
    worked out once, however many browsers look on.

    Args:
        lines: horizontal reference lines, (y, label).
        marks: moments, (x, label), drawn as vertical lines; a label that is empty is not named.
        y_range, x_range: the lowest and highest y or x shown at first; None follows the data, x from 0 on.
        moment: what the words say of when it was, where x is no time.
    """

    title: str
    x_label: str
    y_label: str
    series: Sequence[Series]
    lines: Sequence[tuple[float, str]] = ()
    y_range: tuple[float, float] | None = None
    x_range: tuple[float, float] | None = None
    moment: str = ""
    marks: Sequence[tuple[float, str]] = ()

    @cached_property
    def _drawn(self) -> list[tuple[np.ndarray, np.ndarray]]:
        return [thin(curve.x, curve.y) for curve in self.series]

    @cached_property
    def words(self) -> str:
        """The chart for those who do not see it: its title, its axes, and where curves and lines stand now."""
        ends = {}
        for curve, (x, y) in zip(self.series, self._drawn, strict=True):
            known = np.flatnonzero(np.isfinite(y))
            if curve.spoken and len(known):
                ends[curve.name] = x[known[-1]], y[known[-1]]
        title = self.title if self.title.endswith("?") else f"{self.title}."
        parts = [f"{title} Chart of {self.y_label} over {self.x_label}."]
        if self.moment:
            parts.append(self.moment)
        elif ends:
            stand = ", ".join(f"{name} {y:.{WORD_DIGITS}g}" for name, (_, y) in ends.items())
            parts.append(f"At {max(x for x, _ in ends.values()):.{Y_DIGITS}g}: {stand}.")
        parts += [f"Line at {y:.{WORD_DIGITS}g}: {label}." for y, label in self.lines]
        parts += [f"At {x:.{Y_DIGITS}g}: {label}." for x, label in self.marks if label]
        return " ".join(parts)

    @cached_property
    def payload(self) -> bytes:
        """The figure as compact JSON: thinned, rounded to a few significant digits, NaN as null.

        Raises:
            gan.errors.ForgerError: a series has not one y for each x.
        """
        xs: dict[str, int] = {}  # curves of one chart mostly share their x: send each distinct one once
        series = []
        for curve, (x, y) in zip(self.series, self._drawn, strict=True):
            shared = xs.setdefault(_numbers(x, X_DIGITS), len(xs))
            beside = f'"beside":{json.dumps(curve.beside)},' if curve.beside else ""
            series.append(
                f'{{"name":{json.dumps(curve.name)},"colour":{json.dumps(curve.colour)},{beside}'
                f'"x":{shared},"y":{_numbers(y, Y_DIGITS)}}}'
            )
        head: dict[str, Any] = {"title": self.title, "xLabel": self.x_label, "yLabel": self.y_label}
        head |= {
            "words": self.words,
            "lines": list(self.lines),
            "range": self.y_range,
            "xRange": self.x_range,
            "marks": list(self.marks),
        }
        return f'{json.dumps(head)[:-1]},"xs":[{",".join(xs)}],"series":[{",".join(series)}]}}'.encode()


def live_chart(*figures: LiveFigure, key: str, height: str = "300px", size: int = 12) -> None:
    """Draw charts side by side as wide as the page allows; call it again with new figures to update them.

    Args:
        figures: in the order shown. Their number may change; each place keeps its zoom.
        key: the component's name on the page. The same key on every rerun is what keeps the plots alive.
        height: of each chart below its title, as a CSS length.
        size: of its letters, in pixels.
    """
    drawn = b",".join(figure.payload for figure in figures)
    data = b'{"height":%s,"size":%d,"figures":[%s]}' % (json.dumps(height).encode(), size, drawn)
    _component()(data=data, key=key)


def _numbers(values: np.ndarray, digits: int) -> str:
    """A JSON array; what is not finite becomes null, because JSON has no NaN."""
    return "[" + ",".join(f"{v:.{digits}g}" if np.isfinite(v) else "null" for v in values.tolist()) + "]"


@st.cache_resource(show_spinner=False)  # once for each server, and inside a script run, as registering needs
def _component() -> ComponentRenderer:
    """Publish plotly.js and register the component.

    A component of the second kind can only serve files of an installed package with a manifest, so the
    folder is published as a component of the first kind, which is never mounted. The address is relative,
    as Streamlit's own are, so that it also holds behind a prefix or a proxy; the version is in it because
    browsers keep the file.
    """
    folder = declare_component("plotlyjs", path=Path(plotly.__file__).parent / "package_data")
    url = f"component/{folder.name}/plotly.min.js?v={get_plotlyjs_version()}"
    here = Path(__file__)
    return st.components.v2.component(
        "forger_live_chart",
        html=f'<div class="forger-charts" data-plotly="{url}"></div>',
        css=here.with_suffix(".css").read_text(encoding="utf-8"),
        js=here.with_suffix(".js").read_text(encoding="utf-8"),
        isolate_styles=False,  # plotly.js puts its own style sheet into the page, not into a shadow root
    )
