import numpy as np
import pytest

from gan.data.split import split
from gan.data.store import build
from gan.errors import ForgerError
from gan.quality import reference as module
from gan.quality.distances import mean_distance
from gan.quality.ladder import rungs
from gan.quality.reference import reference, training_features


@pytest.fixture(autouse=True)
def short_ladder(monkeypatch):
    monkeypatch.setattr(module, "MAX_LADDER", 30)


class Refuses:
    """Must not be asked again: what it would say is on disk."""

    name = "simple-1"

    def extract_chosen(self, *_, **__):
        raise AssertionError("described again")


def kept(discs) -> list:
    return sorted(path.name for path in discs.path.parent.glob("*.npz"))


def test_the_reference_is_the_held_out_tenth_and_a_ladder_of_the_others(discs, simple):
    found = reference(discs, simple)
    _, held_out = split(400)
    assert np.array_equal(found.held_out, simple.extract(discs.array[held_out]))
    assert found.mean_distance == pytest.approx(mean_distance(found.held_out))
    assert found.ladder.pixels == rungs(32)
    assert found.ladder.kids[0].value > found.ladder.kids[-1].value


def test_no_picture_of_the_ladder_is_held_against_itself(discs, simple, monkeypatch):
    seen, climb = [], module.ladder

    def watched(pictures, indices, *others, sharp):
        seen.extend(indices)
        return climb(pictures, indices, *others, sharp=sharp)

    monkeypatch.setattr(module, "ladder", watched)
    reference(discs, simple)
    assert len(seen) == 30 and set(seen) <= set(split(len(discs))[0])


def test_a_reference_is_made_once(discs, simple):
    first = reference(discs, simple)
    assert kept(discs) == ["reference-simple-1-v1.npz"]
    again = reference(discs, Refuses())
    assert np.array_equal(again.held_out, first.held_out)
    assert (again.ladder, again.mean_distance) == (first.ladder, first.mean_distance)


def test_training_features_are_those_of_the_other_pictures_and_made_once(discs, simple):
    found = training_features(discs, simple)
    training, _ = split(400)
    assert np.array_equal(found.indices, training)
    assert np.allclose(found.features, simple.extract(discs.array[training]))
    again = training_features(discs, Refuses())
    assert np.allclose(again.features, found.features, atol=2e-3)
    assert again.features.dtype == np.float32


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 cut off"])
def test_a_broken_file_is_made_again(discs, simple, content):
    first = reference(discs, simple)
    path = discs.path.parent / "reference-simple-1-v1.npz"
    path.write_bytes(content)
    assert np.array_equal(reference(discs, simple).held_out, first.held_out)
    assert reference(discs, Refuses()).ladder == first.ladder


def test_a_file_that_holds_something_else_is_made_again(discs, simple):
    path = discs.path.parent / "reference-simple-1-v1.npz"
    np.savez(path, held_out=np.zeros(3))
    assert reference(discs, simple).held_out.shape == (40, 288)


def test_a_disk_that_cannot_be_written_does_not_stop_the_measuring(discs, simple, monkeypatch):
    def full(path, write):
        raise ForgerError("The disk is full.")

    monkeypatch.setattr(module, "write_atomically", full)
    assert len(reference(discs, simple).held_out) == 40
    assert kept(discs) == []


def test_progress_counts_all_pictures(discs, simple):
    heard = []
    reference(discs, simple, lambda done, total: heard.append((done, total)))
    total = 40 + 30 * len(rungs(32))
    assert heard[-1] == (total, total)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    heard.clear()
    training_features(discs, simple, lambda done, total: heard.append((done, total)))
    assert heard[-1] == (360, 360)


def test_large_sets_are_drawn_from_all_over(discs, simple, monkeypatch):
    monkeypatch.setattr(module, "MAX_HELD_OUT", 10)
    monkeypatch.setattr(module, "MAX_TRAINING", 50)
    assert len(reference(discs, simple).held_out) == 10
    found = training_features(discs, simple)
    assert len(found.indices) == len(found.features) == 50
    assert found.indices[0] < 100
    assert found.indices[-1] > 300


def test_small_sets_cannot_be_measured_by(own_folders, simple, draw):
    few = build("few", "few", 32, lambda skipped: iter(draw(299, seed=0)))
    for act in (reference, training_features):
        with pytest.raises(ForgerError, match="300 pictures at least; this one has 299"):
            act(few, simple)
    enough = build("enough", "enough", 32, lambda skipped: iter(draw(300, seed=0)))
    assert len(training_features(enough, simple).indices) == 270
