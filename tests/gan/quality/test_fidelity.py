"""How near redrawn pictures come to their targets, on pictures of which one knows it."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gan.data import Pictures
from gan.data.split import split
from gan.errors import ForgerError
from gan.learning.config import configure
from gan.networks import new_generator
from gan.pictures.tensors import to_tensor
from gan.quality import exams
from gan.quality.exams import PairExam
from gan.quality.fidelity import Yardstick
from gan.tasks import TASKS, held_out
from gan.tasks.held_out import held_out_pairs, pairs_of

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def simple_features(monkeypatch, simple):
    monkeypatch.setattr(exams, "choose_features", lambda device: simple)


class Answers(nn.Module):
    """Redraws the sources of an exam as the pictures that it was told."""

    def __init__(self, pictures: Tensor):
        super().__init__()
        self.pictures, self.asked = nn.Parameter(pictures), []

    def forward(self, sources: Tensor) -> Tensor:
        start = sum(map(len, self.asked))
        self.asked.append(sources)
        return self.pictures[start : start + len(sources)]


def source(array: np.ndarray) -> Pictures:
    """Pictures (N, R, R, 3) as a data set on disk."""
    return Pictures(array, "some", array.shape[1], {}, Path("pictures.npy"), np.empty(0), None)


def flat(*values: int) -> np.ndarray:
    """Pictures (N, 32, 32, 3) of one grey each."""
    return np.stack([np.full((32, 32, 3), value, np.uint8) for value in values])


def test_pixels_are_compared_as_shares_of_the_whole_range(simple):
    yardstick = Yardstick(flat(0, 255), flat(51, 255), flat(102)[0], simple)
    assert yardstick.l1_source == pytest.approx(0.1)
    assert yardstick.l1_mean == pytest.approx((0.2 + 0.6) / 2)
    assert yardstick.measure(flat(51, 204)).l1 == pytest.approx(0.1)
    assert yardstick.measure(flat(255, 0)).l1 == pytest.approx((0.8 + 1) / 2)  # no byte runs over


def test_a_perfect_answer_is_no_distance_away(simple, draw):
    targets = draw(12, seed=0)
    fidelity = Yardstick(draw(12, seed=1), targets, targets.mean(0).astype(np.uint8), simple).measure(targets)
    assert (fidelity.l1, fidelity.perceptual) == (0, 0)
    assert (fidelity.features, fidelity.count) == ("simple-1", 12)


def test_another_pictures_target_is_one_away(simple, draw):
    targets = draw(2, seed=0)
    yardstick = Yardstick(targets, targets, targets[0], simple)
    assert yardstick.measure(targets[[1, 0]]).perceptual == pytest.approx(1, rel=1e-3)
    many = draw(60, seed=2)
    yardstick = Yardstick(many, many, many[0], simple)
    assert yardstick.measure(np.roll(many, 7, axis=0)).perceptual == pytest.approx(1, abs=0.15)


def test_the_trivial_answers_are_measured_as_any_other(simple, draw):
    sources, targets, mean = draw(9, seed=0), draw(9, seed=1), draw(1, seed=2)[0]
    fidelity = Yardstick(sources, targets, mean, simple).measure(draw(9, seed=3))
    backwards = Yardstick(draw(9, seed=3), targets, mean, simple)
    assert (fidelity.l1, fidelity.perceptual) == (backwards.l1_source, backwards.perceptual_source)
    as_source, as_mean = backwards.measure(sources), backwards.measure(np.stack([mean] * 9))
    assert (fidelity.l1_source, fidelity.perceptual_source) == (as_source.l1, as_source.perceptual)
    assert (fidelity.l1_mean, fidelity.perceptual_mean) == (as_mean.l1, as_mean.perceptual)


def test_a_blurred_answer_is_nearer_in_pixels_than_to_the_eye(simple, draw):
    """Of a chance texture the mean grey is a good guess of pixels, and a bad picture."""
    random = np.random.default_rng(0)
    targets = random.choice([0, 255], (8, 32, 32, 1), p=[0.5, 0.5]).repeat(3, 3).astype(np.uint8)
    yardstick = Yardstick(targets, targets, targets[0], simple)
    grey, other = yardstick.measure(flat(*[128] * 8)), yardstick.measure(np.roll(targets, 1, axis=0))
    assert grey.l1 == pytest.approx(other.l1, abs=0.02)
    assert grey.perceptual > 3 * other.perceptual


def test_targets_that_are_all_the_same_are_no_measure(simple):
    with pytest.raises(ForgerError, match="all the same"):
        Yardstick(flat(0, 1, 2), flat(7, 7, 7), flat(7)[0], simple)


def test_the_figures_are_plain_values(simple, draw):
    targets = draw(5, seed=0)
    figures = Yardstick(targets, targets, targets[0], simple).measure(draw(5, seed=1)).to_dict()
    assert json.loads(json.dumps(figures)) == figures


def quiet(done: int, total: int) -> None:
    pass


@pytest.mark.parametrize("task", [name for name, task in TASKS.items() if not task.collected])
def test_an_exam_asks_for_the_targets_of_held_out_pictures(redraw_config, some_discs, task):
    config = configure(redraw_config, task=task)
    sources, targets = held_out_pairs(task, some_discs, split(len(some_discs))[1], 30)
    perfect = Answers(to_tensor(targets))
    heard = []
    exam = PairExam(config, source(some_discs), 30, CPU, lambda *done: heard.append(done))
    figures = exam.measure(exam.made_by(perfect))
    assert ("redrawing held-out pictures", 30, 30) in heard
    assert torch.equal(torch.cat(perfect.asked), to_tensor(sources))
    assert figures.l1 == 0
    assert figures.perceptual < 1e-6
    assert figures.count == 30
    assert figures.l1_source == pytest.approx(np.abs(sources - targets.astype(float)).mean() / 255)
    assert figures.perceptual_source > 0 and figures.perceptual_mean > 0


def test_an_exam_gives_the_same_marks_to_the_same_answers_and_better_ones_to_better(redraw_config, some_discs):
    exam = PairExam(redraw_config, source(some_discs), 40, CPU, lambda *done: None)
    targets = to_tensor(held_out_pairs("sketch", some_discs, split(len(some_discs))[1], 40)[1])
    noise = torch.randn(targets.shape, generator=torch.Generator().manual_seed(0))
    answers = [Answers((targets + strength * noise).clamp(-1, 1)) for strength in (0.1, 0.4, 0.4)]
    marks = [exam.measure(exam.made_by(answer)) for answer in answers]
    assert marks[0].perceptual < marks[1].perceptual and marks[0].l1 < marks[1].l1
    assert marks[1] == marks[2]


def test_the_mean_target_is_that_of_training_pictures_alone(redraw_config, pictures, monkeypatch):
    """Whether they are looked at in parts or at once."""
    training, _ = split(len(pictures))
    mean = exams.mean_target(configure(redraw_config, task="cartoon"), pictures, training, quiet)
    expected = pairs_of("cartoon", pictures[training])[1].mean(0)
    assert mean.dtype == np.uint8
    assert np.abs(mean - expected).max() <= 0.5
    monkeypatch.setattr(held_out, "PART", 7)
    assert np.array_equal(exams.mean_target(configure(redraw_config, task="cartoon"), pictures, training, quiet), mean)
    monkeypatch.setattr(exams, "MEAN_OF", 5)
    few = exams.mean_target(configure(redraw_config, task="grey"), pictures, training, quiet)
    chosen = training[np.linspace(0, len(training) - 1, 5).astype(int)]
    assert np.abs(few - pictures[chosen].mean(0)).max() <= 0.5


def test_one_held_out_picture_is_too_few_to_judge_by(redraw_config, pictures):
    exam = PairExam(redraw_config, source(pictures[:9]), 50, CPU, lambda *done: None)
    with pytest.raises(ForgerError, match="at least 2 pictures"):
        exam.measure(exam.made_by(new_generator(redraw_config)))
