"""The benchmarks run: tiny networks, a few steps, and nothing said about how fast they are."""

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks import real_pace, step_cost, time_to_quality, waiting
from benchmarks.arms import ARMS, Decoded, Settings
from benchmarks.command import Mark, Took, Training, between, environment
from benchmarks.convolutions import Recorder, seconds_alone
from benchmarks.meter import clock
from benchmarks.parts import REST, Stopwatch, watched
from benchmarks.textbook import Textbook, lay_out
from benchmarks.training_speed import Turn, summary
from gan.learning.config import configure
from gan.learning.kinds import new_trainer
from gan.learning.recipes import RECIPES
from gan.learning.trainer import Trainer
from gan.quality.measure import Quality
from gan.runs.run import State
from gan.tasks import Task

CPU = torch.device("cpu")


@pytest.fixture
def folder(picture_folder, tmp_path):
    lay_out(picture_folder, tmp_path / "files")
    return tmp_path / "files"


@pytest.fixture
def textbook(folder) -> Textbook:
    return Textbook(folder, workers=0, size=32, width=4, batch=4)


def tiny(config, recipe):
    return configure(config, **RECIPES[recipe].settings | {"width_g": 4, "width_d": 4, "batch_size": 8})


def test_the_chosen_pictures_are_laid_out_in_the_order_of_their_names(picture_folder, tmp_path):
    assert lay_out(picture_folder, tmp_path / "some", np.array([1, 3])) == 2
    assert [path.name for path in sorted((tmp_path / "some" / "all").iterdir())] == ["000001.png", "000003.png"]


def test_the_textbook_moves_both_networks_and_counts_a_short_last_batch(textbook):
    before = [p.detach().clone() for p in (*textbook.generator.parameters(), *textbook.discriminator.parameters())]
    for _ in range(6):
        numbers = textbook.step()
    after = [*textbook.generator.parameters(), *textbook.discriminator.parameters()]
    assert textbook.images_seen == 22  # five batches of 4 and one of 2
    assert all(not torch.equal(a, b) for a, b in zip(before, after, strict=True))
    assert all(np.isfinite(value) for value in numbers.values())


def test_drawing_leaves_the_textbook_as_it_was(textbook):
    before = {name: value.clone() for name, value in textbook.generator.state_dict().items()}
    assert textbook.draw(5).shape == (5, 32, 32, 3)
    assert all(torch.equal(value, before[name]) for name, value in textbook.generator.state_dict().items())


def test_a_discriminator_that_is_sure_for_long_is_a_collapse(textbook, monkeypatch):
    monkeypatch.setattr("benchmarks.textbook.STEPS_ON_END", 3)
    verdicts = iter([1.0, 0.0, 0.0] * 4)
    sure = torch.nn.Parameter(torch.tensor(1.0))

    def judge(pictures):
        return (sure * 0 + next(verdicts) + pictures.mean() * 0).expand(len(pictures))

    monkeypatch.setattr(textbook, "discriminator", torch.nn.Module())
    monkeypatch.setattr(textbook.discriminator, "forward", judge, raising=False)
    for _ in range(3):
        assert not textbook.collapsed
        textbook.step()
    assert textbook.collapsed


@pytest.mark.parametrize("name", [name for name, arm in ARMS.items() if not name.startswith("textbook")])
def test_every_arm_of_classic_trains(name, picture_folder, folder, monkeypatch):
    monkeypatch.setattr("benchmarks.arms.RESOLUTION", 32)
    threads = torch.get_num_threads()
    settings = Settings(picture_folder, folder, width=4, batch=4, threads=1, workers=0)
    with ARMS[name].start(settings) as learner:
        learner.step()
        assert learner.images_seen in (2, 4, 8)
    torch.set_num_threads(threads)


def test_pictures_can_be_decoded_again_and_again(folder, monkeypatch):
    monkeypatch.setattr("benchmarks.arms.RESOLUTION", 32)
    decoded = Decoded(folder)
    assert decoded[np.array([3, 1])].shape == (2, 32, 32, 3)
    assert len(decoded) == 22


def test_ratios_are_taken_within_rounds():
    yardstick = [Turn(10, 1.0, 2.0), Turn(20, 1.0, 2.0)]
    row = summary("twice", [Turn(20, 1.0, 1.0), Turn(40, 1.0, 1.0)], yardstick)
    assert (row["ratio"], row["from"], row["to"], row["core ratio"]) == (2, 2, 2, 4)


def test_all_convolutions_of_a_step_are_found(config, pictures):
    trainer = Trainer(tiny(config, "classic"), pictures, CPU)
    trainer.step()
    recorder, steps = step_cost.count_macs(trainer)
    with FlopCounterMode(display=False) as counter:
        trainer.step()
    assert steps == 1
    assert recorder.macs == counter.get_total_flops() // 2


def test_every_convolution_can_be_made_again_alone(config, pictures):
    trainer = Trainer(tiny(config, "modern"), pictures, CPU)
    recorder, steps = step_cost.count_macs(trainer)
    assert steps == trainer.config.penalty_every
    for call in recorder.calls:
        assert seconds_alone(call, CPU, clock(CPU), 1) >= 0
        assert "stride" in str(call) or "product of" in str(call)


def test_parts_of_a_step_are_told_apart(config, pictures):
    trainer = Trainer(tiny(config, "modern"), pictures, CPU)
    ticks = iter(range(10_000))
    watch = Stopwatch(lambda: next(ticks))
    with watched(trainer, watch):
        for _ in range(trainer.config.penalty_every):
            trainer.step()
    expected = {
        "choosing and chance",
        "sending",
        "drawing reals",
        "G forward",
        "D forward (D's lesson)",
        "D forward (G's lesson)",
        "D backward",
    }
    expected |= {"penalty: the slopes", "D backward with the penalty", "backward through D to the picture"}
    assert expected | {"G backward", "optimisers", "averaging", "augmentation", REST} <= set(watch.seconds)
    assert trainer.generator.forward.__name__ == "forward"  # put back


def test_parts_of_a_redrawing_step_are_told_apart(config, pictures):
    trainer = new_trainer(configure(tiny(config, "redraw"), task="grey"), pictures, CPU)
    ticks = iter(range(10_000))
    watch = Stopwatch(lambda: next(ticks))
    with watched(trainer, watch):
        for _ in range(trainer.config.penalty_every):
            trainer.step()
    expected = {
        "choosing and chance",
        "drawing reals",
        "making sources",
        "making targets",
        "other framings",
        "pairing with sources",
    }
    expected |= {"G forward", "penalty: the slopes", "backward through D to the picture", "G backward", REST}
    assert expected <= set(watch.seconds) and "norms of the gradients" in watch.seconds
    assert Task.sources.__name__ == "sources"  # put back


def test_all_convolutions_of_redrawing_are_found_penalty_and_sources_included(config, pictures):
    config = tiny(config, "redraw")
    recorder, steps = step_cost.count_macs(new_trainer(config, pictures, CPU))
    same = new_trainer(config, pictures, CPU)
    with FlopCounterMode(display=False) as counter:
        for _ in range(steps):
            same.step()
    assert steps == config.penalty_every
    assert recorder.macs == counter.get_total_flops() // 2


def test_only_one_thing_changes_at_a_time_and_only_to_what_can_be(config):
    base = tiny(config, "modern")
    others = step_cost.variations(base, [32, 64], [8, 16])
    assert [base.differences(one) for one in others] == [
        [],
        ["resolution: 32 here, 64 there"],
        ["width_g: 4 here, 2 there", "width_d: 4 here, 2 there"],
        ["width_g: 4 here, 8 there", "width_d: 4 here, 8 there"],
        ["batch_size: 8 here, 16 there"],
    ]


def test_a_recorder_counts_what_a_convolution_multiplies():
    with Recorder() as recorder:
        torch.nn.functional.conv2d(torch.ones(2, 3, 8, 8), torch.ones(5, 3, 3, 3))
    assert recorder.macs == 2 * 5 * 6 * 6 * 3 * 3 * 3


def test_a_race_is_decided_and_goes_on_from_its_file(tmp_path, textbook, config, pictures):
    def judge(kids):
        return lambda drawn: Quality("x", len(drawn), next(kids), 0.01, 10.0, "", 1.0)

    settings = {"pictures": 2}
    race = time_to_quality.Race(tmp_path / "race.json", settings)
    with pytest.raises(StopIteration):  # it is interrupted in the fourth judgement of a training that has no end
        race.run("book", lambda: textbook, judge(iter([0.9, 0.8, 0.7])), 0.0, 1e9)
    again = time_to_quality.Race(tmp_path / "race.json", settings)
    assert [point["kid"] for point in again.curves["book"].points] == [0.9, 0.8, 0.7]
    curve = again.run("book", lambda: textbook, judge(iter([0.5, 0.4, 0.3, 0.2])), 0.0, 1e9, target=0.42)
    assert [point["kid"] for point in curve.points[3:]] == [0.5, 0.4, 0.3]  # twice on end under the target
    assert again.run("book", lambda: textbook, judge(iter([])), 0.0, 1e9, target=0.42) is curve  # it is there already
    with pytest.raises(SystemExit):
        time_to_quality.Race(tmp_path / "race.json", {"pictures": 3})


def test_after_its_heat_a_training_goes_on_from_where_it_was(tmp_path, textbook):
    judge = lambda drawn: Quality("x", len(drawn), 0.5, 0.01, 10.0, "", 1.0)  # noqa: E731
    race = time_to_quality.Race(tmp_path / "race.json", {"pictures": 2})
    heat = race.run("book", lambda: textbook, judge, 1e-9, 1e-9)
    assert len(heat.points) == 1
    images, spent = textbook.images_seen, heat.core_seconds
    whole = race.run("book", lambda: textbook, judge, 1e-9, spent + 1e-9)
    assert len(whole.points) == 2 and whole.points[1]["images"] > images and whole.core_seconds > spent


def test_a_recipe_runs_beside_the_textbook(config, pictures, capsys):
    recipe = time_to_quality.Recipe(tiny(config, "modern"), pictures)
    recipe.step()
    assert recipe.images_seen == 8
    assert recipe.draw(3).shape == (3, 32, 32, 3)
    points = [{"core_seconds": s, "images": 1000, "kid": k, "kid_error": 0.01} for s, k in ((10, 0.3), (20, 0.1))]
    slow = time_to_quality.Curve("textbook, seed 1", points)
    quick = time_to_quality.Curve("modern", [points[1] | {"core_seconds": 1}, points[1] | {"core_seconds": 2}])
    time_to_quality.print_result([slow], quick, 20)
    assert "10.0 times as fast as the whole time" in capsys.readouterr().out


def test_processor_time_is_that_between_the_heartbeats():
    """Heartbeats come once a second, and are read a little later."""
    assert between(Mark(100, 10.0, 3.0, 10.5), Mark(600, 20.0, 18.75, 21.0)) == Took(500, 10.0, 15.0)


def test_the_command_is_compared_within_each_round():
    rounds = [
        {"command": Took(100, 1.0, 2.0), "bare loop": Took(100, 2.0, 2.0)},
        {"command": Took(100, 10.0, 2.0), "bare loop": Took(100, 10.0, 1.0)},
    ]
    row = real_pace.summary("faces", rounds)
    assert (row["from"], row["ratio"], row["to"]) == (1.0, 1.5, 2.0)
    assert row["core ratio"] == 0.75


def test_the_command_decides_how_threads_wait_unless_it_is_told(monkeypatch):
    monkeypatch.setenv("OMP_WAIT_POLICY", "PASSIVE")  # as gan/ has set it in this process
    assert "OMP_WAIT_POLICY" not in environment()
    told = environment(**waiting.variables("100"))
    assert told["GOMP_SPINCOUNT"] == "100" and "OMP_WAIT_POLICY" not in told


def test_a_command_that_fails_is_not_waited_for(tmp_path):
    with (
        Training("quick-look", 1, tmp_path) as training,
        pytest.raises(SystemExit, match="The command ended unexpectedly"),
    ):
        training.reach(State.TRAINING)
