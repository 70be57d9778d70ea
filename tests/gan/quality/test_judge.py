"""Measuring while a run trains: the log, the best generator beside the last, and what a resume makes of both."""

import json
from dataclasses import replace

import pytest
import torch
from safetensors.torch import load_file

from gan import generators, runs
from gan.data import open_pictures
from gan.learning.config import configure
from gan.networks import new_generator
from gan.permits import issue
from gan.quality import exams
from gan.quality.judge import Judge
from gan.quality.simple_features import SimpleFeatures
from gan.runs import changes
from gan.runs.log import append_line, read_columns
from gan.runs.run import Run, State
from gan.runs.snapshot import look
from gan.training import worker

PERMIT = issue("a test")

CPU = torch.device("cpu")
FEATURES = SimpleFeatures(CPU)
FIGURES = ("images", "kimg", "kid", "kid_error", "pixels", "diversity")


@pytest.fixture(autouse=True)
def simple_features(monkeypatch):
    monkeypatch.setattr(exams, "choose_features", lambda device: FEATURES)


@pytest.fixture
def measured_config(config, many):
    return configure(config, data=many, measure_every=16, measure_count=50)


@pytest.fixture
def run(measured_config) -> Run:
    return runs.create("demo", measured_config)


@pytest.fixture
def kids(monkeypatch) -> list[float]:
    """What the measurements to come will say, instead of what they measure."""
    planned: list[float] = []
    real = exams.measure
    monkeypatch.setattr(exams, "measure", lambda *given: replace(real(*given), kid=planned.pop(0)))
    return planned


def best(run: Run) -> generators.TrainedGenerator:
    return generators.find_generator(f"run:{run.name}/best")


def test_measurements_are_logged_at_their_interval_and_at_the_end(run):
    worker.train(run, 40, "cpu")
    columns = read_columns(run.quality_path, FIGURES)
    assert columns["images"].tolist() == [16, 32, 40]
    assert columns["kimg"].tolist() == [0.016, 0.032, 0.04]
    assert (columns["kid_error"] > 0).all()
    assert ((columns["pixels"] >= 4) & (columns["pixels"] <= 32)).all()
    card = generators.find_generator("run:demo").card
    assert card["quality"]["images"] == card["images_seen"] == 40
    assert card["quality"]["kid"] == columns["kid"][-1]


def test_measuring_changes_nothing_about_the_training(run, measured_config):
    worker.train(run, 32, "cpu")
    unmeasured = runs.create("unmeasured", configure(measured_config, measure_every=0))
    worker.train(unmeasured, 32, "cpu")
    one, other = (load_file(each.folder / generators.WEIGHTS) for each in (run, unmeasured))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert not unmeasured.quality_path.exists()
    assert not unmeasured.best_folder.exists()


def test_the_best_stays_beside_the_last(run, kids):
    kids += [0.5, 0.9, 0.7]
    worker.train(run, 40, "cpu")
    assert best(run).images_seen == 16
    assert best(run).card["quality"]["kid"] == 0.5
    assert best(run).title == "demo (its best)"
    assert [model.name for model in generators.list_generators()] == ["run:demo", "run:demo/best"]
    preview = (best(run).folder / generators.PREVIEW).read_bytes()
    assert preview != (run.folder / generators.PREVIEW).read_bytes()
    generators.load_generator(best(run))


def test_where_the_last_is_the_best_it_is_offered_once(run, kids):
    kids += [0.9, 0.7, 0.5]
    worker.train(run, 40, "cpu")
    assert best(run).images_seen == 40
    assert [model.name for model in generators.list_generators()] == ["run:demo"]


def test_a_resumed_run_still_knows_its_best(run, kids):
    kids += [0.5, 0.9]
    worker.train(run, 32, "cpu")
    kids += [0.6, 0.4]
    worker.train(run, 64, "cpu")
    assert read_columns(run.quality_path, FIGURES)["kid"].tolist() == [0.5, 0.9, 0.6, 0.4]
    assert best(run).images_seen == 64


def test_what_was_measured_after_the_last_checkpoint_is_measured_again(run, kids):
    kids += [0.5, 0.9]
    worker.train(run, 32, "cpu")
    append_line(run.quality_path, {"images": 48, "kimg": 0.048, "kid": 0.1})
    kids += [0.7]
    worker.train(run, 48, "cpu")
    assert read_columns(run.quality_path, FIGURES)["kid"].tolist() == [0.5, 0.9, 0.7]


def test_a_best_by_other_features_is_no_rival(run, kids):
    kids += [0.1]
    worker.train(run, 16, "cpu")
    card = json.loads((run.best_folder / generators.CARD).read_text())
    card["quality"]["features"] = "others"
    (run.best_folder / generators.CARD).write_text(json.dumps(card))
    kids += [0.9]
    worker.train(run, 32, "cpu")
    assert best(run).card["quality"]["kid"] == 0.9


def test_too_few_pictures_to_judge_by_train_all_the_same(measured_config, picture_folder, capsys):
    small = runs.create("small", configure(measured_config, data=str(picture_folder)))
    assert worker.train(small, 32, "cpu").state == State.FINISHED
    assert not small.quality_path.exists()
    assert "300 pictures" in capsys.readouterr().out


def test_a_stop_while_real_pictures_are_described_is_obeyed(run, monkeypatch):
    def described(pictures, features, progress):
        runs.request_stop(PERMIT, run)
        progress(1, 10)
        raise AssertionError("it went on")

    monkeypatch.setattr(exams, "reference", described)
    status = worker.train(run, 400, "cpu")
    assert (status.state, status.images_seen) == (State.STOPPED, 16)


def test_the_first_judgement_looks_at_real_pictures_too_and_says_at_how_many(run, measured_config):
    pictures, heard = open_pictures(measured_config.data, 32), []
    judge = Judge(run, pictures, CPU, lambda what, done, total: heard.append((what, total)))
    expected = judge.looks_at
    judge.judge(new_generator(measured_config), 16)
    assert expected == 50 + dict(heard)["describing held-out pictures"]
    assert judge.looks_at == 50


def test_the_best_by_other_pictures_is_no_record_to_beat(run, kids):
    kids += [0.1, 0.2, 0.3]
    worker.train(run, 32, "cpu")
    assert best(run).images_seen == 16
    changes.note_change(run.folder, 32, changes.PICTURES, {"new": 300, "gone": 300})
    worker.train(run, 48, "cpu")
    assert best(run).images_seen == 48
    assert look(run).quality["kid"].tolist() == [0.3]  # nor do the charts mix them
