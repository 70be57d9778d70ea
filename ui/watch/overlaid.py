"""The charts of two runs, one over the other."""

from collections.abc import Sequence
from dataclasses import replace

from gan.runs import find_run
from gan.runs.side_by_side import look_at_both
from ui.live import FRESH_SECONDS, charts
from ui.live_chart import LiveFigure, Series
from ui.memo import kept_for

MOST = 2  # curves of each run in a chart: with more nobody knows which is which


@kept_for(FRESH_SECONDS)
def view(name: str, other_name: str) -> list[LiveFigure]:
    """The charts that the runs `name` and `other_name` have in common, for all who look on. Raises ForgerError where
    one of them is no more."""
    one, other = find_run(name), find_run(other_name)
    mine, theirs = look_at_both(one, other)
    return overlaid(charts(mine, one.config), charts(theirs, other.config), other.name)


def overlaid(mine: Sequence[LiveFigure], theirs: Sequence[LiveFigure], their_name: str) -> list[LiveFigure]:
    """Each chart that both have, with the first curves that both have in it: `mine` as they are, `theirs` dashed."""
    by_title = {figure.title: figure for figure in theirs}
    found = [_over(figure, by_title[figure.title], their_name) for figure in mine if figure.title in by_title]
    return [figure for figure in found if figure.series]


def _over(mine: LiveFigure, theirs: LiveFigure, their_name: str) -> LiveFigure:
    own, dashed = _curves(mine), _curves(theirs)
    common = [name for name in own if name in dashed][:MOST]
    beside = [
        replace(dashed[name], name=f"{name}, {their_name}", colour=own[name].colour, beside=name) for name in common
    ]
    ranges = [one.y_range for one in (mine, theirs) if one.y_range]
    return replace(
        mine,
        series=[*(own[name] for name in common), *beside],
        lines=[line for line in mine.lines if line in theirs.lines],
        y_range=(min(low for low, _ in ranges), max(high for _, high in ranges)) if len(ranges) == 2 else None,
    )


def _curves(figure: LiveFigure) -> dict[str, Series]:
    """Its curves by name, but for bands."""
    return {curve.name: curve for curve in figure.series if curve.spoken and len(curve.x)}
