"""Pairs of one's own on the page Train: asked for, shown before training, and learned from."""

import io
import os
import zipfile

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan import runs
from gan.data import Preparation, open_pictures
from gan.learning.config import configure
from gan.learning.recipes import PRESETS
from gan.paths import PROJECT
from gan.tasks import TASKS
from gan.training.estimate import Measured
from gan.training.pace import Pace
from ui.start import pair_preview
from ui.watch import real_pictures

COUNT = 16


@pytest.fixture(autouse=True)
def no_measuring(monkeypatch):
    pace = Pace(1, 0.01, 1, 0.01, 1)
    monkeypatch.setattr("ui.start.measuring.measure_pace", lambda config, device, given_up: Measured(pace, busy=False))


@pytest.fixture
def started(monkeypatch):
    """A run that is started has this very process for a trainer."""

    class Process:
        pid = os.getpid()

    monkeypatch.setattr("gan.runs.start.subprocess.Popen", lambda command, **options: Process())


def _zip(pictures: np.ndarray) -> tuple[str, bytes, str]:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for number, picture in enumerate(pictures[:COUNT]):
            for folder, one in (("A", picture), ("B", 255 - picture)):
                file = io.BytesIO()
                Image.fromarray(one).save(file, "PNG")
                archive.writestr(f"{folder}/{number:02d}.png", file.getvalue())
        archive.writestr("A/99.png", file.getvalue())
    return "mine.zip", content.getvalue(), "application/zip"


def _text(page) -> str:
    return "\n".join(part.value for part in [*page.caption, *page.info, *page.error, *page.warning])


def _button(page):
    (button,) = [button for button in page.button if button.label == "Start training"]
    return button


def test_they_are_asked_for_shown_and_learned_from(started, pictures):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=60).run()
    page.button_group(key="preset").select("redraw").run()
    page.button_group(key="redraw-redraw-task").select("pairs").run()
    assert TASKS["pairs"].help in _text(page)
    assert "The task pairs needs pictures of your own" in _text(page)
    assert _button(page).disabled and not page.error
    page.selectbox(key="redraw-data").select("your own pictures").run()
    assert "needs pictures of your own" not in _text(page)
    page.file_uploader(key="own-files-0").set_value([_zip(pictures)]).run()
    assert not page.exception and not page.error
    assert f"{COUNT} pairs: “A” goes in, “B” should come out." in _text(page)
    assert "1 picture of “A” has no partner in “B”" in _text(page)
    _button(page).click().run()
    config = runs.list_runs()[0].config
    assert config.task == "pairs" and config.preparation.pairs


def test_six_pairs_are_shown_each_source_above_its_target(pictures, tmp_path, monkeypatch):
    source = tmp_path / "mine.zip"
    source.write_bytes(_zip(pictures)[1])
    shown = []
    monkeypatch.setattr(pair_preview.st, "image", lambda sheet, **words: shown.append((sheet, words)))
    pair_preview.show(str(source), 32, Preparation(pairs=True))
    ((sheet, words),) = shown
    assert words["caption"] == "16 pairs; 6 of them: above what goes in, below what should come out"
    cells = np.asarray(Image.open(io.BytesIO(sheet))).astype(int)
    above, below = cells[:32], cells[34:]
    inside = np.ones(cells.shape[1], bool)
    inside[32::34] = inside[33::34] = False
    assert (above[:, inside] + below[:, inside] == 255).all() and inside.sum() == 6 * 32
    assert len(open_pictures(str(source), 32, preparation=Preparation(pairs=True))) == COUNT


def test_the_real_pictures_beside_forgeries_are_the_targets(pictures, tmp_path):
    (tmp_path / "mine.zip").write_bytes(_zip(pictures)[1])
    config = configure(PRESETS["redraw"].config, data=str(tmp_path / "mine.zip"), task="pairs", resolution=32)
    open_pictures(config.data, 32, preparation=config.preparation)
    assert np.array_equal(real_pictures.some(config, (0, 3, 99)), 255 - pictures[[0, 3]])
