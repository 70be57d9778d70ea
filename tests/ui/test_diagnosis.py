"""The diagnosis beside a run: there for GANs that draw from seeds, and from the command line as on the page."""

from streamlit.testing.v1 import AppTest

from gan import runs
from gan.cli import main
from gan.learning.config import configure
from gan.learning.recipes import RECIPES
from gan.paths import PROJECT
from ui import live


def page() -> AppTest:
    shown = AppTest.from_file(PROJECT / "app.py", default_timeout=30)
    shown.query_params["run"] = "demo"
    return shown.run()


def test_the_page_and_the_command_line_say_the_same(trained_run, capsys):
    live.view.clear()
    live.diagnosis.clear()
    found = live.diagnosis("demo")
    assert any(found.state in one.value and found.why in one.value for one in page().markdown)
    assert main(["diagnose", "demo"]) == 0
    assert capsys.readouterr().out.strip() == f"{found.state}. {found.why} {found.advice}"


def test_a_run_of_older_days_has_none(trained_run, capsys):
    trained_run.verdicts_path.unlink()
    live.view.clear()
    live.diagnosis.clear()
    assert live.diagnosis("demo") is None
    assert not page().exception
    assert main(["diagnose", "demo"]) == 2
    assert "older version" in capsys.readouterr().err


def test_a_gan_that_redraws_has_none(config, capsys):
    runs.create("redraw", configure(config, **RECIPES["redraw"].settings))
    assert live.diagnosis("redraw") is None
    assert main(["diagnose", "redraw"]) == 2
    assert "redraws" in capsys.readouterr().err
