"""Steering a training from the command line."""

import pytest

from gan import runs
from gan.cli import main
from gan.learning.knobs import Who
from gan.runs.requests import Do, Inbox, Request


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
