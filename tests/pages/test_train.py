"""The Train page: with nothing trained, with a run that ended, and beside a run that trains."""

import io
import os
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan import models, runs
from gan.data.store import cache_root
from gan.paths import PROJECT, checkpoints_root
from gan.recipes import Config, configure
from gan.trainer import Trainer
from ui import live


@pytest.fixture(autouse=True)
def known_speed(monkeypatch):
    # Measuring a speed for two seconds is the benchmark's business.
    monkeypatch.setattr("ui.new_run._speed", lambda *settings: 200.0)
    live.active_name.clear()
    live.view.clear()


def _page(**query):
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    for name, value in query.items():
        page.query_params[name] = value
    return page.run()


def _text(page):
    parts = [*page.markdown, *page.caption, *page.info, *page.error, *page.warning]
    return "\n".join(part.value for part in parts)


def _device():
    return "auto" if torch.cuda.is_available() else "cpu"


def _started(monkeypatch):
    """Lets `start` pretend that this very process is the trainer; returns the commands that it would have run."""
    commands = []

    class Process:
        pid = os.getpid()

    def popen(command, **options):
        commands.append(command)
        return Process()

    monkeypatch.setattr("gan.runs.subprocess.Popen", popen)
    return commands


def _button(page, label):
    return next(button for button in page.button if button.label == label)


def test_a_fresh_machine_shows_the_story_and_the_form():
    page = _page()
    assert not page.exception
    assert "forger never sees" in _text(page)
    assert "About **3 minutes**" in _text(page)


def test_start_creates_the_run_and_starts_its_trainer(monkeypatch):
    commands = _started(monkeypatch)
    page = _page()
    _button(page, "Start training").click().run()
    assert not page.exception
    run = runs.find_run("quick-look")
    assert run.config == configure(run.config, data="drawn-cats", resolution=32)
    assert commands[0][2:] == ["gan", "resume", "quick-look", "--kimg", "40.0", "--device", _device(), "--give-way"]
    assert any(button.label == "Stop" for button in page.button)


def test_a_second_start_is_refused_in_words(monkeypatch, request):
    commands = _started(monkeypatch)
    page = _page()
    request.getfixturevalue("training_run")  # another browser was faster
    _button(page, "Start training").click().run()
    assert "'demo' is training already" in _text(page)
    assert not commands
    assert [run.name for run in runs.list_runs()] == ["demo"]


def test_two_clicks_on_start_say_nothing_bad(monkeypatch):
    commands = _started(monkeypatch)
    first, second = _page(), _page()
    for page in (first, second):
        _button(page, "Start training").click().run()
        assert not page.exception
        assert not page.error
    assert len(commands) == 1


def test_during_a_run_it_shows_how_it_stands(training_run):
    page = _page()
    assert "demo" in _text(page)
    assert not page.exception
    assert "Training" in _text(page)
    assert len(page.get("bidi_component")) == 1  # the charts
    assert not any(button.label == "Resume" for button in page.button)


def test_stop_asks_the_trainer(training_run):
    page = _page()
    page.button(key="stop-demo").click().run()
    assert training_run.stop_path.exists()
    assert page.button(key="stop-demo").disabled
    assert "Stopping after this step" in _text(page)


def test_a_finished_run_shows_every_grid_since_the_beginning(trained_run):
    page = _page()
    captions = [image.proto.imgs[0].caption for image in page.get("image")]
    newest, *earlier = reversed(trained_run.grids())
    assert f"After {newest:,} images" in captions
    assert "After 0 images" in captions
    look_back = next(slider for slider in page.slider if slider.label.startswith("Look back"))
    look_back.set_value(earlier[0] / 1000).run()
    assert f"After {earlier[0]:,} images" in [image.proto.imgs[0].caption for image in page.get("image")]


def test_a_run_whose_process_died_is_interrupted_and_can_be_resumed(monkeypatch, training_run):
    commands = _started(monkeypatch)
    training_run.write_status(replace(training_run.status(), pid=2**22 + 1, target_images=4000))
    training_run.log_path.write_text("Killed: out of memory")
    page = _page()
    assert any("ended without a word" in error.value for error in page.error)
    assert any("out of memory" in code.value for code in page.code)
    _button(page, "Resume").click().run()
    assert commands[0][3:5] == ["resume", "demo"]


def test_rename_and_delete_ask_twice():
    run = runs.create("old", Config())
    page = _page()
    delete = page.button(key="do-delete-old")
    assert delete.disabled
    page.text_input(key="rename-old").set_value("new").run()
    page.button(key="do-rename-old").click().run()
    assert not run.folder.exists()
    page.checkbox(key="sure-new").check().run()
    page.button(key="do-delete-new").click().run()
    assert runs.list_runs() == []
    assert "was deleted" in _text(page)


def test_a_broken_upload_is_said_in_words():
    page = _page()
    page.selectbox(key="quick-look-data").select("your own pictures").run()
    page.file_uploader(key="quick-look-zip").set_value(("mine.zip", b"this is no ZIP", "application/zip")).run()
    assert not page.exception
    assert any("ZIP" in error.value for error in page.error)


def test_a_known_set_shows_its_terms_before_anything_is_fetched():
    page = _page()
    page.selectbox(key="quick-look-data").select("celeba").run()
    assert not page.exception
    assert any("Terms:" in info.value for info in page.info)
    assert _button(page, "Start training").disabled


def _zip_of_pictures(count):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for index in range(count):
            picture = io.BytesIO()
            Image.new("RGB", (40, 50), (index * 10, 100, 50)).save(picture, "PNG")
            archive.writestr(f"{index}.png", picture.getvalue())
        archive.writestr("letter.txt", "not a picture")
    return ("My cats.zip", content.getvalue(), "application/zip")


def test_own_pictures_are_counted_shown_and_trained_on(monkeypatch):
    commands = _started(monkeypatch)
    page = _page()
    page.selectbox(key="quick-look-data").select("your own pictures").run()
    assert _button(page, "Start training").disabled
    page.file_uploader(key="quick-look-zip").set_value(_zip_of_pictures(20)).run()
    assert "1 not a picture" in _text(page)
    _button(page, "Start training").click().run()
    source = Path(runs.find_run("quick-look").config.data)
    assert source.name.startswith("my-cats-")
    assert source.read_bytes() == _zip_of_pictures(20)[1]
    assert len(commands) == 1


def test_while_a_run_prepares_its_pictures_the_page_does_not_wait_for_them(training_run):
    page = _page()
    page.selectbox(key="quick-look-data").select("your own pictures").run()
    page.file_uploader(key="quick-look-zip").set_value(_zip_of_pictures(20)).run()
    assert "when the machine is free" in _text(page)
    assert not (cache_root() / "cache").exists()


def test_a_run_of_any_length_can_be_shown(trained_run):
    for seen, target in ((20, 30), (600_000_000, 600_000_000), (0, 0)):
        trained_run.write_status(replace(trained_run.status(), images_seen=seen, target_images=target))
        live.view.clear()
        assert not _page().exception


def test_a_shipped_generator_with_its_state_can_be_trained_on(monkeypatch):
    _started(monkeypatch)
    config = Config(width=4, resolution=32, latent_size=8)
    trainer = Trainer(config, np.zeros((16, 32, 32, 3), np.uint8), torch.device("cpu"))
    folder = checkpoints_root() / "tiny"
    models.save_generator(folder, trainer.average, {"title": "Tiny", "config": config.to_dict(), "images_seen": 4000})
    page = _page()
    assert "train-on" not in page.button_group(key="preset").options
    torch.save({"trainer": trainer.state_dict()}, folder / models.STATE)
    page = _page()
    page.button_group(key="preset").select("train-on").run()
    _button(page, "Start training").click().run()
    assert not page.exception
    run = runs.find_run("train-on")
    assert run.config == config
    assert run.checkpoints()[0].read_bytes() == (folder / models.STATE).read_bytes()
