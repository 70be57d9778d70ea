import os
import subprocess
import sys
import time

import pytest

from gan import runs
from gan.errors import ForgerError
from gan.learning.config import configure
from gan.paths import PROJECT
from gan.runs.run import State
from ui import serve

# A server whose visitor has pressed Start.
SERVER = """
import subprocess, sys, time
command = [sys.executable, "-m", "gan", "resume", "demo", "--kimg", "10000", "--device", "cpu", "--give-way"]
subprocess.Popen(command, start_new_session=True)
time.sleep(600)
"""
SERVICE = """
import os, sys
from ui import serve
sys.exit(serve.Service([sys.executable, "-c", sys.argv[1]], serve.mirror(os.environ)).run())
"""


def test_uploads_are_guarded_unless_the_app_is_embedded():
    assert serve.options({}) == ["--browser.serverAddress=localhost"]
    assert serve.options({"FORGER_HOSTS": "a.org, b.org"}) == [
        "--browser.serverAddress=a.org",
        "--server.allowedHosts=a.org",
        "--server.allowedHosts=b.org",
    ]
    assert serve.options({"SPACE_ID": "a/b", "SPACE_HOST": "a-b.hf.space"}) == [
        "--browser.serverAddress=a-b.hf.space",
        "--server.allowedHosts=a-b.hf.space",
        "--server.enableXsrfProtection=false",
    ]
    assert "--server.enableXsrfProtection=false" in serve.options({"FORGER_EMBEDDED": "yes", "FORGER_HOSTS": "a.org"})
    assert "--server.enableXsrfProtection=false" not in serve.options({"FORGER_EMBEDDED": "no", "FORGER_HOSTS": "a"})
    with pytest.raises(ForgerError, match="FORGER_HOSTS"):
        serve.options({"FORGER_EMBEDDED": "yes"})


@pytest.mark.skipif(os.name != "posix", reason="a request to stop is a signal there")
def test_a_training_that_is_put_to_sleep_wakes_where_it_was(config, own_folders, tmp_path):
    run = runs.create("demo", configure(config, checkpoint_every=10**6, sample_every=10**6))
    places = {"FORGER_KEEP": str(tmp_path / "keep"), "PYTHONPATH": str(PROJECT)}
    service = subprocess.Popen([sys.executable, "-c", SERVICE, SERVER], env=os.environ | places, cwd=PROJECT)
    try:
        for _ in range(600):
            if run.status().state == State.TRAINING and run.status().images_seen:
                break
            assert service.poll() is None
            time.sleep(0.1)
        else:
            pytest.fail("it never trained")
    finally:
        service.terminate()
    assert service.wait(60) == 0
    assert run.status().state == State.STOPPED
    seen = run.status().images_seen
    assert [int(path.stem) for path in run.checkpoints()] == [seen]

    run.folder.rename(tmp_path / "lost")  # the disk forgets
    environment = {"FORGER_KEEP": str(tmp_path / "keep")}
    serve.mirror(environment).bring_back()
    woken = runs.find_run("demo")
    assert woken.status().state == State.STOPPED
    assert [int(path.stem) for path in woken.checkpoints()] == [seen]
