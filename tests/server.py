"""Servers of the whole app, for tests that come to it as its visitors do."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, contextmanager

import pytest

from gan.paths import PROJECT


@pytest.fixture(scope="session")
def serve() -> Callable[..., AbstractContextManager[str]]:
    """Starts a server of its own, with runs, checkpoints and data in a folder; gives its address.

    Another `module`, such as `ui.serve`, and environment may be asked for.
    """
    return _server


@contextmanager
def _server(home, module=("streamlit", "run", "app.py"), **environment):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    places = {f"FORGER_{name}": str(home / name.lower()) for name in ("RUNS", "CHECKPOINTS", "DATA")}
    command = [sys.executable, "-m", *module, "--server.port", str(port)]
    log = (home / "server.log").open("wb")
    server = subprocess.Popen(command, cwd=PROJECT, env=os.environ | places | environment, stdout=log, stderr=log)
    try:
        _wait_for(port, server, home / "server.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()
        log.close()
        for stop in (home / "runs").glob("*/status.json"):  # a failed test must not leave a trainer behind
            (stop.parent / "stop").touch()


def _wait_for(port, server, log):
    for _ in range(600):
        assert server.poll() is None, log.read_text()
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("the server did not start")
