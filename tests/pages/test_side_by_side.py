"""Two runs side by side on Train: a link opens it, and what is not there is said."""

import json
import os
import shutil
from dataclasses import replace
from types import SimpleNamespace

import psutil
import pytest
from streamlit.testing.v1 import AppTest

from gan import permits, runs
from gan.learning.config import configure
from gan.learning.recipes import RECIPES
from gan.paths import PROJECT, last_name, runs_root, write_json
from gan.runs.grids import grid_path
from gan.runs.run import Run, State
from gan.runs.shipped import write_history
from ui import live, roles
from ui.watch import overlaid


@pytest.fixture
def other(trained_run) -> Run:
    """The run `other`: as `demo`, but for a learning rate, and with one grid less."""
    shutil.copytree(trained_run.folder, runs_root() / "other")
    return _settings("other", learning_rate_d=1e-3)


@pytest.fixture
def stranger(monkeypatch):
    monkeypatch.setattr(roles, "is_local", lambda: False)
    monkeypatch.setattr("ui.sign_in.component", lambda *given: lambda **also: SimpleNamespace(token=None))


def _settings(name: str, **changes) -> Run:
    run = runs.find_run(name)
    write_json(run.folder / "config.json", configure(run.config, **changes).to_dict())
    return runs.find_run(name)


def _page(**query):
    live.view.clear()
    overlaid.view.clear()
    page = AppTest.from_file(PROJECT / "app.py", default_timeout=60)
    for name, value in query.items():
        page.query_params[name] = value
    page.run()
    assert not page.exception
    return page


def _text(page):
    return "\n".join(part.value for part in [*page.markdown, *page.caption, *page.error, *page.warning])


def _captions(page):
    """Of all pictures but the real ones."""
    return [image.proto.imgs[0].caption for image in page.get("image") if image.proto.imgs[0].caption]


def _choice(page):
    return next((one for one in page.selectbox if one.label == "The other run"), None)


def _charts(page):
    """Of the comparison."""
    return json.loads(page.get("bidi_component")[-1].proto.bytes)["figures"]


def test_it_is_folded_and_computes_nothing_until_it_is_opened(other, monkeypatch):
    monkeypatch.setattr("ui.watch.side_by_side.in_words", None)
    page = _page(run="demo")
    assert "Compare with another run" in [one.label for one in page.expander]
    assert _choice(page) is None and "demo has" not in _text(page)
    assert "beside" not in page.query_params


def test_one_run_alone_has_nothing_beside_it(trained_run):
    assert "Compare with another run" not in [one.label for one in _page(run="demo").expander]


def test_a_link_opens_it(other):
    page = _page(run="demo", beside="other")
    assert _choice(page).value == "other"
    assert "demo has learning rate d 0.0002, other 0.001; all else that they learn by is the same." in _text(page)
    assert _captions(page)[-2:] == ["After 40 images", "After 40 images"]
    assert "Solid: demo. Dashed: other." in _text(page)
    losses = _charts(page)[0]
    assert [one["name"] for one in losses["series"]] == [
        "forger (G)", "inspector (D)", "forger (G), other", "inspector (D), other"
    ]  # fmt: skip


def test_both_grids_are_of_the_same_number_of_images(other):
    for images in (32, 40):
        grid_path(other.grids_folder, images).unlink()
    page = _page(run="demo", beside="other")
    assert _captions(page)[-2:] == ["After 16 images", "After 16 images"]
    next(one for one in page.slider if one.label.startswith("After so many")).set_value(0.0).run()
    assert _captions(page)[-2:] == ["After 0 images", "After 0 images"]


def test_a_link_from_the_page_leads_to_what_is_open(other, monkeypatch):
    links = []
    monkeypatch.setattr("ui.share.link", lambda page, **parameters: links.append(parameters))
    for beside in ("other", "gone", "demo"):
        _page(run="demo", beside=beside)
    _page(run="demo")
    assert links == [{"run": "demo", "beside": "other"}, {"run": "demo"}, {"run": "demo"}, {"run": "demo"}]


def test_another_choice_is_another_address(other):
    shutil.copytree(other.folder, runs_root() / "third")
    page = _page(run="demo", beside="other")
    _choice(page).select("third").run()
    assert page.query_params["beside"] in ("third", ["third"])
    assert "Dashed: third" in _text(page)


def test_many_differences_are_listed_on_demand(other):
    _settings("other", batch_size=8, beta1=0.0, flips=False, loss="hinge")
    page = _page(run="demo", beside="other")
    assert "They differ in batch size, learning rate d, beta1, loss and flips. Their losses" in _text(page)
    assert "| batch size | 4 | 8 |" in _text(page)


@pytest.mark.parametrize(
    "beside", ["gone", "", "demo", "../other", "![x](http://127.0.0.1:9/x.png)" + "y" * 10_000, "a|b\n# c", "\0"]
)
def test_an_address_may_name_what_is_no_other_run(other, beside):
    page = _page(run="demo", beside=beside)
    assert _choice(page).value is None and "Dashed" not in _text(page)
    said = next(one.value for one in page.caption if "There is no run" in one.value or "this run itself" in one.value)
    assert len(said) < 200 and "![x]" not in said
    _choice(page).select("other").run()
    assert "Dashed: other" in _text(page)


def test_the_other_run_may_be_deleted_meanwhile(other):
    page = _page(run="demo", beside="other")
    runs.delete(permits.issue("a test"), other)
    page.run()
    assert not page.exception
    assert "There is no run 'other' here, or no longer." in _text(page)


def test_the_other_run_may_be_deleted_between_two_looks(other, monkeypatch):
    """Where the page still offers it."""
    listed = runs.list_runs()
    runs.delete(permits.issue("a test"), other)
    monkeypatch.setattr(runs, "list_runs", lambda: listed)
    assert "There is no run 'other'" in _text(_page(run="demo", beside="other"))


def test_beside_a_run_that_trains(other):
    started = psutil.Process().create_time()
    other.write_status(
        replace(other.status(), state=State.TRAINING, target_images=4000, pid=os.getpid(), process_started=started)
    )
    page = _page(run="demo", beside="other")
    assert "Dashed: other" in _text(page) and _captions(page)[-2:] == ["After 40 images", "After 40 images"]


def test_beside_a_training_that_ships(trained_run, shipped):
    write_history(trained_run, shipped.folder)
    page = _page(run="demo", beside="cats (shipped)")
    assert "They began with the same settings, from the same seed." in _text(page)
    assert "Dashed: cats (shipped)" in _text(page)


def test_runs_without_grids_or_with_a_damaged_log(other):
    shutil.rmtree(other.grids_folder)
    for log in (other.metrics_path, other.quality_path, other.verdicts_path):
        log.write_text('{"images": 1e400}\nno JSON\n{"images": 5}\n[]\n')
    page = _page(run="demo", beside="other")
    assert "It has drawn nothing yet." in _text(page) and _captions(page)[-1] == "After 40 images"
    assert "no curve in common" in _text(page)
    assert "It has drawn nothing yet." in _text(_page(run="other", beside="demo"))


@pytest.mark.parametrize("shown", [False, True])
def test_sheets_with_pictures_of_the_class_stay_with_it(stranger, other, monkeypatch, shown):
    """Those of a run that redraws; which pictures those are is not said either."""
    _settings("other", **RECIPES["redraw"].settings | {"task": "grey", "data": "/srv/class 4b.zip"})
    monkeypatch.setattr("gan.ownership.shows_pictures", lambda: shown)
    page = _page(run="demo", beside="other")
    assert ("its owner's to show" in _text(page)) == (not shown)
    assert _captions(page)[2:] == ["After 40 images"] * (2 if shown else 1)  # below the run's own, now and then
    secrets = ("class 4b", last_name(runs.find_run("demo").config.data))
    assert any(secret in _text(page) for secret in secrets) == shown
