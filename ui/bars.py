"""Counts as bars in HTML: each with its number in words, to be read from the last row, and without a chart's script."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

HEIGHT = 7.0  # em, of the highest column


def rows(answers: Sequence[str], counts: Sequence[int], right: int | None = None, mine: int | None = None) -> str:
    """A bar for each answer, below it; which of them turned out `right`, and which one the reader gave."""
    total = max(1, sum(counts))
    parts = []
    for place, (answer, count) in enumerate(zip(answers, counts, strict=True)):
        marks = ' <small class="true">✓ so it was</small>' * (place == right)
        marks += ' <small class="mine">your answer</small>' * (place == mine)
        parts.append(
            f'<li{" class=right" * (place == right)}><div class="words"><span><span class="answer">{escape(answer)}'
            f'</span>{marks}</span><span class="number">{count} · {count / total:.0%}</span></div>'
            f'<div class="track" aria-hidden="true"><div style="width: {100 * count / total:.0f}%"></div></div></li>'
        )
    return f'{_style()}<ul class="bars rows">{"".join(parts)}</ul>'


def columns(counts: Sequence[int], unit: str, mine: int | None = None) -> str:
    """A column for each score from 0 on, `counts` times reached; what they count is the `unit`."""
    most = max(1, *counts)
    words = ", ".join(f"{count} with {score}" for score, count in enumerate(counts) if count) or "none yet"
    parts = [
        f"<div{' class=mine' * (score == mine)}><span>{count or ''}</span>"
        f'<div class="bar" style="height: {HEIGHT * count / most:.2f}em"></div><div class="score">{score}</div></div>'
        for score, count in enumerate(counts)
    ]
    return f'{_style()}<div class="bars columns" role="img" aria-label="{escape(unit)}: {words}">{"".join(parts)}</div>'


def _style() -> str:
    return f"<style>{Path(__file__).with_suffix('.css').read_text(encoding='utf-8')}</style>"
