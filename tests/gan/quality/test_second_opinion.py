import numpy as np
import pytest
import torch

from gan import generators
from gan.data.split import split
from gan.generators.sampling import sample
from gan.quality import reference as references
from gan.quality import second_opinion as module
from gan.quality.detector import Heads
from gan.quality.distances import kid
from gan.quality.exams import FIRST_SEED
from gan.quality.reference import reference, second_held_out
from gan.quality.second_opinion import SecondOpinion, second_opinion

CPU = torch.device("cpu")
SEEN = Heads("cat", 0.5, 0.75, 40, 32)


@pytest.fixture(autouse=True)
def quick(monkeypatch, simple):
    monkeypatch.setattr(references, "MAX_LADDER", 30)
    monkeypatch.setattr(module, "SEEDS", range(1, 41))
    monkeypatch.setattr(module, "second_features", lambda device: simple)
    monkeypatch.setattr(module, "heads", lambda made, pictures, held_out: SEEN)


def opinion_of(model, pictures, heard=None) -> SecondOpinion:
    step = (lambda *_: None) if heard is None else (lambda *one: heard.append(one))
    return second_opinion(generators.load_generator(model), model.config, pictures, CPU, step)


def test_it_judges_the_first_seeds_by_its_own_features_and_ladder(shipped, discs, simple):
    made = sample(generators.load_generator(shipped), shipped.config, range(1, 41))
    found = opinion_of(shipped, discs)
    own = reference(discs, simple, second=True)
    assert (found.quality.kid, found.quality.kid_error) == kid(own.held_out, simple.extract(made))
    assert found.quality.pixels == own.ladder.seen_through(found.quality.kid)
    assert found.quality.sentence == own.ladder.sentence(found.quality.kid)
    assert (found.quality.count, found.quality.held_out, found.quality.apart) == (40, 40, False)
    assert found.heads is SEEN
    assert set(found.to_dict()) == {"second_opinion", "heads"}


def test_no_training_measures_its_seeds():
    assert max(module.SEEDS) < FIRST_SEED


def test_the_ladder_is_kept_apart_from_that_of_trainings(shipped, discs, simple):
    reference(discs, simple)
    opinion_of(shipped, discs)
    names = sorted(path.name for path in discs.path.parent.glob("*.npz"))
    assert names == ["reference-simple-1-v1.npz", "second-reference-simple-1-v1.npz"]


def test_its_ladder_is_a_sharp_one(discs, simple):
    soft, sharp = (reference(discs, simple, second=second).ladder for second in (False, True))
    assert sharp.kids[3].value < soft.kids[3].value


def test_progress_counts_to_its_end(shipped, discs):
    heard = []
    opinion_of(shipped, discs, heard)
    counted = [(done, total) for what, done, total in heard if what.startswith("describing held-out")]
    assert counted[-1][0] == counted[-1][1] > 0


def test_what_no_training_measured_is_taken_where_there_is_enough(discs, simple, monkeypatch):
    monkeypatch.setattr(references, "MAX_HELD_OUT", 15)
    monkeypatch.setattr(references, "MIN_APART", 25)
    places, apart = second_held_out(discs)
    measured = references._some(split(400)[1], 15)
    assert apart and len(places) == 15 and not set(places) & set(measured)
    assert set(places) <= set(split(400)[1])
    assert np.array_equal(reference(discs, simple, second=True).held_out, simple.extract(discs.array[places]))
    monkeypatch.setattr(references, "MIN_APART", 26)  # 25 are left
    places, apart = second_held_out(discs)
    assert not apart and np.array_equal(places, measured)


def test_without_the_packages_nothing_is_said_and_nothing_drawn(shipped, discs, monkeypatch):
    monkeypatch.setattr(module, "second_features", lambda device: None)
    monkeypatch.setattr(module, "cascades", dict)
    monkeypatch.setattr(module, "sample", lambda *_: pytest.fail("drawn all the same"))
    assert opinion_of(shipped, discs).to_dict() == {}


def test_a_detector_without_the_network_says_its_part(shipped, discs, monkeypatch):
    monkeypatch.setattr(module, "second_features", lambda device: None)
    monkeypatch.setattr(module, "cascades", lambda: {"cat": object()})
    assert set(opinion_of(shipped, discs).to_dict()) == {"heads"}


def test_pictures_without_heads_have_the_other_part(shipped, discs, monkeypatch):
    monkeypatch.setattr(module, "heads", lambda *_: None)
    assert set(opinion_of(shipped, discs).to_dict()) == {"second_opinion"}
