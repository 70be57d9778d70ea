"""What a training costs, part by part: what counts, what a trainer notes, and when that is believed."""

import json
from dataclasses import replace

import pytest
import torch

from gan import runs
from gan.learning.config import SETTINGS, Config, configure
from gan.training import pace as paces
from gan.training import worker
from gan.training.pace import PACE, Costs, Pace, note, noted, what_counts

CPU = torch.device("cpu")
KNOWN = Pace(start=3.0, image=0.01, grid=2.0, judged=0.1, checkpoint=1.0)


def test_grids_and_checkpoints_are_paid_for_as_often_as_they_come(config):
    config = configure(config, sample_every=200, checkpoint_every=1000)
    assert KNOWN.images_per_second(config) == pytest.approx(1 / (0.01 + 0.01 + 0.001))
    # No more than one a step.
    often = configure(config, sample_every=1, checkpoint_every=1000, batch_size=50, d_steps=2)
    assert KNOWN.images_per_second(often) == pytest.approx(1 / (0.01 + 0.02 + 0.001))


def test_a_whole_training_has_a_start_an_end_and_measurements(config):
    config = configure(config, sample_every=200, checkpoint_every=1000)
    assert KNOWN.seconds(config, 2000) == pytest.approx(3 + 2000 * 0.021 + 2 + 1)
    measured = configure(config, measure_every=1500, measure_count=50)
    assert KNOWN.seconds(measured, 2000) == pytest.approx(KNOWN.seconds(config, 2000) + 0.1 * 2 * 50)
    assert KNOWN.seconds(measured, 2000, 30) == pytest.approx(KNOWN.seconds(config, 2000) + 0.1 * (2 * 50 + 30))
    assert replace(KNOWN, judged=None).seconds(measured, 2000) == KNOWN.seconds(config, 2000)


PAYS = {
    "resolution": 32, "generator": "skip", "width_g": 8, "discriminator": "plain", "width_d": 8, "latent_size": 7,
    "batch_size": 5, "loss": "hinge", "penalty": "r1", "augment_probability": 0.2, "d_steps": 2, "g_steps": 2,
    "sample_count": 4, "projected_weight": 1.0,
}  # fmt: skip
FREE = {
    "data": "drawn-faces", "framing": "pad", "ground": "#000000", "leave_out": "x", "splitting": "by place",
    "start_from": "x", "learning_rate_g": 0.01, "learning_rate_d": 0.01,
    "schedule": "learning_rate settles after 9", "chance": "streams",
    "beta1": 0.1, "beta2": 0.9,
    "real_label": 1.0, "penalty_weight": 9.0, "penalty_every": 2, "flips": False, "average_half_life": 0, "seed": 9,
    "sample_every": 9, "checkpoint_every": 9, "log_every": 9, "keep_checkpoints": 9, "latent_distribution": "uniform",
}  # fmt: skip


@pytest.mark.parametrize("setting", PAYS)
def test_what_costs_time_is_measured_anew(setting):
    assert what_counts(Config(**{setting: PAYS[setting]})) != what_counts(Config())


def test_what_is_learned_and_whether_the_decoder_sees_the_source_cost_time_and_the_weight_of_pixels_none(redraw_config):
    free = configure(redraw_config, l1_weight=3.0)
    assert what_counts(free) == what_counts(redraw_config)
    for changes in ({"task": "grey"}, {"skips": False}, {"roughness": 0.25}, {"perceptual_weight": 2.0}):
        assert what_counts(configure(redraw_config, **changes)) != what_counts(redraw_config)


@pytest.mark.parametrize("setting", FREE)
def test_what_costs_nothing_is_not_measured_again(setting):
    assert what_counts(Config(**{setting: FREE[setting]})) == what_counts(Config())


def test_whom_the_plain_inspector_compares_counts_and_elsewhere_nobody_is_compared():
    assert what_counts(Config(discriminator="plain", deviation_group=4)) != what_counts(Config(discriminator="plain"))
    assert what_counts(Config(deviation_group=4)) == what_counts(Config())


def test_the_rhythm_of_penalties_counts_where_there_is_one_and_the_share_of_augmented_pictures_never():
    assert what_counts(Config(penalty="r1", penalty_every=2)) != what_counts(Config(penalty="r1", penalty_every=4))
    assert what_counts(Config(augment_probability=0.2)) == what_counts(Config(augment_probability=0.9))


def test_augmentation_that_only_a_schedule_brings_costs_time():
    scheduled = Config(schedule="augment_probability to 0.3 over 1000")
    assert what_counts(scheduled) == what_counts(Config(augment_probability=0.3)) != what_counts(Config())


def test_every_setting_either_costs_time_or_does_not_here_too():
    others = {"task", "backwards", "skips", "l1_weight", "perceptual_weight", "roughness"}
    latents = SETTINGS.keys() - others  # those have tests of their own
    assert latents - PAYS.keys() - FREE.keys() == {"measure_every", "measure_count", "deviation_group"}
    assert not PAYS.keys() & FREE.keys()


@pytest.fixture
def clock(monkeypatch):
    """A clock that the test moves."""
    now = [0.0]
    monkeypatch.setattr(paces.time, "monotonic", lambda: now[0])
    return now


def test_the_parts_of_a_training_add_up(clock):
    costs = Costs()
    costs.start = 4.0
    for _ in range(2):
        with costs.of("grid"):
            clock[0] += 3
    with costs.of("judged", 50):
        clock[0] += 10
    with costs.of("checkpoint"):
        clock[0] += 2
    assert costs.pace(1000, 118.0) == Pace(start=4.0, image=0.1, grid=3.0, judged=0.2, checkpoint=2.0)


def test_what_failed_is_no_measurement(clock):
    costs = Costs()
    with costs.of("grid"), costs.of("checkpoint"):
        clock[0] += 1
    with pytest.raises(ValueError), costs.of("judged", 50):
        raise ValueError
    pace = costs.pace(1000, 102.0)
    assert pace is not None and pace.judged is None


def test_a_moment_of_training_says_nothing(clock):
    costs = Costs()
    with costs.of("grid"), costs.of("checkpoint"):
        clock[0] += 1
    assert costs.pace(1000, 10.0) is None
    assert costs.pace(0, 1000.0) is None


@pytest.fixture
def run(config):
    run = runs.create("demo", config)
    note(run, KNOWN, CPU)
    return run


def test_a_run_with_like_settings_says_how_long_it_took(run, config):
    found = noted(configure(config, seed=9, data="drawn-faces", sample_every=99, measure_every=1000), CPU)
    assert found == (run, KNOWN)
    assert noted(configure(config, width_g=8), CPU) is None


def test_the_most_recent_one_counts(run, config):
    other = runs.create("other", config)
    note(other, replace(KNOWN, image=0.02), CPU)
    assert noted(config, CPU) == (other, replace(KNOWN, image=0.02))
    run.write_status(run.status())
    assert noted(config, CPU) == (run, KNOWN)


def test_a_run_that_was_never_measured_says_nothing_of_measurements(run, config):
    note(run, replace(KNOWN, judged=None), CPU)
    assert noted(config, CPU) is not None
    assert noted(configure(config, measure_every=1000), CPU) is None


@pytest.mark.parametrize(
    "elsewhere",
    [
        lambda patch: patch.setattr(paces.platform, "node", lambda: "another machine"),
        lambda patch: patch.setattr(paces.torch, "__version__", "1.0"),
        lambda patch: patch.setattr(paces, "_code", lambda: "an earlier version"),
        lambda patch: patch.setenv("GOMP_SPINCOUNT", "7"),
        lambda patch: patch.setattr(paces.devices, "describe", lambda device: "another device"),
    ],
)
def test_what_was_trained_elsewhere_or_otherwise_does_not_count(run, config, monkeypatch, elsewhere):
    elsewhere(monkeypatch)
    assert noted(config, CPU) is None


@pytest.mark.parametrize("content", ["", "[]", "7", "{}", '{"here": 1}'])
def test_a_file_that_is_something_else_does_not_count(run, config, content):
    (run.folder / PACE).write_text(content)
    assert noted(config, CPU) is None
    here = json.dumps({"here": paces.here(CPU), "image": 1})
    (run.folder / PACE).write_text(here)
    assert noted(config, CPU) is None


def test_a_trainer_notes_what_it_cost(config, many, monkeypatch):
    monkeypatch.setattr(paces, "LEAST_SECONDS", 0.0)
    config = configure(config, data=many, measure_every=16, measure_count=50)
    run = runs.create("demo", config)
    worker.train(run, 40, "cpu")
    found = noted(config, CPU)
    assert found is not None and found[0] == run
    pace = found[1]
    assert pace.start > 0 and pace.image > 0 and pace.grid > 0 and pace.judged and pace.checkpoint > 0
    assert paces.platform.node() not in (run.folder / PACE).read_text()
