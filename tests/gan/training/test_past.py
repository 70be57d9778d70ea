"""Resumes whose pictures moved, were renamed or replaced, or that have another batch size."""

import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from gan import runs
from gan.data import open_pictures
from gan.data.split import held_out_mask
from gan.errors import ForgerError
from gan.generators import CARD, find_generator, origin
from gan.learning.config import Config, configure
from gan.learning.team import Team
from gan.learning.trainer import Trainer
from gan.paths import read_json
from gan.permits import issue
from gan.quality import against
from gan.runs import changes, contents
from gan.runs.changes import Change
from gan.runs.contents import OtherPictures
from gan.runs.run import Run, State
from gan.runs.verdicts import read_verdicts
from gan.training import failures, follower, worker

PERMIT = issue("a test")


@pytest.fixture
def folder(picture_folder, tmp_path) -> Path:
    """The pictures, to be changed."""
    return Path(shutil.copytree(picture_folder, tmp_path / "own"))


@pytest.fixture
def own(config, folder) -> Config:
    return configure(config, data=str(folder))


def begun(name: str, config: Config, images: int = 20) -> Run:
    run = runs.create(name, config)
    worker.train(run, images, "cpu")
    return run


def resumed(run: Run, images: int, **change) -> Run:
    worker.train(runs.find_run(run.name), images, "cpu", change=Change(**change))
    return runs.find_run(run.name)


def weights(run: Run) -> dict[str, bytes]:
    state = torch.load(run.checkpoints()[-1], weights_only=True)["trainer"]
    return {name: state["generator"][name].numpy().tobytes() for name in state["generator"]}


def verdict_lines(run: Run) -> str:
    return run.verdicts_path.read_text()


def new_picture(folder: Path, name: str, seed: int) -> None:
    pixels = np.random.default_rng(seed).integers(0, 256, (32, 32, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(folder / name)


def rename_backwards(folder: Path) -> None:
    for path in sorted(folder.iterdir()):
        path.rename(folder / f"z{99 - int(path.stem)}.png")


def pictures_of(run: Run):
    now = open_pictures(run.config.data, run.config.resolution)
    return contents.as_learned(run, now)


def marks_of_sides(run: Run) -> list[set[int]]:
    pictures = pictures_of(run)
    return [set(pictures.contents[side].tolist()) for side in pictures.split()]


def test_moved_pictures_are_found_at_their_new_place_and_learned_from_exactly(own, folder, tmp_path, capsys):
    straight = begun("straight", own, 40)
    run = begun("moved", own)
    place = folder.rename(tmp_path / "elsewhere")
    with pytest.raises(ForgerError, match="--data PLACE"):
        resumed(run, 40)
    assert run.status().state == State.FAILED
    capsys.readouterr()
    run = resumed(run, 28, data=str(place))
    assert capsys.readouterr().out.count("it goes on exactly") == 1
    assert run.config.data == str(place)
    run = resumed(run, 40)  # it remembers where they are
    assert weights(run) == weights(straight)
    assert capsys.readouterr().out == ""
    assert read_json(run.folder / CARD)["data"] == {"source": "elsewhere", "pictures": 22}
    assert [row["data"] for row in map(runs.summary, runs.list_runs()) if row["name"] == "moved"] == [str(place)]
    assert "own" in read_json(run.folder / "config.json")["data"]  # as it was begun


def test_renamed_files_change_nothing(own, folder, capsys):
    straight = begun("straight", own, 40)
    run = begun("renamed", own)
    rename_backwards(folder)
    run = resumed(run, 28)
    run = resumed(run, 40)
    assert capsys.readouterr().out.count("it goes on exactly") == 1
    assert weights(run) == weights(straight)
    assert set(verdict_lines(straight).splitlines()) <= set(verdict_lines(run).splitlines())


def test_one_replaced_photograph_is_noticed_and_refused_until_it_is_wanted(own, folder, capsys):
    run = begun("replaced", own)
    before = {
        path: path.read_bytes() for path in run.folder.rglob("*") if path.is_file() and path.name != "status.json"
    }
    new_picture(folder, "07.png", 1)
    with pytest.raises(OtherPictures, match="of its 22, 1 is gone, and 1 is new") as refused:
        resumed(run, 40)
    assert refused.value.named == "New: “07.png”. Gone: “07.png”."
    assert "07.png" not in run.status().message  # visitors read it
    assert {path: path.read_bytes() for path in before} == before
    run = resumed(run, 40, data=str(folder))
    printed = capsys.readouterr().out
    assert printed.count("bit for bit") == 1 and printed.count("1 is new") == 1
    assert changes.in_words(run.folder) == "pictures: 1 new, 1 gone after 0.02 kimg"
    assert run.status().state == State.FINISHED
    resumed(run, 44)  # asked once
    assert capsys.readouterr().out == ""


def test_what_was_studied_stays_so_and_what_was_held_out_too(own, folder):
    run = begun("more", own)
    studied, held_out = marks_of_sides(run)
    for number in range(30):
        new_picture(folder, f"0{number:03d}.png", number)  # they sort between and before the others
    now, then = marks_of_sides(run)
    natural = open_pictures(str(folder), 32)
    assert set(natural.contents[natural.split()[1]].tolist()) & studied  # by the places alone some would change sides
    run = resumed(run, 40, data=str(folder))
    assert marks_of_sides(run) == [now, then]
    assert studied < now and held_out < then
    assert len(then - held_out) == held_out_mask(52)[22:].sum()


def test_after_other_pictures_a_resume_is_exact_from_there(own, folder):
    run = begun("straight", own)
    begun("stopped", own)
    new_picture(folder, "00000.png", 1)
    straight = resumed(run, 48, data=str(folder))
    stopped = resumed(resumed(runs.find_run("stopped"), 28, data=str(folder)), 48)
    assert weights(stopped) == weights(straight)


def test_another_batch_size_holds_from_there_on_and_is_exact(own, capsys, monkeypatch):
    run = begun("straight", own)
    begun("stopped", own)
    sizes, step = [], Trainer.step

    def noting(self, who):
        before = self.images_seen
        measured = step(self, who)
        sizes.append(self.images_seen - before)
        return measured

    monkeypatch.setattr(Trainer, "step", noting)
    straight = resumed(run, 44, batch_size=6)
    assert sizes == [6] * 4
    assert "a batch has 6 pictures, and 4 before; the learning rates stay" in capsys.readouterr().out
    stopped = resumed(resumed(runs.find_run("stopped"), 32, batch_size=6), 44)
    assert weights(stopped) == weights(straight)
    assert stopped.config.batch_size == 6
    assert read_json(stopped.folder / CARD)["config"]["batch_size"] == 6


def test_a_trainer_killed_right_after_a_change_goes_on_with_it(own, monkeypatch):
    run = begun("killed", own)

    def killed(self, who):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(Trainer, "step", killed)
        resumed(run, 40, batch_size=6)
    run = resumed(run, 32)  # its checkpoint is from before
    assert run.status().images_seen == 32
    assert changes.in_words(run.folder) == "batch size 6 after 0.02 kimg"


@pytest.mark.parametrize("change", [{"batch_size": 1}, {"batch_size": 5000}, {"data": "/nowhere"}, {"data": ""}])
def test_what_cannot_be_leaves_the_run_as_it_is(trained_run, change):
    before = trained_run.status()
    with pytest.raises(ForgerError):
        resumed(trained_run, 48, **change)
    assert trained_run.status() == before
    assert not (trained_run.folder / changes.FILE).exists()


def test_too_few_pictures_are_refused_and_the_run_goes_on_with_its_own(trained_run, tmp_path):
    new_picture(tmp_path, "one.png", 1)
    before = trained_run.config
    with pytest.raises(ForgerError, match="16"):
        resumed(trained_run, 48, data=str(tmp_path))
    assert runs.find_run("demo").config == before
    assert resumed(trained_run, 48).status().state == State.FINISHED


def test_a_run_from_before_contents_were_kept_notes_those_that_are_there(own, folder, capsys):
    straight = begun("straight", own, 40)
    run = begun("older", own)
    (run.folder / contents.FILE).unlink()
    capsys.readouterr()
    run = resumed(run, 28)
    assert "was not noted yet" in capsys.readouterr().out
    run = resumed(run, 40)
    assert capsys.readouterr().out == ""
    assert weights(run) == weights(straight)


def test_of_an_older_run_another_number_of_pictures_is_noticed(own, folder):
    run = begun("older", own)
    (run.folder / contents.FILE).unlink()
    new_picture(folder, "99.png", 1)
    with pytest.raises(OtherPictures, match="learned from 22 pictures, and there are 23 now"):
        resumed(run, 40)
    run = resumed(run, 40, data=str(folder))
    first, *_, last = read_verdicts(run.verdicts_path)
    pictures = open_pictures(str(folder), 32)
    # What its old verdicts are about is not known; what the new ones are about is.
    assert set(contents.places_now(run, pictures, first.real_places)) == {-1}
    assert (contents.places_now(run, pictures, last.real_places) >= 0).all()


def test_before_anything_was_learned_other_pictures_need_no_leave(own, folder, capsys):
    run = runs.create("early", own)
    contents.note(run, contents.compare(None, open_pictures(str(folder), 32)).contents)
    new_picture(folder, "99.png", 1)
    assert resumed(run, 8).status().state == State.FINISHED
    assert capsys.readouterr().out == ""


def test_a_process_beside_the_first_learns_the_same_pictures_in_the_same_order(own, folder, monkeypatch):
    run = begun("renamed", own)
    rename_backwards(folder)
    pictures = pictures_of(run)
    studied = pictures.split()[0]
    troubles = []
    monkeypatch.setattr(follower, "check_alike", lambda *given: troubles.append(given[4]))
    beside = follower._Follower(Team(), follower.Order(own, 40, pictures.contents[studied]), torch.device("cpu"))
    beside.stop_signal = SimpleNamespace(came=False)
    trainer = beside._trainer(lambda: own)
    assert trainer.lessons.training.tolist() == studied.tolist() != sorted(studied.tolist())
    (folder / "z92.png").unlink()
    beside._trainer(lambda: own)
    assert troubles == ["", "It has other pictures than the first."]


def test_a_copy_that_is_made_to_fail_remembers_the_pictures_too(own, folder):
    run = begun("good", own)
    rename_backwards(folder)
    run = resumed(run, 28, batch_size=8)
    copy = failures.spoil(PERMIT, "too-weak", run).run
    assert contents.are_equal(contents.read(copy), contents.read(run))
    assert resumed(copy, 36).status().images_seen == 36


def test_who_judges_goes_by_the_split_that_the_run_remembers(own, folder):
    run = begun("a", own)
    rename_backwards(folder)
    source = str(folder)
    open_pictures(source, 32)
    bank = against.bank(source, 32, run=run)
    studied, held_out = marks_of_sides(run)
    contents_now = open_pictures(source, 32).contents
    assert set(contents_now[bank.held_out].tolist()) == held_out
    assert set(contents_now[bank.training].tolist()) == studied
    assert set(contents_now[against.bank(source, 32).held_out].tolist()) != held_out
    assert origin.with_own_split(find_generator("run:a"), source) == runs.find_run("a")
