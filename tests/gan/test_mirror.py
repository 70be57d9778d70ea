import os

import pytest

from gan.mirror import Mirror


@pytest.fixture
def places(tmp_path):
    here, there = tmp_path / "runs", tmp_path / "keep" / "runs"
    (here / "demo" / "checkpoints").mkdir(parents=True)
    (here / "demo" / "config.json").write_text("{}")
    (here / "demo" / "checkpoints" / "1.pt").write_text("one")
    (here / "demo" / "stop").touch()
    return here, there


def _lost(here):
    """What a restart leaves of the fast disk: nothing."""
    os.rename(here, here.with_name("lost"))


def test_what_was_carried_comes_back(places):
    here, there = places
    Mirror({here: there}).carry()
    _lost(here)
    Mirror({here: there}).bring_back()
    assert (here / "demo" / "checkpoints" / "1.pt").read_text() == "one"
    assert (here / "demo" / "config.json").exists()
    assert not (here / "demo" / "stop").exists()


def test_changes_and_deletions_are_carried(places):
    here, there = places
    mirror = Mirror({here: there})
    (here / "later").mkdir()
    mirror.carry()
    (here / "demo" / "checkpoints" / "2.pt").write_text("two")
    (here / "demo" / "checkpoints" / "1.pt").unlink()
    (here / "later").rmdir()
    mirror.carry()
    assert [path.name for path in (there / "demo" / "checkpoints").iterdir()] == ["2.pt"]
    assert not (there / "later").exists()


def test_an_empty_disk_deletes_nothing(places):
    here, there = places
    mirror = Mirror({here: there})
    mirror.carry()
    _lost(here)
    Mirror({here: there}).carry()
    assert (there / "demo" / "config.json").exists()


def test_half_a_copy_is_no_run(places, monkeypatch):
    here, there = places

    def full(source, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("shutil.copyfile", full)
    mirror = Mirror({here: there})
    mirror.carry()
    assert not (there / "demo").exists()
