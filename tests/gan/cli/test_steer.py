"""Steering a training from the command line."""

import pytest

from gan import runs
from gan.cli import main
from gan.learning.knobs import Who
from gan.runs.requests import Do, Inbox, Request, turns


@pytest.fixture
def inbox(config) -> Inbox:
    """That of a run whose trainer is, so to speak, this process."""
    run = runs.create("a", config)
    runs.claim(run, 1000)
    return Inbox(run)


@pytest.mark.parametrize(
    ("command", "request_"),
    [
        ("pause a", Request(Do.PAUSE)),
        ("continue a", Request(Do.GO_ON)),
        ("slow a", Request(Do.SLOW)),
        ("step a", Request(Do.STEP)),
        ("step a --who forger --times 10", Request(Do.STEP, Who.FORGER, 10)),
        ("turn a learning_rate_g 0.001", Request(Do.TURN, setting="learning_rate_g", value=0.001)),
    ],
)
def test_what_the_page_can_ask_the_command_line_can(inbox, capsys, command, request_):
    assert main(command.split()) == 0
    assert inbox.new() == [request_]
    assert "Asked of a" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("pause b", "no run"),
        ("step a --who nobody", "invalid"),
        ("step a --times 0", "1 to 1,000"),
        ("turn a beta1 0.5", "cannot be turned"),
        ("turn a learning_rate_g much", "invalid"),
        ("turn a learning_rate_g nan", "finite"),
    ],
)
def test_what_cannot_be_asked_is_said(inbox, capsys, command, why):
    assert main(command.split()) == 2
    assert why in capsys.readouterr().err
    assert inbox.new() == []


def test_a_copy_is_made_to_fail_and_cured(trained_run, capsys):
    for command in ("fail too-weak --copy demo --kimg 0.048", "cure demo-too-weak --kimg 0.056"):
        assert main([*command.split(), "--device", "cpu"]) == 0
    run = runs.find_run("demo-too-weak")
    assert turns(run) == [(40, "learning_rate_d", 1e-6), (48, "learning_rate_d", run.config.learning_rate_d)]
    assert run.status().images_seen == 56


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("fail too-sad", "invalid choice"),
        ("fail too-weak --copy nobody", "no run"),
        ("fail too-few --copy demo", "not made of a copy"),
        ("fail too-weak --copy demo --device tpu", "tpu"),
        ("fail collapse --kimg 0", "--kimg"),
        ("cure demo", "not made to fail"),
    ],
)
def test_a_wrong_failure_leaves_nothing_behind(trained_run, capsys, command, why):
    assert main(command.split()) == 2
    assert why in capsys.readouterr().err
    assert [run.name for run in runs.list_runs()] == ["demo"]
