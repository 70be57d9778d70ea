"""A trainer that is paused, taken step by step, slowed down and turned: between two lessons, and exact on resume."""

import json

import pytest
import torch

from gan import runs
from gan.errors import ForgerError
from gan.learning.knobs import Who
from gan.learning.trainer import Trainer
from gan.permits import issue
from gan.runs.lesson import last_lesson
from gan.runs.requests import Do, Request, ask, turns
from gan.runs.run import Run, State
from gan.training import tempo, worker
from tests.gan.learning.steps import assert_same

PERMIT = issue("a test")


def at_images(monkeypatch, plan: dict[int, list[Request]], run: Run) -> list[tuple[int, Who]]:
    """Asks the requests of `plan` in the middle of the step after so many images. Returns what was taught when."""
    step, taken = Trainer.step, []

    def acting(self, who):
        for request in plan.pop(self.images_seen, []):
            ask(PERMIT, run, request)
        taken.append((self.images_seen, who))
        return step(self, who)

    monkeypatch.setattr(Trainer, "step", acting)
    return taken


def state(run: Run) -> dict:
    return torch.load(run.checkpoints()[-1], weights_only=True)["trainer"]


def test_a_paused_training_takes_what_is_asked_for_and_goes_on_as_if_it_had_never_paused(config, monkeypatch):
    straight = runs.create("straight", config)
    worker.train(straight, 40, "cpu")
    run = runs.create("paused", config)
    seen = []

    def look(self):
        seen.append(run.status())
        ask(PERMIT, run, Request(Do.STEP, times=2) if len(seen) == 1 else Request(Do.GO_ON))

    monkeypatch.setattr(worker._Work, "_wait", look)
    taken = at_images(monkeypatch, {8: [Request(Do.PAUSE)]}, run)
    status = worker.train(run, 40, "cpu")
    assert status.state == State.FINISHED
    assert [one.state for one in seen] == [State.PAUSED] * 2
    assert [one.images_seen for one in seen] == [12, 20]
    assert len(taken) == 10
    assert_same(state(run), state(straight))
    assert run.grids() == straight.grids()
    lesson, picture = last_lesson(run)
    assert lesson.images_seen == 20
    assert picture[:2] == b"\xff\xd8"
    assert not (run.folder / "requests.jsonl").exists()


def test_a_pause_is_saved_so_that_a_killed_run_is_what_it_was(config, monkeypatch):
    run = runs.create("a", config)

    class Killed(BaseException):
        pass

    def kill(self):
        raise Killed

    monkeypatch.setattr(worker._Work, "_wait", kill)
    at_images(monkeypatch, {8: [Request(Do.STEP, Who.FORGER, times=2)]}, run)
    with pytest.raises(Killed):
        worker.train(run, 40, "cpu")
    assert int(run.checkpoints()[-1].stem) == 20 == state(run)["images_seen"]


def test_one_side_alone_can_be_taught(config, monkeypatch):
    run = runs.create("a", config)
    monkeypatch.setattr(worker._Work, "_wait", lambda self: ask(PERMIT, run, Request(Do.GO_ON)))
    taken = at_images(monkeypatch, {4: [Request(Do.STEP, Who.INSPECTOR), Request(Do.STEP, Who.FORGER)]}, run)
    worker.train(run, 20, "cpu")
    assert [who for _, who in taken] == [Who.BOTH, Who.BOTH, Who.INSPECTOR, Who.FORGER, Who.BOTH]


def test_what_was_turned_is_kept_logged_and_trimmed_with_the_log(config, monkeypatch):
    run = runs.create("a", config)
    plan = {4: [Request(Do.TURN, setting="learning_rate_g", value=0.001)]}
    at_images(monkeypatch, plan, run)
    worker.train(run, 24, "cpu")
    assert turns(run) == [(8, "learning_rate_g", 0.001)]
    assert state(run)["turned"] == {"learning_rate_g": 0.001}
    assert json.loads((run.folder / "config.json").read_text())["learning_rate_g"] == config.learning_rate_g
    assert json.loads((run.folder / "card.json").read_text())["training"]["turned"] == {"learning_rate_g": 0.001}
    lines = [json.loads(line) for line in run.metrics_path.read_text().splitlines()]
    assert [line.get("learning_rate_g") for line in lines] == [None, 0.001, 0.001]
    run.checkpoints()[-1].unlink()  # as if it had been killed before it
    with open(run.turns_path, "a") as file:
        file.write('{"images": 20, "setting": "real_label", "value": 0.8}\n')
    worker.train(run, 32, "cpu")
    assert turns(run) == [(8, "learning_rate_g", 0.001)]
    assert state(run)["turned"] == {"learning_rate_g": 0.001}


def test_a_turned_training_is_resumed_exactly(config, monkeypatch):
    found = []
    for name, targets in (("straight", [40]), ("resumed", [24, 40])):
        run = runs.create(name, config)
        with monkeypatch.context() as patch:
            at_images(patch, {4: [Request(Do.TURN, setting="g_steps", value=2)]}, run)
            for target in targets:
                worker.train(run, target, "cpu")
        found.append(state(run))
    assert_same(*found)


def test_a_pause_that_nobody_ends_gives_the_machine_back(config, monkeypatch):
    run = runs.create("a", config)
    at_images(monkeypatch, {4: [Request(Do.PAUSE)]}, run)
    monkeypatch.setattr(tempo, "PATIENCE_SECONDS", 0.0)
    status = worker.train(run, 40, "cpu")
    assert status.state == State.STOPPED
    assert "a pause that nobody ended" in status.message
    assert state(run)["images_seen"] == 8
    runs.claim(runs.create("next", config), 40)  # nobody is in the way


def test_a_stop_is_obeyed_in_a_pause(config, monkeypatch):
    run = runs.create("a", config)
    at_images(monkeypatch, {4: [Request(Do.PAUSE)]}, run)
    monkeypatch.setattr(worker._Work, "_wait", lambda self: runs.request_stop(PERMIT, run))
    status = worker.train(run, 40, "cpu")
    assert status.state == State.STOPPED
    assert "a test" in status.message
    with pytest.raises(ForgerError, match="not training now"):
        ask(PERMIT, run, Request(Do.GO_ON))


def test_slow_motion_is_said_and_watched(config, monkeypatch):
    run, said = runs.create("a", config), []
    at_images(monkeypatch, {4: [Request(Do.SLOW)]}, run)
    monkeypatch.setattr(tempo, "SLOW_SECONDS", 0.0)
    worker.train(run, 16, "cpu", report=said.append)
    assert any("slow motion" in status.message for status in said)
    assert last_lesson(run)[0].images_seen == 16
