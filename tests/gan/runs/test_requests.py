"""What is asked of a trainer at work: heard once, in its order, and refused in words where it cannot be."""

import json
import os
from dataclasses import replace

import pytest

from gan import runs
from gan.errors import ForgerError
from gan.learning.knobs import Who
from gan.permits import issue
from gan.runs import requests
from gan.runs.requests import Do, Inbox, Request, ask, turned_by, turns
from gan.runs.run import Run, State

PERMIT = issue("a test")


@pytest.fixture
def run(config) -> Run:
    """A run whose trainer is, so to speak, this process."""
    run = runs.create("a", config)
    runs.claim(run, 1000)
    return run


def test_requests_come_in_their_order_and_once(run):
    inbox = Inbox(run)
    asked = [Request(Do.PAUSE), Request(Do.STEP, Who.FORGER, 10), Request(Do.TURN, setting="real_label", value=0.8)]
    for request in asked[:2]:
        ask(PERMIT, run, request)
    assert inbox.new() == asked[:2]
    ask(PERMIT, run, asked[2])
    assert inbox.new() == asked[2:]
    assert inbox.new() == []


def test_what_was_asked_of_an_earlier_trainer_is_forgotten(run):
    Inbox(run)
    ask(PERMIT, run, Request(Do.PAUSE))
    inbox = Inbox(run)
    assert inbox.new() == []
    inbox.close()
    with pytest.raises(ForgerError, match="just beginning"):
        ask(PERMIT, run, Request(Do.PAUSE))


def test_a_half_written_line_is_heard_when_it_is_whole(run):
    inbox = Inbox(run)
    ask(PERMIT, run, Request(Do.SLOW))
    whole = inbox.path.read_bytes()
    inbox.path.write_bytes(whole[:-9])
    assert inbox.new() == []
    inbox.path.write_bytes(whole)
    assert inbox.new() == [Request(Do.SLOW)]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "{",
        "[]",
        "null",
        '{"do": "pause"}',
        '{"do": "dance", "who": "both"}',
        '{"do": "step", "who": "both", "x": 1}',
    ],
)
def test_what_is_no_request_is_passed_over(run, line):
    inbox = Inbox(run)
    ask(PERMIT, run, Request(Do.PAUSE))
    huge = json.dumps({"do": "turn", "who": "both", "setting": "real_label", "value": int("9" * 400)})
    for odd in (line, huge, json.dumps({"do": "step", "who": "both", "times": 10**9, "setting": "", "value": 0.0})):
        with open(inbox.path, "a") as file:
            file.write(f"{odd}\n")
    ask(PERMIT, run, Request(Do.GO_ON))
    assert inbox.new() == [Request(Do.PAUSE), Request(Do.GO_ON)]


def test_without_a_permit_or_a_trainer_nothing_is_asked(run):
    Inbox(run)
    with pytest.raises(TypeError, match="permit"):
        ask(None, run, Request(Do.PAUSE))
    run.write_status(replace(run.status(), state=State.STOPPED))
    with pytest.raises(ForgerError, match="not training now"):
        ask(PERMIT, run, Request(Do.PAUSE))


@pytest.mark.parametrize(
    ("request_", "why"),
    [
        (Request(Do.TURN, setting="beta1", value=0.5), "cannot be turned"),
        (Request(Do.TURN, setting="real_label", value=float("nan")), "finite"),
        (Request(Do.STEP, times=0), "1 to 1,000"),
        (Request(Do.STEP, times=1001), "1 to 1,000"),
    ],
)
def test_what_would_be_refused_is_refused_at_once(run, request_, why):
    inbox = Inbox(run)
    with pytest.raises(ForgerError, match=why):
        ask(PERMIT, run, request_)
    assert inbox.new() == []


def test_what_was_turned_stands_in_its_file(run):
    requests.note_turn(run, 40, "real_label", 0.8)
    requests.note_turn(run, 60, "real_label", 0.7)
    with open(run.turns_path, "a") as file:
        file.write('{"images": 70, "setting": 3, "value": 1}\n{"images": 80, "setting": "real_label", "value": "x"}\n')
        file.write('{"images": 90, "setting": "real_label", "value": %s}\n' % ("9" * 400))
    assert turns(run) == [(40, "real_label", 0.8), (60, "real_label", 0.7)]
    assert turned_by(run) == {"real_label": 0.7}
    assert os.path.exists(run.turns_path)
