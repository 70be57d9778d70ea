"""Where this server keeps what is nobody's business: whatever goes wrong, no page says it."""

import io
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gan import runs
from gan.data.store import cache_root
from gan.learning.config import configure
from gan.paths import PROJECT, checkpoints_root, runs_root
from gan.runs.run import State
from ui import live


def shown(page: AppTest) -> str:
    """All that goes to the browser, text or not."""
    return "\n".join(str(element.proto) for element in page._tree if getattr(element, "proto", None) is not None)


def check(page: AppTest, *secrets: Path | str) -> None:
    text = shown(page) + "".join(error.message for error in page.exception)
    for secret in {str(secret) for secret in (*secrets, PROJECT, f"{Path.home()}/", cache_root(), "/usr/lib")}:
        assert secret not in text


def app(page: str = "train", **address: str) -> AppTest:
    app = AppTest.from_file(str(PROJECT / "app.py"), default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    if page != "train":
        app.run()
        app.switch_page(f"pages/{page}.py")
    return app.run()


TRACEBACK = """Traceback (most recent call last):
  File "{project}/gan/cli.py", line 25, in main
  File "/usr/lib/python3/site-packages/torch/nn.py", line 3
OSError: [Errno 28] No space left on device: '{home}/my class/metrics.jsonl'
forger: The log {home}/runs/demo/metrics.jsonl cannot be written: No space left on device.
"""


def test_not_of_a_failed_run(trained_run, own_folders):
    trained_run.log_path.write_text(TRACEBACK.format(project=PROJECT, home=own_folders))
    message = f"The trainer failed: OSError: [Errno 28] No space left on device: '{own_folders}/my class/x.json'"
    trained_run.write_status(replace(trained_run.status(), state=State.FAILED, message=message, device="/dev/nv/0"))
    live.view.clear()
    page = app()
    check(page, own_folders, "/dev")
    assert "No space left on device" in shown(page) and "gan/cli.py" in shown(page)


@pytest.mark.parametrize("data", ["{home}/my class/cats.zip", "C:\\Users\\Jane Doe\\cats.zip"])
def test_not_of_where_a_run_has_its_pictures_from(trained_run, own_folders, data):
    source = data.format(home=own_folders)
    config = configure(trained_run.config, data=source).to_dict()
    (trained_run.folder / "config.json").write_text(json.dumps(config))
    card = json.loads((trained_run.folder / "card.json").read_text()) | {"config": config}
    (trained_run.folder / "card.json").write_text(json.dumps(card))
    live.view.clear()
    for page in ("train", "generate", "interpolate"):
        check(app(page), own_folders, "Jane", "my class")


def test_not_of_damaged_runs(trained_run, own_folders):
    for number, content in enumerate(("", "[]", '{"data": "/srv/a b/c"}', f'{{"width_g": "{own_folders}"}}')):
        folder = runs_root() / f"broken-{number}"
        folder.mkdir()
        (folder / "config.json").write_text(content)
    check(app(), own_folders, "/srv")


@pytest.mark.parametrize("place", ["RUNS", "DATA"])
def test_not_where_nothing_can_be_written(own_folders, monkeypatch, place):
    (own_folders / "a file").write_text("")
    monkeypatch.setenv(f"FORGER_{place}", str(own_folders / "a file"))
    page = app()
    next(button for button in page.button if button.label == "Start training").click()
    page.run()
    check(page, own_folders)
    page.selectbox(key="quick-look-data").select("your own pictures").run()
    page.file_uploader(key="own-files-0").set_value([("a.zip", zip_of(b"1"), "application/zip")]).run()
    check(page, own_folders)


def test_not_of_uploads_which_are_refused_or_useless(own_folders):
    page = app()
    page.selectbox(key="quick-look-data").select("your own pictures").run()
    for turn, content in enumerate((b"no ZIP", zip_of(b"no picture"))):
        page.file_uploader(key=f"own-files-{turn}").set_value([("a.zip", content, "application/zip")]).run()
        check(page, own_folders)
        assert page.error
        page.run()
        check(page, own_folders)
        assert page.error
        assert not list(cache_root().rglob("*.zip"))


def test_not_of_generators_that_are_broken(shipped, trained_run, own_folders):
    (shipped.folder / "generator.safetensors").write_bytes(b"")
    for page in ("generate", "interpolate", "redraw"):
        check(app(page, model="cats"), own_folders)
    (checkpoints_root() / "cats" / "card.json").unlink()
    (trained_run.folder / "generator.safetensors").unlink()
    check(app("generate", model="cats"), own_folders)


def zip_of(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("1.png", content)
    return file.getvalue()


def test_a_path_that_reaches_a_page_would_be_seen(trained_run, own_folders, monkeypatch):
    """The other tests here can fail."""
    monkeypatch.setattr("ui.messages.without_paths", str)
    monkeypatch.setattr("ui.watch.run_view.without_paths", str)
    with pytest.raises(AssertionError):
        test_not_of_a_failed_run(trained_run, own_folders)
    assert runs.list_runs()
