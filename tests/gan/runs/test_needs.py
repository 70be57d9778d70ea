import os
from dataclasses import replace

import psutil
import pytest

from gan import runs
from gan.data import open_pictures, room
from gan.data.room import What
from gan.data.uploads import keep_upload
from gan.errors import ForgerError
from gan.learning.config import configure
from gan.permits import issue
from gan.runs import needs
from gan.runs.run import State
from tests.gan.data.test_uploads import pictures_zip

PERMIT = issue("a test")


@pytest.fixture
def upload(config):
    """The upload that the run `mine` learns from; `other` learns from other pictures."""
    path = keep_upload(PERMIT, pictures_zip(16, 0), "a.zip")
    runs.create("mine", configure(config, data=str(path)))
    runs.create("other", config)
    return path


def called(what: What) -> room.Kept:
    return next(one for one in room.listing() if one.what == what)


def test_a_run_needs_its_upload_and_the_array_of_its_size(upload):
    open_pictures(str(upload), 32)
    open_pictures(str(upload), 16)
    assert [run.name for run in needs.needed_by(called(What.UPLOAD))] == ["mine"]
    arrays = {one.resolution: [run.name for run in needs.needed_by(one)] for one in room.listing() if one.resolution}
    assert arrays == {32: ["mine"], 16: []}


def test_an_upload_that_a_run_needs_goes_by_force_only(upload):
    with pytest.raises(ForgerError, match="needed: mine could not be trained on"):
        needs.delete(PERMIT, needs.find(upload.name))
    assert upload.exists()
    needs.delete(PERMIT, needs.find(upload.name), force=True)
    assert not upload.exists()
    with pytest.raises(ForgerError, match="There is no"):
        needs.find(upload.name)


def test_an_array_that_comes_back_goes_without_force_and_one_that_does_not_does_not(upload):
    folder = open_pictures(str(upload), 32).path.parent
    needs.delete(PERMIT, called(What.ARRAY))
    assert not folder.exists()
    open_pictures(str(upload), 32)
    upload.unlink()
    with pytest.raises(ForgerError, match="needed: mine"):
        needs.delete(PERMIT, called(What.ARRAY))
    assert folder.exists()


def test_nothing_of_a_training_that_lives_goes_even_by_force(upload):
    run = runs.find_run("mine")
    process = {"pid": os.getpid(), "process_started": psutil.Process().create_time()}
    run.write_status(replace(run.status(), state=State.TRAINING, **process))
    with pytest.raises(ForgerError, match="mine trains from it now"):
        needs.delete(PERMIT, called(What.UPLOAD), force=True)
    assert upload.exists()


def test_many_runs_are_not_all_named():
    assert needs.in_words(["a"]) == "a" and needs.in_words(["a", "b"]) == "a and b"
    assert needs.in_words(list("abcdefgh")) == "a, b, c, d, e and 3 more"
