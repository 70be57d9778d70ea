"""Judging a generator that redraws: while it trains, and afterwards on pictures of one's choice."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import load_file

from gan import generators, runs
from gan.data import open_pictures
from gan.errors import ForgerError
from gan.generators.sampling import generate
from gan.learning.config import configure
from gan.pictures.tensors import to_tensor
from gan.quality import exams
from gan.quality.evaluation import evaluate_model, figures_for_card, write_to_card
from gan.quality.exams import PairExam
from gan.quality.simple_features import SimpleFeatures
from gan.quality.words import in_words
from gan.runs.log import read_columns
from gan.runs.run import Run, State
from gan.tasks.held_out import held_out_pairs
from gan.training import worker

CPU = torch.device("cpu")
SIMPLE = SimpleFeatures(CPU)
FIGURES = ("images", "perceptual", "perceptual_source", "perceptual_mean", "l1", "l1_source", "l1_mean")


@pytest.fixture(autouse=True)
def simple_features(monkeypatch):
    monkeypatch.setattr(exams, "choose_features", lambda device: SIMPLE)


@pytest.fixture
def run(redraw_config, many) -> Run:
    return runs.create("demo", configure(redraw_config, data=many, measure_every=16, measure_count=50))


@pytest.fixture
def marks(monkeypatch) -> list[float]:
    """What the exams to come will say of the distance to the eye, instead of what they find."""
    planned: list[float] = []
    measure = PairExam.measure
    monkeypatch.setattr(PairExam, "measure", lambda exam, made: replace(measure(exam, made), perceptual=planned.pop(0)))
    return planned


@pytest.fixture
def model(redraw_run) -> generators.TrainedGenerator:
    return generators.find_generator("run:redraw")


def evaluated(model: generators.TrainedGenerator, source: str, count: int = 50, **changes):
    return evaluate_model(model, source, count, CPU, lambda *heard: None, **changes)


def best(run: Run) -> generators.TrainedGenerator:
    return generators.find_generator(f"run:{run.name}/best")


def test_measurements_are_logged_and_stand_in_the_card(run, many):
    worker.train(run, 40, "cpu")
    columns = read_columns(run.quality_path, FIGURES)
    assert columns["images"].tolist() == [16, 32, 40]
    for name in ("perceptual_source", "perceptual_mean", "l1_source", "l1_mean"):
        assert len(set(columns[name])) == 1 and columns[name][0] > 0  # the same questions each time
    assert len(set(columns["perceptual"])) == 3
    quality = generators.find_generator("run:demo").card["quality"]
    assert quality["images"] == 40 and quality["count"] == 32  # all that are held out
    assert quality["perceptual"] == columns["perceptual"][-1]
    opened = open_pictures(many, 32)
    sources, targets = held_out_pairs("sketch", opened.array, opened.split()[1], 50)
    made = generate(generators.load_generator(generators.find_generator("run:demo")), to_tensor(sources))
    expected = np.abs(made.astype(float) - targets).mean() / 255
    assert quality["l1"] == pytest.approx(expected, rel=1e-4)


def test_measuring_changes_nothing_about_the_training(run):
    worker.train(run, 32, "cpu")
    unmeasured = runs.create("unmeasured", configure(run.config, measure_every=0))
    worker.train(unmeasured, 32, "cpu")
    for part in (generators.WEIGHTS, generators.DISCRIMINATOR):
        one, other = (load_file(each.folder / part) for each in (run, unmeasured))
        assert all(torch.equal(one[name], other[name]) for name in one)


def test_the_best_to_the_eye_stays_beside_the_last_with_its_inspector(run, marks):
    marks += [0.9, 0.5, 0.7]
    worker.train(run, 40, "cpu")
    assert best(run).images_seen == 32
    assert best(run).card["quality"]["perceptual"] == 0.5
    assert generators.load_discriminator(best(run)) is not None
    last, kept = (load_file(folder / generators.DISCRIMINATOR) for folder in (run.folder, run.best_folder))
    assert any(not torch.equal(last[name], kept[name]) for name in last)
    marks += [0.6, 0.4]
    worker.train(run, 64, "cpu")  # a resumed run still knows it
    assert best(run).card["quality"]["perceptual"] == 0.4


@pytest.mark.parametrize(("count", "why"), [(16, "at least 2 pictures"), (30, "all the same")])
def test_pictures_that_are_no_measure_train_all_the_same(run, pictures, tmp_path, capsys, count, why):
    """Sixteen hold out one; thirty that are copies of each other hold out three."""
    folder = tmp_path / "few"
    folder.mkdir()
    for number in range(count):
        Image.fromarray(pictures[number if count == 16 else 0]).save(folder / f"{number:02d}.png")
    small = runs.create("small", configure(run.config, data=str(folder), task="grey"))
    assert worker.train(small, 16, "cpu").state == State.FINISHED
    assert not small.quality_path.exists() and not small.best_folder.exists()
    assert why in capsys.readouterr().out


def test_an_evaluation_asks_for_held_out_pictures_of_any_source(model, many):
    judgement = evaluated(model, many)
    exam = PairExam(model.config, open_pictures(many, 32), 50, CPU, lambda *heard: None)
    assert judgement.figures == exam.measure(exam.made_by(generators.load_generator(model)))
    assert (judgement.data, judgement.pictures, judgement.held_out) == ("many", 320, 32)
    assert judgement.figures.count == 32
    assert judgement.inception_fid is None and judgement.version == model.version


def test_progress_says_that_pictures_are_redrawn(model, many):
    heard = []
    evaluate_model(model, many, 50, CPU, lambda what, *_: heard.append(what))
    assert list(dict.fromkeys(heard)) == ["reading many", "making pairs", "redrawing held-out pictures"]


def test_what_makes_no_sense_for_redrawing_is_refused(model, many, picture_folder):
    with pytest.raises(ForgerError, match="this generator redraws"):
        evaluated(model, many, inception=True)
    with pytest.raises(ForgerError, match="50 to 50,000"):
        evaluated(model, many, count=49)
    with pytest.raises(ForgerError, match="not on others"):
        evaluated(model, many, for_card=True)  # it learned from 22 other pictures


def test_a_card_takes_the_figures_and_people_can_read_them(model, picture_folder):
    judgement = evaluated(model, str(picture_folder), for_card=True)
    write_to_card(model, judgement)
    quality = generators.find_generator(model.name).card["quality"]
    assert quality == figures_for_card(judgement) == json.loads(json.dumps(quality))
    words = in_words(quality)
    assert list(words) == ["To the eye", "Pixel by pixel", "Measured"]
    for name in ("perceptual", "perceptual_source", "perceptual_mean"):
        assert f"{quality[name]:.2f}" in words["To the eye"]
    for name in ("l1", "l1_source", "l1_mean"):
        assert f"{100 * quality[name]:.1f} %" in words["Pixel by pixel"]
    name = picture_folder.name
    assert words["Measured"] == f"2 pictures of {name} that training never saw, by the features simple-1."


def test_what_a_training_measured_names_no_data(run):
    worker.train(run, 16, "cpu")
    words = in_words(generators.find_generator("run:demo").card["quality"])
    assert words["Measured"] == "32 pictures that training never saw, by the features simple-1."
    assert run.status().state == State.FINISHED


@pytest.mark.parametrize("broken", [{"perceptual": 0.5}, {"perceptual": "low"}, {"perceptual": None, "l1": 0.1}])
def test_a_broken_quality_says_so(broken):
    with pytest.raises((KeyError, TypeError, ValueError)):
        in_words(broken)
