"""Several processes that share one training. They are forked by `forked_team.py`, one group for all lessons and one
for all trainings; those that are killed are started as people start them (`test_launch.py`)."""

import os
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import torch

from gan import paths, runs
from gan.errors import ForgerError
from gan.learning.config import Config, configure
from gan.learning.recipes import PRESETS
from gan.learning.team import Team, check_shares
from gan.runs.run import State
from gan.training import follower
from tests.gan import forked_team

PROGRAM = Path(forked_team.__file__)
SHARED = [(2, name) for name in forked_team.CASES] + [(4, name) for name in forked_team.SOME_CASES]


def by_processes(act: str, folder: Path, *rest: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, PROGRAM, act, folder, *rest],
        env=os.environ | {"PYTHONPATH": str(paths.PROJECT)}, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def seen(tmp_path_factory) -> dict[int, list[dict[str, Any]]]:
    """What each process of one, of two and of four saw of the lessons."""
    folder = tmp_path_factory.mktemp("lessons")
    done = by_processes("lessons", folder, "1", "2", "4")
    assert done.returncode == 0, done.stderr
    return {size: [torch.load(folder / f"{size}-{rank}.pt") for rank in range(size)] for size in (1, 2, 4)}


def same(one: Any, other: Any) -> bool:
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    return torch.equal(one, other) if isinstance(one, torch.Tensor) else one == other


@pytest.mark.parametrize(("size", "name"), SHARED)
def test_shares_are_parts_of_what_one_process_is_given(seen, name, size):
    compared = set()
    for number in range(len(seen[size][0][name]["steps"])):
        for lesson, given in enumerate(seen[1][0][name]["steps"][number]["given"]):
            shares = [process[name]["steps"][number]["given"][lesson] for process in seen[size]]
            for key, value in given.items():
                assert torch.equal(torch.cat([share[key] for share in shares]), value), key
                compared.add(key)
    assert compared >= {"pictures", "mirrored", "source: pen" if name == "redraw" else "latents"}


def assert_same_lesson(step: dict[str, Any], alone: dict[str, Any]) -> None:
    for gradient, expected in zip(step["gradients"], alone["gradients"], strict=True):
        assert (gradient - expected).norm() <= 1e-5 * expected.norm()
    for key, value in alone["buffers"].items():
        assert torch.allclose(step["buffers"][key], value, rtol=1e-5, atol=1e-6), key
    apart = {"accuracy_real", "accuracy_fake"}  # what is undecided may hang on the verdicts of a process's own share
    for key in alone["measured"].keys() - apart:
        assert torch.allclose(step["measured"][key], alone["measured"][key], rtol=1e-4, atol=1e-6), key


@pytest.mark.parametrize(("size", "name"), SHARED)
def test_a_lesson_is_that_of_one_process(seen, name, size):
    for process in seen[size]:
        assert_same_lesson(process[name]["steps"][0], seen[1][0][name]["steps"][0])
        # Averages, buffers and optimisers, too.
        assert same(process[name]["end"], seen[size][0][name]["end"])


@pytest.mark.parametrize("size", (1, 2))
@pytest.mark.parametrize("name", forked_team.CASES)
def test_resume_is_exact_with_as_many_processes(seen, name, size):
    for process in seen[size]:
        assert same(process[name]["resumed"], process[name]["end"])


@pytest.mark.parametrize("name", forked_team.CASES)
def test_what_one_process_began_others_go_on_with(seen, name):
    for process in seen[2]:
        assert_same_lesson(process[name]["after one alone"], seen[1][0][name]["steps"][1])


@pytest.mark.usefixtures("single_precision")
@pytest.mark.parametrize("name", forked_team.CASES)
def test_what_others_began_one_process_goes_on_with(seen, name):
    two = seen[2][0][name]
    alone = forked_team.Watched(forked_team.case(name), Team())
    alone.trainer.load_state_dict(two["state"])
    assert_same_lesson(two["steps"][1], alone.step())


@pytest.fixture(scope="module")
def told(config, tmp_path_factory) -> tuple[list[dict[str, Any]], Path]:
    """What two processes said in trainings, and where the runs lie."""
    folder = tmp_path_factory.mktemp("trainings")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FORGER_RUNS", str(folder / "runs"))
        patch.setenv("FORGER_DATA", str(folder / "data"))
        for name in ("straight", "resumed"):
            runs.create(name, config)
        runs.create("too-few", configure(config, batch_size=3))
        done = by_processes("trainings", folder, "2")
        assert done.returncode == 0, done.stderr
    return [torch.load(folder / f"2-{rank}.pt") for rank in range(2)], folder / "runs"


def test_what_one_wants_all_know(told):
    for process in told[0]:
        assert process["wanted by one"] and not process["wanted by none"]


def test_all_must_agree(told):
    for process in told[0]:
        assert process["agreed"] == ""
        assert "no longer agree on generator.w. The last checkpoint is untouched" in process["apart"]


def test_all_must_see_the_same(told):
    for process in told[0]:
        assert process["alike"] == ""  # the same pictures may lie elsewhere
        assert process["other settings"] == "Process 2 of 2 has another seed than the first: 1, not 0."
        assert "has another pictures than" in process["other pictures"]
        assert "another number of pictures than the first: 21, not 22" in process["fewer pictures"]
        assert process["trouble"] == "Process 2 of 2 cannot take part: No disk."


def test_a_signal_to_one_stops_all_at_the_same_step_and_resume_is_exact(told, monkeypatch):
    (first, second), folder = told
    monkeypatch.setenv("FORGER_RUNS", str(folder))
    assert (first["straight"], first["stopped"], first["resumed"]) == (State.FINISHED, State.STOPPED, State.FINISHED)
    assert (second["straight"], second["stopped"], second["resumed"]) == (0, 0, 0)
    straight, resumed = (runs.find_run(name) for name in ("straight", "resumed"))
    assert 8 in resumed.grids()  # where it was stopped, after two steps
    assert straight.status().images_seen == resumed.status().images_seen == 80
    states = [torch.load(run.checkpoints()[-1], weights_only=True)["trainer"] for run in (straight, resumed)]
    assert same(*states)  # by two, two, one and two processes
    assert straight.status().device.endswith(", 2 processes")


def test_a_batch_that_cannot_be_shared_is_refused_before_anything_starts(told, monkeypatch):
    (first, second), folder = told
    monkeypatch.setenv("FORGER_RUNS", str(folder))
    assert first["refused"].startswith("A batch of 3 pictures cannot be shared by 2 processes: choose 1 or 3")
    assert second["refused"] == "0"
    assert runs.find_run("too-few").status().state == State.NEW


MODERN = PRESETS["faces"].config


@pytest.mark.parametrize(
    ("config", "processes", "words"),
    [
        (MODERN, 2, "choose 1, or set deviation_group to 4 or set batch_size to 16."),
        (configure(MODERN, batch_size=32), 8, "choose 1, 2 or 4, or set deviation_group to 4 or set batch_size to 64."),
        (configure(MODERN, batch_size=32), 3, "choose 1, 2 or 4, or set batch_size to 24."),
        (Config(batch_size=9), 2, "A batch of 9 pictures cannot be shared by 2 processes: choose 1, 3 or 9, or set"),
        (Config(), 0, "cannot be shared by 0 processes: choose 1, 2, 4,"),
    ],
)
def test_a_refusal_says_what_would_do(config, processes, words):
    with pytest.raises(ForgerError) as caught:
        check_shares(config, processes)
    assert words in str(caught.value)


@pytest.mark.parametrize(
    ("config", "processes"), [(MODERN, 1), (configure(MODERN, deviation_group=2), 4), (Config(), 64)]
)
def test_a_batch_that_can_be_shared_is_not_refused(config, processes):
    check_shares(config, processes)


def test_shares_are_all_of_a_batch():
    def team(rank: int) -> Team:
        one = Team()
        one.rank, one.size = rank, 4
        return one

    shares = [team(rank).share(range(40, 48)) for rank in range(4)]
    assert [number for share in shares for number in share] == list(range(40, 48))
    assert all(one.stop == other.start for one, other in pairwise(shares))


def test_started_as_torchrun_does_it(config, tmp_path):
    """The first process writes one run, and the other is silent. A wrong request is said once, and leaves nothing."""
    tiny = f"--data {config.data} --width-g 4 --width-d 4 --resolution 32 --sample-count 4 --device cpu"
    right = f"train --name shared {tiny} --batch-size 4 --kimg 0.016"
    wrong = f"train {tiny} --batch-size 5"
    done = by_processes("commands", tmp_path, "2", right, wrong, "resume shared --kimg 0.016")
    said = done.stdout.splitlines()
    assert said[0].startswith("shared: finished after 0.016 kimg")
    assert said[1:3] == ["0 0", f"2 {follower.LOST}"]
    assert said[3].startswith("Nothing to do: shared has seen 0.016 kimg.") and said[4:] == ["0 0"]
    assert [line for line in done.stderr.splitlines() if line.startswith("forger:")] == [
        "forger: A batch of 5 pictures cannot be shared by 2 processes: choose 1 or 5, or set batch_size to 6."
    ]
    assert [run.name for run in runs.list_runs()] == ["shared"]


def test_torchrun_takes_none_of_our_options_for_its_own():
    from torch.distributed.run import parse_args

    from gan.cli import _parser

    commands = next(action for action in _parser()._actions if action.choices).choices
    for command in ("train", "resume"):
        for action in commands[command]._actions:
            if option := next((one for one in action.option_strings[::-1] if one.startswith("--")), None):
                parsed = parse_args(["-m", "gan", command, option, "x"])
                assert parsed.training_script_args == [command, option, "x"]
