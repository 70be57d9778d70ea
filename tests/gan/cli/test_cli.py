import json
import shutil
import subprocess
import sys
import zipfile

import av
import numpy as np
import pytest
import torch
from PIL import Image

from gan import data, generators, paths, runs
from gan.cli import main
from gan.generators import sampling
from gan.generators.redraw import Redrawer
from gan.learning.config import configure
from gan.learning.recipes import preset
from gan.learning.trainer import Trainer
from gan.paths import write_json
from gan.permits import issue
from gan.quality import exams, second_opinion
from gan.quality.simple_features import SimpleFeatures
from gan.runs.run import State, Status

TINY = ["--width-g=4", "--width-d=4", "--latent-size=8", "--batch-size=4", "--sample-count=4", "--log-every=8",
        "--measure-every=0"]  # fmt: skip


PERMIT = issue("a test")


def call(command: str, *more: str) -> int:
    return main([*command.split(), *more])


@pytest.fixture
def few_drawings(monkeypatch):
    monkeypatch.setattr(data, "DRAWN_COUNT", 24)


@pytest.fixture
def picture_zip(picture_folder, tmp_path):
    with zipfile.ZipFile(tmp_path / "faces.zip", "w") as archive:
        for path in picture_folder.iterdir():
            archive.write(path, path.name)
    return tmp_path / "faces.zip"


def test_train_resume_runs_generate_and_interpolate_as_the_readme_writes_them(few_drawings, tmp_path, capsys):
    assert call("train --preset quick-look --run demo --kimg 0.04", *TINY) == 0
    run = runs.find_run("demo")
    assert (run.status().state, run.status().images_seen) == (State.FINISHED, 40)
    assert (run.config.data, run.config.width_g, run.config.resolution) == ("drawn-cats", 4, 32)

    assert call("resume demo --kimg 0.06") == 0
    assert run.status().images_seen == 60
    capsys.readouterr()
    assert call("resume demo --kimg 0.06") == 0
    assert call("resume demo") == 0
    assert capsys.readouterr().out.count("Nothing to do") == 2

    assert call("runs --json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert {"name", "state", "kimg", "data"} <= row.keys()
    assert (row["name"], row["state"], row["kimg"], row["data"]) == ("demo", "finished", 0.06, "drawn-cats")
    assert call("runs") == 0
    assert "demo" in capsys.readouterr().out

    out = tmp_path / "new" / "pictures"
    assert call("generate --model run:demo --seeds 7,9 --out", str(out)) == 0
    assert sorted(path.name for path in out.iterdir()) == ["7.png", "9.png"]
    model = generators.find_generator("run:demo")
    expected = sampling.sample(generators.load_generator(model), model.config, [9])[0]
    np.testing.assert_array_equal(np.asarray(Image.open(out / "9.png")), expected)

    film = tmp_path / "film.mp4"
    assert call("interpolate --model run:demo --seeds 3,8 --frames 12 --out", str(film)) == 0
    with av.open(film) as container:
        assert len(list(container.decode(video=0))) == 12


def test_a_shipped_generator_draws_a_range_of_seeds(shipped, tmp_path):
    assert call("generate --model cats --seeds 1-64 --out", str(tmp_path)) == 0
    assert {path.name for path in tmp_path.iterdir()} == {f"{seed}.png" for seed in range(1, 65)}
    assert (
        call("interpolate --model cats --seeds 3,8,5 --there-and-back --frames 8 --out", str(tmp_path / "w.gif")) == 0
    )
    assert Image.open(tmp_path / "w.gif").n_frames == 8


def _picture(path):
    return np.array(Image.open(path))


def _redrawn(model, path, finished=False, **settings):
    """What the generator makes of a square picture file."""
    redrawer = Redrawer(model, **settings)
    return redrawer.redraw(redrawer.source(_picture(path), finished)).result


def test_redraw_makes_one_picture_of_another(redrawing, picture_folder, tmp_path, capsys):
    source, out = picture_folder / "03.png", tmp_path / "new" / "3.png"
    assert call("redraw --model sketches", str(source), str(out)) == 0
    assert capsys.readouterr().out == f"1 of 1 pictures redrawn: {out}\n"
    np.testing.assert_array_equal(_picture(out), _redrawn(redrawing, source))


def test_redraw_makes_a_folder_of_another_and_skips_what_is_broken(redrawing, picture_folder, tmp_path, capsys):
    pictures, out = shutil.copytree(picture_folder, tmp_path / "in"), tmp_path / "out"
    (pictures / "10.png").write_bytes((pictures / "10.png").read_bytes()[:200])
    (pictures / "notes.txt").write_text("no picture")
    assert call("redraw --model sketches", str(pictures), str(out)) == 0
    captured = capsys.readouterr()
    assert captured.out == f"21 of 23 pictures redrawn: {out}\n"
    assert "skipped: “10.png” is a broken picture" in captured.err
    assert "skipped: “notes.txt” is not a picture" in captured.err
    assert {path.name for path in out.iterdir()} == {f"{n:02d}.png" for n in range(22) if n != 10}
    np.testing.assert_array_equal(_picture(out / "21.png"), _redrawn(redrawing, pictures / "21.png"))


def test_redraw_keeps_shapes_and_folders_and_says_what_it_did(redrawing, tmp_path, capsys):
    below = tmp_path / "in" / "sprites"
    below.mkdir(parents=True)
    for name in ("a.png", "a.gif"):
        Image.new("L", (24, 12), 90).save(below / name)
    Image.new("RGBA", (64, 40), (255, 255, 255, 0)).save(tmp_path / "in" / "b.png")
    out = tmp_path / "out"
    assert call("redraw --model sketches", str(tmp_path / "in"), str(out)) == 0
    assert "2 of them: It is small, so it was enlarged 21 times, without smoothing." in capsys.readouterr().out
    assert _picture(out / "b.png").shape == (32, 51, 4)
    for name in ("a.png.png", "a.gif.png"):
        assert _picture(out / "sprites" / name).shape == (32, 64, 3)
    assert call("redraw --model sketches --square --opaque", str(tmp_path / "in" / "b.png"), str(out / "c.png")) == 0
    assert _picture(out / "c.png").shape == (32, 32, 3)


def test_redraw_is_2_where_nothing_could_be_read(redrawing, tmp_path, capsys):
    pictures, out = tmp_path / "in", tmp_path / "out"
    pictures.mkdir()
    for name in ("a.png", "b.png"):
        (pictures / name).write_text("no picture")
    assert call("redraw --model sketches", str(pictures), str(out)) == 2
    captured = capsys.readouterr()
    assert captured.out == f"0 of 2 pictures redrawn: {out}\n"
    assert "“a.png”" in captured.err and "“b.png”" in captured.err
    assert not out.exists()


def test_redraw_takes_a_drawing_as_it_is(redrawing, picture_folder, tmp_path):
    source, drawn, traced = picture_folder / "03.png", tmp_path / "drawn.png", tmp_path / "traced.png"
    assert call("redraw --model sketches --drawn", str(source), str(drawn)) == 0
    assert call("redraw --model sketches", str(source), str(traced)) == 0
    np.testing.assert_array_equal(_picture(drawn), _redrawn(redrawing, source, finished=True))
    assert (_picture(drawn) != _picture(traced)).any()


def test_redraw_as_the_generator_was_earlier(redrawing, picture_folder, tmp_path):
    source, early, last = picture_folder / "03.png", tmp_path / "early.png", tmp_path / "last.png"
    assert call("redraw --model sketches --kimg 1", str(source), str(early)) == 0
    assert call("redraw --model sketches --kimg 2", str(source), str(last)) == 0
    np.testing.assert_array_equal(_picture(early), _redrawn(redrawing, source, images_seen=1000))
    np.testing.assert_array_equal(_picture(last), _redrawn(redrawing, source))
    assert (_picture(early) != _picture(last)).any()


def test_redraw_never_replaces_what_it_reads(redrawing, picture_folder, tmp_path, capsys):
    pictures = shutil.copytree(picture_folder, tmp_path / "in")
    before = {path.name: path.read_bytes() for path in pictures.iterdir()}
    assert call("redraw --model sketches", str(pictures), str(pictures)) == 2
    assert "would be replaced by its own redrawing" in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in pictures.iterdir()} == before


def test_train_on_a_zip(picture_zip):
    command = f"train --preset faces --data {picture_zip} --run faces --kimg 0.008 --resolution 32 --no-flips"
    assert call(command, *TINY) == 0
    run = runs.find_run("faces")
    assert (run.status().images_seen, run.config.flips, run.config.data) == (8, False, str(picture_zip))


def test_without_a_preset_a_training_is_set_up_as_what_it_starts_from(trained_run, picture_zip, capsys):
    generators.add_to_checkpoints(PERMIT, generators.find_generator("run:demo"), "ours")
    assert call(f"train --start-from ours --data {picture_zip} --kimg 0.008") == 0
    run = runs.find_run("from-ours")
    assert run.config == configure(trained_run.config, data=str(picture_zip), start_from="ours")
    assert "begins with what ours has learned" in capsys.readouterr().out
    assert call("train --start-from ours --kimg 0.008") == 2
    assert "are not here: say what to learn from" in capsys.readouterr().err
    # A preset's settings stay, but for the shapes of the networks.
    assert call(f"train --preset quick-look --start-from run:demo --data {picture_zip} --run second --kimg 0.001") == 0
    second = runs.find_run("second").config
    assert (second.width_g, second.batch_size) == (trained_run.config.width_g, 32)
    assert call(f"train --preset faces --start-from demo --width-g 99 --data {picture_zip}") == 2
    assert "do not fit" in capsys.readouterr().err


@pytest.mark.parametrize(("sized_for", "batch", "half_life"), [("auto", 8, 20_000), ("cuda", 64, 500_000)])
def test_a_preset_has_the_settings_of_what_it_is_sized_for(sized_for, batch, half_life, picture_folder):
    tiny = "--kimg 0.001 --resolution 32 --width-g 4 --width-d 4 --sample-count 4 --measure-every 0"
    command = f"train --preset faces --sized-for {sized_for} --device cpu --run sized {tiny} --data"
    assert call(command, str(picture_folder)) == 0
    config = runs.find_run("sized").config
    assert (config.batch_size, config.average_half_life) == (batch, half_life)


def test_that_a_card_is_passed_over_is_said_once(picture_folder, monkeypatch, capsys):
    monkeypatch.setattr("gan.device.left_out_card", lambda: "This build of PyTorch has no kernels for the card here.")
    assert call("train --preset custom --kimg 0.004 --resolution 32 --data", str(picture_folder), *TINY) == 0
    assert capsys.readouterr().err.count("no kernels for the card here. The CPU is taken.") == 1


def test_another_recipe_than_the_presets_and_single_settings_on_top(picture_folder):
    command = f"train --recipe modern --run modern --kimg 0.004 --data {picture_folder} --loss hinge"
    assert call(command, *TINY) == 0
    config, expected = runs.find_run("modern").config, preset("quick-look").follow("modern")
    assert (config.generator, config.penalty, config.beta2) == (expected.generator, expected.penalty, expected.beta2)
    assert (config.average_half_life, config.loss) == (1_000, "hinge")


def test_every_part_of_a_recipe_can_be_chosen_by_itself(picture_folder):
    parts = (
        "--generator skip --discriminator plain --loss hinge --penalty r1+r2 --penalty-weight 2 --penalty-every 2 "
        "--augment-probability 0.5 --average-half-life 0 --beta1 0 --beta2 0.9"
    )
    command = f"train --preset custom --run parts --kimg 0.008 --resolution 32 --data {picture_folder} {parts}"
    assert call(command, *TINY) == 0
    run = runs.find_run("parts")
    config = run.config
    assert run.status().state == State.FINISHED
    assert (config.generator, config.discriminator, config.loss) == ("skip", "plain", "hinge")
    assert (config.penalty, config.penalty_weight, config.penalty_every) == ("r1+r2", 2.0, 2)
    assert (config.augment_probability, config.average_half_life) == (0.5, 0)
    assert (config.beta1, config.beta2) == (0.0, 0.9)


def test_a_run_without_a_name_gets_one(picture_folder):
    for name in ("custom", "custom-2"):
        assert call("train --preset custom --kimg 0.004 --resolution 32 --data", str(picture_folder), *TINY) == 0
        assert runs.find_run(name).status().state == State.FINISHED


def test_data_is_prepared_counted_and_shown(few_drawings, capsys, picture_folder, tmp_path):
    assert call("data drawn-cats --resolution 64") == 0
    out = capsys.readouterr().out
    assert "24 pictures of 64 x 64" in out
    assert str(paths.PROJECT) not in out  # FORGER_DATA says where
    folder = shutil.copytree(picture_folder, tmp_path / "mine")
    (folder / "notes.txt").write_text("no picture")
    assert call("data", str(folder)) == 0
    out = capsys.readouterr().out
    assert "22 pictures" in out and "skipped 1" in out
    shutil.copy(folder / "03.png", folder / "twin.png")
    assert call("data", str(folder), "--leave-out", "none") == 0
    assert "“twin.png” is like “03.png”" in capsys.readouterr().out
    assert call("data", str(folder), "--ground", "white") == 2


@pytest.fixture(autouse=True)
def simple_features(monkeypatch):
    """The measure that needs no installing, and no second opinion."""
    monkeypatch.setattr(exams, "choose_features", SimpleFeatures)
    monkeypatch.setattr(second_opinion, "second_features", lambda device: None)
    monkeypatch.setattr(second_opinion, "cascades", dict)


def test_evaluate_says_how_good_a_generator_is_and_how_that_reads(shipped, many, capsys):
    assert call("evaluate cats --count 50 --data", many) == 0
    out = capsys.readouterr().out
    assert out.startswith("cats: 32 pixels, 300 kimg\nmany: 320 pictures, 32 of them held out\n")
    assert "says nothing about copying" in out  # it did not learn from these
    for text in ("simple-1", "KID", " ± ", "through 4 pixels", "many look alike", "nearest of 288", "not the FID"):
        assert text in out
    assert "quality" not in generators.find_generator("cats").card


def test_evaluate_finds_what_a_run_learned_from_and_writes_its_card(trained_run, many, capsys):
    (trained_run.folder / "config.json").write_text(json.dumps(trained_run.config.to_dict() | {"data": many}))
    write_json(trained_run.folder / generators.CARD, learned_from("run:demo", "many", 320))
    before = generators.find_generator("run:demo").card
    assert call("evaluate run:demo --count 50 --json --write-card") == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures.pop("model") == "run:demo"
    assert (figures["data"], figures["held_out"], figures["count"]) == ("many", 32, 50)
    assert generators.find_generator("run:demo").card == before | {"quality": figures}


def learned_from(name, source, pictures) -> dict:
    """The card of the generator `name`, if it had learned from those."""
    return generators.find_generator(name).card | {"data": {"source": source, "pictures": pictures}}


@pytest.mark.parametrize(("source", "number"), [("many", 321), ("others", 320)])
def test_evaluate_keeps_no_figures_on_other_pictures_than_a_generators_own(
    shipped, many, capsys, monkeypatch, source, number
):
    monkeypatch.setattr(exams, "generate", lambda *_: pytest.fail("began all the same"))
    write_json(shipped.folder / generators.CARD, learned_from("cats", source, number))
    assert call("evaluate cats --count 50 --write-card --data", many) == 2
    captured = capsys.readouterr()
    assert f"learned from ({source}, {number} pictures)" in captured.err
    assert captured.out == ""
    assert "quality" not in generators.find_generator("cats").card


def test_evaluate_warns_of_other_pictures_with_the_same_name(shipped, many, capsys):
    card = learned_from("cats", "many", 321)
    write_json(shipped.folder / generators.CARD, card | {"config": card["config"] | {"data": "many"}})
    assert call("evaluate cats --count 50 --data", many) == 0
    assert "says nothing about copying" in capsys.readouterr().out


def test_no_runs_yet(capsys):
    assert call("runs --json") == 0
    assert json.loads(capsys.readouterr().out) == []
    assert call("runs") == 0
    assert "no runs yet" in capsys.readouterr().out


WRONG_REQUESTS = {
    "": "arguments",
    "dance": "dance",
    "train --kimg much": "--kimg",
    "train --kimg 0": "--kimg",
    "train --kimg nan": "--kimg",
    "train --kimg -1": "--kimg",
    "train --preset slow": "no preset 'slow'",
    "train --sized-for tpu": "sized-for",
    "train --resolution 512": "32, 64, 128, 256",
    "train --recipe secret": "no recipe 'secret'",
    "train --run ../x": "'../x' cannot be a name",
    "train --data /nowhere/pictures.zip": "/nowhere/pictures.zip",
    "train --width-g 1": "width_g",
    "train --resolution 50": "resolution",
    "train --loss wgan": "loss must be one of textbook",
    "train --generator unet": "generator must be one of dcgan",
    "train --discriminator unet": "discriminator must be one of dcgan",
    "train --penalty r3": "penalty must be one of none",
    "train --augment-probability 2": "augment_probability must lie between 0 and 1",
    "train --speed 9": "--speed",
    "train --device abacus": "abacus",
    "train --run taken": "'taken' already",
    "resume": "run",
    "resume nothing": "no run 'nothing'",
    "resume ../taken": "cannot be a name",
    "resume taken --kimg 0": "--kimg",
    "resume taken --kimg 1 --data /no/such/folder": "/no/such/folder",
    "resume taken --kimg 1 --device abacus": "abacus",
    "generate --model dogs --seeds 1 --out OUT": "no generator 'dogs'",
    "generate --model ../cats --seeds 1 --out OUT": "cannot be a name",
    "generate --model cats --seeds one --out OUT": "one",
    "generate --model cats --seeds 1-9999999 --out OUT": "1024",
    "generate --model cats --seeds 1 --truncation 3 --out OUT": "no longer offered",
    "generate --model cats --seeds 1 --out FILE": "cannot be made",
    "generate --model cats": "--seeds",
    "interpolate --model cats --seeds 3 --out OUT/film.mp4": "two stops",
    "interpolate --model cats --seeds 3,8 --frames 1 --out OUT/film.mp4": "frames",
    "interpolate --model cats --seeds 3,8 --fps 0 --out OUT/film.mp4": "frames a second",
    "interpolate --model cats --seeds 3,8 --out OUT/film.avi": ".mp4",
    "interpolate --model cats --seeds 3,8 --frames 4 --out OUT/no/film.gif": "could not be written",
    "generate --model sketches --seeds 1 --out OUT": "redraws pictures",
    "interpolate --model sketches --seeds 3,8 --out OUT/film.mp4": "redraws pictures",
    "redraw": "IN, OUT, --model",
    "redraw PICTURE OUT/x.png": "--model",
    "redraw PICTURE OUT/x.png --model dogs": "no generator 'dogs'",
    "redraw PICTURE OUT/x.png --model cats": "'cats' draws from seeds; it cannot redraw",
    "redraw PICTURE OUT/x.png --model sketches --kimg 1.5": "not kept after 1.5 kimg; choose one of 1, 2.",
    "redraw PICTURE OUT/x.png --model sketches --kimg nan": "not kept after nan kimg",
    "redraw PICTURE OUT/x.png --model sketches --kimg much": "--kimg",
    "redraw PICTURE OUT/x.png --model sketches --device abacus": "abacus",
    "redraw PICTURE OUT/x.jpg --model sketches": "must be a .png file",
    "redraw OUT/photos OUT/cartoons --model sketches": "There is no file or folder",
    "redraw PICTURE OUT --model sketches": "must be a .png file",
    "redraw PICTURE FILE/x.png --model sketches": "cannot be made",
    "redraw PICTURES FILE --model sketches": "must be a folder",
    "redraw FILE OUT/x.png --model sketches": "“file” is empty",
    "redraw OUT/nothing.png OUT/x.png --model sketches": "no file “nothing.png”",
    "redraw OUT OUT/x.png --model cats": "'cats' draws from seeds",
    "evaluate": "MODEL",
    "evaluate dogs": "no generator 'dogs'",
    "evaluate cats": "say with --data",
    "evaluate cats --data /nowhere": "/nowhere",
    "evaluate cats --data drawn-cats": "300 pictures at least; this one has 24",
    "evaluate cats --data drawn-cats --count 49": "50 to 50,000",
    "evaluate cats --data drawn-cats --device abacus": "abacus",
    "data /nowhere": "/nowhere",
    "data drawn-cats --resolution 5": "16 to 512",
}


@pytest.mark.parametrize("command", WRONG_REQUESTS)
def test_a_wrong_request_is_2_with_one_sentence(
    command, config, shipped, redrawing, picture_folder, tmp_path, capsys, few_drawings
):
    runs.create("taken", config)
    (tmp_path / "file").touch()
    places = {"PICTURES": picture_folder, "PICTURE": picture_folder / "03.png", "FILE": tmp_path / "file"}
    arguments = command.replace("OUT", str(tmp_path))
    for name, path in places.items():
        arguments = arguments.replace(name, str(path))
    assert call(arguments) == 2
    captured = capsys.readouterr()
    assert captured.err.startswith("forger: ")
    assert captured.err.count("\n") == 1
    assert WRONG_REQUESTS[command] in captured.err
    assert captured.out == ""
    assert [run.name for run in runs.list_runs()] == ["taken"]


def test_a_second_training_is_refused_and_leaves_no_run_behind(config, trained_run, capsys, monkeypatch):
    monkeypatch.setattr("gan.runs.run._lives", lambda status: status.pid == 1)
    trained_run.write_status(Status(state=State.TRAINING, pid=1))
    for command in ("train --run second --data drawn-cats", "resume demo --kimg 1"):
        assert call(command) == 2
        assert "'demo' is training already" in capsys.readouterr().err
    assert [run.name for run in runs.list_runs()] == ["demo"]


def test_a_training_that_breaks_down_is_1_with_what_to_try_and_keeps_its_run(picture_folder, monkeypatch, capsys):
    step = Trainer.step
    monkeypatch.setattr(Trainer, "step", lambda self, who: step(self, who) | {"loss_d": torch.tensor(torch.nan)})
    assert call("train --run broken --kimg 1 --resolution 32 --data", str(picture_folder), *TINY) == 1
    assert "learning rates" in capsys.readouterr().err
    assert runs.find_run("broken").status().state == State.FAILED


def test_an_interrupted_run_is_resumed_even_where_its_last_heartbeat_had_reached_the_goal(trained_run):
    newest = trained_run.checkpoints()[-1]
    newest.unlink()  # killed after the last step, before the last checkpoint
    trained_run.write_status(Status(state=State.TRAINING, images_seen=40, target_images=40))
    assert trained_run.status().state == State.INTERRUPTED
    assert call("resume demo") == 0
    assert newest.exists()
    assert trained_run.status().state == State.FINISHED


def test_resume_with_other_pictures_names_them_to_its_terminal_alone(config, picture_folder, tmp_path, capsys):
    folder = shutil.copytree(picture_folder, tmp_path / "own")
    assert call("train --run demo --kimg 0.008 --resolution 32 --data", str(folder), *TINY) == 0
    Image.effect_noise((40, 40), 90).save(folder / "99.png")
    assert call("resume demo --kimg 0.016") == 2
    said = capsys.readouterr().err
    assert "its 22 are there, and 1 is new" in said and "New: “99.png”" in said and "--data PLACE" in said
    assert call("resume demo --kimg 0.016 --give-way") == 2  # as the page starts it, whose visitors read what it prints
    assert "99.png" not in capsys.readouterr().err
    assert call("resume demo --kimg 0.016 --batch-size 1 --data", str(folder)) == 2
    assert "batch_size" in capsys.readouterr().err
    assert runs.find_run("demo").status().images_seen == 8
    assert call("resume demo --kimg 0.020 --batch-size 6 --data", str(folder)) == 0
    assert capsys.readouterr().out.count("bit for bit") == 1
    assert runs.find_run("demo").config.batch_size == 6


COMMANDS = ("train", "resume", "runs", "generate", "interpolate", "redraw", "evaluate", "data")


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help(command, capsys):
    with pytest.raises(SystemExit) as caught:
        call(f"{command} --help")
    assert caught.value.code == 0
    out = capsys.readouterr().out
    assert "usage: python -m gan" in out
    assert len(out.splitlines()) > 5


def test_help_names_every_command_and_every_setting(capsys, config):
    with pytest.raises(SystemExit):
        call("--help")
    out = capsys.readouterr().out
    assert all(command in out for command in COMMANDS)
    with pytest.raises(SystemExit):
        call("train --help")
    out = capsys.readouterr().out
    assert all("--" + name.replace("_", "-") in out for name in config.to_dict())
    words = " ".join(out.split())
    assert (
        "The network that draws. One of: dcgan, skip, redraw, guided, poster." in words
        and "One of: 32, 64, 128, 256." in words
    )


def test_as_a_program():
    command = [sys.executable, "-m", "gan", "resume", "nothing"]
    done = subprocess.run(command, cwd=paths.PROJECT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (2, "", "forger: There is no run 'nothing'.\n")
