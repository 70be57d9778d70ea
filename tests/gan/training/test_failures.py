"""Failures on purpose: what is begun, copied and cured. That they fail, and are cured, benchmarks/failures.py shows."""

from dataclasses import replace

import pytest

from gan import permits, runs
from gan.errors import ForgerError
from gan.learning.config import configure
from gan.learning.knobs import KNOBS
from gan.learning.recipes import PRESETS
from gan.runs import purpose, requests
from gan.runs.purpose import copy_of
from gan.runs.run import Run
from gan.runs.verdicts import append_verdicts, read_verdicts
from gan.training import failures, worker
from gan.training.failures import FAILURES

PERMIT = permits.issue("a test")
SMALL = ("data", "resolution", "width_g", "width_d", "batch_size", "sample_count")


@pytest.fixture(autouse=True)
def tiny(config, monkeypatch) -> None:
    """The quick look is as small as a test's trainings."""
    small = {name: value for name, value in config.to_dict().items() if name in SMALL}
    monkeypatch.setattr(failures, "HEALTHY", replace(PRESETS["quick-look"], settings=small))


@pytest.mark.parametrize("key", [key for key, one in FAILURES.items() if one.settings])
def test_each_failure_begins_with_its_settings_and_is_known_by_them_afterwards(key):
    plan = failures.begin(PERMIT, key, seed=3)
    config = runs.find_run(plan.run.name).config
    assert {name: getattr(config, name) for name in FAILURES[key].settings} == FAILURES[key].settings
    assert config.seed == 3
    assert failures.failure_of(plan.run) is FAILURES[key]
    assert copy_of(plan.run) == ""
    assert plan.target_images == 1000 * FAILURES[key].kimg  # it waits there for its cure


@pytest.mark.parametrize("key", [key for key, one in FAILURES.items() if one.settings and not one.cured_by])
def test_what_is_cured_by_its_knobs_has_them_as_the_quick_look_afterwards(key):
    run = failures.begin(PERMIT, key).run
    healthy = failures.HEALTHY.config
    plan = failures.cure(PERMIT, run)
    assert plan.run == run
    assert not plan.new
    back = {name: getattr(healthy, name) for name in FAILURES[key].settings if name in KNOBS}
    assert plan.turns == back
    assert plan.turns
    assert not failures.is_cured(run)
    for setting, value in plan.turns.items():
        requests.note_turn(run, 8, setting, value)
    assert failures.is_cured(run)


@pytest.mark.parametrize("key", [key for key, one in FAILURES.items() if one.cured_by])
def test_what_no_knob_cures_begins_anew(key):
    run = failures.begin(PERMIT, key, seed=3).run
    plan = failures.cure(PERMIT, run)
    assert plan.run.name == f"{run.name}-cured"
    assert plan.run.config == configure(run.config, **FAILURES[key].cured_by)
    assert plan.run.config != run.config
    assert failures.failure_of(plan.run) is None
    assert not failures.is_cured(run)


def test_a_copy_fails_and_the_good_run_stays_as_it_is(trained_run):
    before = contents(trained_run)
    plan = failures.spoil(PERMIT, "too-weak", trained_run)
    assert plan.run.name == "demo-too-weak"
    assert copy_of(plan.run) == "demo"
    assert plan.run.grids() == trained_run.grids()
    worker.train(plan.run, 56, "cpu", turns=plan.turns.items())
    assert requests.turns(plan.run) == [(40, "learning_rate_d", 1e-6)]
    assert plan.run.status().images_seen == 56
    assert contents(trained_run) == before
    back = failures.cure(PERMIT, plan.run)
    assert back.turns == {"learning_rate_d": trained_run.config.learning_rate_d}


def test_what_cannot_be_copied_is_said(trained_run):
    with pytest.raises(ForgerError, match="not made of a copy"):
        failures.spoil(PERMIT, "too-few", trained_run)
    new = runs.create("new", trained_run.config)
    with pytest.raises(ForgerError, match="no checkpoint"):
        failures.spoil(PERMIT, "too-weak", new)
    with pytest.raises(ForgerError, match="no failure 'x'"):
        failures.begin(PERMIT, "x")
    with pytest.raises(ForgerError, match="train one first"):
        failures.begin(PERMIT, "collapse")
    with pytest.raises(ForgerError, match="not made to fail"):
        failures.cure(PERMIT, trained_run)
    assert {run.name for run in runs.list_runs()} == {"demo", "new"}


@pytest.mark.parametrize(("diversity", "varies"), [(0.9, True), (0.2, False), (float("nan"), False)])
def test_only_what_varies_can_collapse(trained_run, diversity, varies):
    judged = read_verdicts(trained_run.verdicts_path)[-1]
    append_verdicts(trained_run.verdicts_path, replace(judged, images_seen=41, diversity=diversity))
    assert ("do not vary enough" not in failures.why_not("collapse", trained_run)) == varies


@pytest.mark.parametrize("written", ["", "[]", "{}", '{"failure": 3}', '{"failure": "other"}', "\x00"])
def test_a_damaged_note_is_no_failure(trained_run, written):
    (trained_run.folder / purpose.FILE).write_text(written)
    assert failures.failure_of(trained_run) is None
    assert copy_of(trained_run) == ""


def test_a_training_at_work_is_stopped_for_its_cure(trained_run, monkeypatch):
    run, stopped = failures.spoil(PERMIT, "too-weak", trained_run).run, []
    monkeypatch.setattr(Run, "alive", True)
    monkeypatch.setattr(runs, "stop_and_wait", lambda permit, run, patience: stopped.append(run.name))
    assert failures.cure(PERMIT, run).turns == {"learning_rate_d": trained_run.config.learning_rate_d}
    assert stopped == [run.name]


def test_what_cannot_start_leaves_no_run_behind(monkeypatch):
    def refuse(*_, **__):
        raise ForgerError("no")

    plan = failures.begin(PERMIT, "too-weak")
    monkeypatch.setattr(runs, "resume", refuse)
    with pytest.raises(ForgerError, match="no"):
        failures.start(PERMIT, plan)
    assert runs.list_runs() == []


def contents(run: Run) -> dict[str, bytes]:
    return {str(path.relative_to(run.folder)): path.read_bytes() for path in run.folder.rglob("*") if path.is_file()}
