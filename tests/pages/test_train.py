"""The Train page: with nothing trained, with a run that ended, and beside a run that trains."""

import os

import numpy as np
import psutil
import pytest
import torch
from PIL import Image
from streamlit.testing.v1 import AppTest

from gan import models, runs
from gan.paths import PROJECT, checkpoints_root
from gan.recipes import Config, configure
from gan.run import State, Status
from gan.trainer import Trainer
from ui import live


@pytest.fixture(autouse=True)
def places(tmp_path, monkeypatch):
    for name in ("RUNS", "CHECKPOINTS", "DATA"):
        monkeypatch.setenv(f"FORGER_{name}", str(tmp_path / name.lower()))
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


def _training_run(name="busy"):
    run = runs.create(name, Config(data="drawn-cats"))
    status = Status(
        state=State.TRAINING,
        images_seen=1500,
        target_images=4000,
        images_per_second=250.0,
        pid=os.getpid(),
        process_started=psutil.Process().create_time(),
    )
    run.write_status(status)
    return run


def test_a_fresh_machine_shows_the_story_and_the_form():
    page = _page()
    assert not page.exception
    assert "forger never sees" in _text(page)
    assert "About **3 minutes**" in _text(page)


def test_start_creates_the_run_and_starts_its_trainer(monkeypatch):
    commands = _started(monkeypatch)
    page = _page()
    next(button for button in page.button if button.label == "Start training").click().run()
    assert not page.exception
    run = runs.find_run("quick-look")
    assert run.config == configure(run.config, data="drawn-cats", resolution=32)
    assert commands[0][2:] == ["gan", "resume", "quick-look", "--kimg", "40.0", "--device", _device(), "--give-way"]
    assert any(button.label == "Stop" for button in page.button)


def test_a_second_start_is_refused_in_words(monkeypatch):
    commands = _started(monkeypatch)
    page = _page()
    _training_run("busy")  # another browser was faster
    next(button for button in page.button if button.label == "Start training").click().run()
    assert "'busy' is training already" in _text(page)
    assert not commands
    assert [run.name for run in runs.list_runs()] == ["busy"]


def test_two_clicks_on_start_say_nothing_bad(monkeypatch):
    commands = _started(monkeypatch)
    first, second = _page(), _page()
    for page in (first, second):
        next(button for button in page.button if button.label == "Start training").click().run()
        assert not page.exception
        assert not page.error
    assert len(commands) == 1


def test_stop_asks_the_trainer():
    run = _training_run()
    page = _page()
    assert "busy" in _text(page)
    page.button(key="stop-busy").click().run()
    assert run.stop_path.exists()
    assert page.button(key="stop-busy").disabled


def test_a_run_whose_process_died_is_interrupted_and_can_be_resumed(monkeypatch):
    commands = _started(monkeypatch)
    run = _training_run()
    run.write_status(Status(state=State.TRAINING, images_seen=1500, target_images=4000, pid=2**22 + 1))
    page = _page()
    assert "ended without a word" in _text(page)
    next(button for button in page.button if button.label == "Resume").click().run()
    assert commands and "busy" in commands[0]


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


def test_a_bad_setting_and_a_bad_path_are_said_in_words():
    page = _page()
    page.selectbox(key="quick-look-data").select("your own pictures").run()
    page.text_input(key="quick-look-path").set_value("/nowhere/at-all.zip").run()
    assert not page.exception
    assert any("neither a folder or ZIP" in error.value for error in page.error)


def test_a_known_set_shows_its_terms_before_anything_is_fetched():
    page = _page()
    page.selectbox(key="quick-look-data").select("celeba").run()
    assert not page.exception
    assert any("Terms:" in info.value for info in page.info)
    assert next(button for button in page.button if button.label == "Start training").disabled


def test_own_pictures_are_counted_shown_and_trained_on(monkeypatch, tmp_path):
    commands = _started(monkeypatch)
    folder = tmp_path / "mine"
    folder.mkdir()
    for index in range(20):
        Image.new("RGB", (40, 50), (index * 10, 100, 50)).save(folder / f"{index}.png")
    (folder / "letter.txt").write_text("not a picture")
    page = _page()
    page.selectbox(key="quick-look-data").select("your own pictures").run()
    page.text_input(key="quick-look-path").set_value(str(folder)).run()
    assert "1 not a picture" in _text(page)
    next(button for button in page.button if button.label == "Start training").click().run()
    assert runs.find_run("quick-look").config.data == str(folder)
    assert len(commands) == 1


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
    next(button for button in page.button if button.label == "Start training").click().run()
    assert not page.exception
    run = runs.find_run("train-on")
    assert run.config == config
    assert run.checkpoints()[0].read_bytes() == (folder / models.STATE).read_bytes()
