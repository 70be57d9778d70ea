"""Rows of small pictures, each with a word below it, as HTML."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gan.pictures.files import jpeg_bytes
from ui.data_url import data_url


def row(title: str, pictures: np.ndarray, words: Sequence[str]) -> str:
    """One row: pictures (N, R, R, 3) uint8, and what stands below each."""
    figures = "".join(
        f'<figure><img src="{data_url(jpeg_bytes(picture), "image/jpeg")}" alt="{title}: {word}">'
        f"<figcaption>{word}</figcaption></figure>"
        for picture, word in zip(pictures, words, strict=True)
    )
    return f'<section><p>{title}</p><div class="row">{figures}</div></section>'


def page(rows: Sequence[str]) -> str:
    """The rows, side by side where there is room."""
    style = Path(__file__).with_suffix(".css").read_text(encoding="utf-8")
    return f'<style>{style}</style><div class="tiles">{"".join(rows)}</div>'
