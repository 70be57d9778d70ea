import json

import numpy as np
import pytest

from gan.data.split import split
from gan.errors import ForgerError
from gan.quality.distances import kid
from gan.quality.ladder import through
from gan.quality.measure import evaluate, measure


def test_pictures_as_good_as_real_ones_stand_at_the_top(real, simple, draw):
    found = measure(draw(200, seed=9), real[0], simple)
    assert found.pixels > 24
    assert found.diversity == pytest.approx(1, abs=0.1)
    assert found.kid_error > 0
    assert (found.features, found.count) == ("simple-1", 200)


def test_blurred_ones_stand_lower_and_uniform_ones_lack_diversity(real, simple, draw):
    reference, _ = real
    blurred = measure(through(draw(200, seed=9), 8), reference, simple)
    assert blurred.pixels == pytest.approx(8, abs=1.5)
    assert blurred.sentence == f"as close to real pictures as real pictures seen through {blurred.pixels:.0f} pixels"
    assert measure(np.repeat(draw(1, seed=9), 50, 0), reference, simple).diversity < 0.01


def test_figures_go_into_json(real, simple, draw):
    figures = measure(draw(20, seed=9), real[0], simple).to_dict()
    assert json.loads(json.dumps(figures)) == figures
    assert set(figures) == {"features", "count", "kid", "kid_error", "pixels", "sentence", "diversity"}


def test_an_evaluation_adds_the_frechet_distance_and_memorisation(real, some_discs, simple, draw):
    reference, training = real
    honest = evaluate(draw(100, seed=9), reference, training, simple)
    thief = evaluate(some_discs[training.indices[:100]], reference, training, simple)
    assert honest.kid == measure(draw(100, seed=9), reference, simple).kid
    assert honest.memorisation.ratio == pytest.approx(1, abs=0.15)
    assert thief.memorisation.copies > 0.9
    assert thief.memorisation.ratio < 0.1
    blurred = evaluate(through(draw(100, seed=9), 8), reference, training, simple)
    assert blurred.frechet > honest.frechet
    assert json.loads(json.dumps(honest.to_dict()))["memorisation"]["copies"] == honest.memorisation.copies


def test_the_frechet_distance_is_from_pictures_that_training_never_saw(real, some_discs, simple):
    seen, unseen = (evaluate(some_discs[indices[:40]], *real, simple) for indices in split(len(some_discs)))
    assert unseen.frechet == pytest.approx(0, abs=1e-3)
    assert seen.frechet > 10 * max(unseen.frechet, 1e-3)


def test_the_distance_and_its_standard_error_are_those_from_pictures_that_training_never_saw(real, simple, draw):
    found = measure(draw(100, seed=9), real[0], simple)
    assert (found.kid, found.kid_error) == kid(real[0].held_out, simple.extract(draw(100, seed=9)))


@pytest.mark.parametrize("resolution", [16, 64])
def test_pictures_of_another_size_are_refused(real, simple, draw, resolution):
    with pytest.raises(ForgerError, match=f"{resolution} pixels wide, those to compare with 32"):
        measure(draw(20, seed=9, resolution=resolution), real[0], simple)
