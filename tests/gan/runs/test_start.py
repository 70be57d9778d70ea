"""Starting trainers that do not live."""

import psutil
import pytest

from gan import runs
from gan.errors import ForgerError
from gan.permits import issue
from gan.runs import start
from gan.runs.run import State

PERMIT = issue("a test")


def test_a_trainer_that_dies_at_once_is_said_in_words(config, monkeypatch):
    def gone(pid):
        raise psutil.NoSuchProcess(pid)

    monkeypatch.setattr(start.psutil, "Process", gone)
    monkeypatch.setattr(start.sys, "executable", "/bin/true")
    with pytest.raises(ForgerError, match="ended as soon as it was started"):
        runs.start_new(PERMIT, "demo", config, 1000)
    status = runs.find_run("demo").status()
    assert (status.state, status.message) == (State.FAILED, "The trainer process ended as soon as it was started.")


def test_on_windows_a_trainer_gets_a_group_and_no_window_of_its_own(config, monkeypatch):
    heard = {}

    def popen(command, **options):
        heard.update(options)
        raise OSError("no process today")

    monkeypatch.setattr(start, "DETACHED", 0x08000200)
    monkeypatch.setattr(start.subprocess, "Popen", popen)
    with pytest.raises(ForgerError, match="No trainer could be started for 'demo': no process today"):
        runs.start_new(PERMIT, "demo", config, 1000)
    assert heard["creationflags"] == 0x08000200 and heard["start_new_session"]
    assert heard["env"]["PYTHONUTF8"] == "1"
