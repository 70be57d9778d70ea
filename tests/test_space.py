"""The container: what it installs and copies is what the app needs, and its own command serves the app."""

import ast
import fnmatch
import importlib.metadata
import json
import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from gan.paths import PROJECT

DOCKERFILE = (PROJECT / "Dockerfile").read_text()
NEEDED = ("app.py", "gan/", "ui/", "pages/", "checkpoints/", ".streamlit/config.toml", "requirements.lock")


def _lines(name):
    lines = (PROJECT / name).read_text().splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def _lock():
    return {
        canonicalize_name(name): version for name, version in (line.split("==") for line in _lines("requirements.lock"))
    }


def _ignored(path):
    """Whether .dockerignore leaves out `path`: the last pattern that fits it, or a folder above it, decides."""
    left_out = False
    above = [path, *(str(parent) for parent in Path(path).parents if str(parent) != ".")]
    for line in _lines(".dockerignore"):
        pattern = line.removeprefix("!")
        fits = any(
            fnmatch.fnmatch(one, pattern) or fnmatch.fnmatch("/" + one, pattern.replace("**", "*")) for one in above
        )
        left_out = left_out if not fits else not line.startswith("!")
    return left_out


def _command(instruction):
    """This instruction of the Dockerfile, in its exec form."""
    return json.loads(re.search(rf"^{instruction}(.*\\\n\s*CMD)? (\[.*\])$", DOCKERFILE, re.MULTILINE)[2])


def test_the_lock_holds_what_is_required():
    lock = _lock()
    for line in _lines("requirements.txt"):
        required = Requirement(line.strip())
        assert required.specifier.contains(lock[canonicalize_name(required.name)]), line
    assert not any("+" in version for version in lock.values())  # a local tag would tie it to one index


def test_a_small_install_is_said_once_and_for_all():
    index = re.search(r"^ARG TORCH_INDEX=(\S+)$", DOCKERFILE, re.MULTILINE)[1]
    line = f"pip install --extra-index-url {index} -r requirements.txt"
    assert line in (PROJECT / "README.md").read_text() and line in (PROJECT / "docs" / "class.md").read_text()
    # Why the build for the CPU is taken where both are offered: to the same pin it is the newer one.
    pin = Requirement(f"torch=={_lock()['torch']}").specifier
    assert pin.contains(f"{_lock()['torch']}+cpu")
    assert Version(f"{_lock()['torch']}+cpu") > Version(_lock()["torch"])


def test_the_lock_holds_what_those_need_in_turn():
    lock = _lock()
    for name in lock:
        for line in importlib.metadata.requires(name) or []:
            required = Requirement(line)
            other = canonicalize_name(required.name)
            needed = required.marker is None or required.marker.evaluate({"extra": ""})
            if needed and not other.startswith(("nvidia-", "cuda-", "triton")):
                assert other in lock, f"{name} needs {other}"


def test_all_that_the_app_imports_is_installed():
    imported = set()
    for folder in ("gan", "ui", "pages"):
        for path in (PROJECT / folder).rglob("*.py"):
            for node in ast.parse(path.read_text()).body:  # what is imported later may be missing
                names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
                names += [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []
                imported |= {name.split(".")[0] for name in names}
    imported -= sys.stdlib_module_names | {"gan", "ui", "pages", "torch_fidelity"}
    packages = importlib.metadata.packages_distributions()
    lock = _lock()
    assert {"torch", "streamlit", "PIL"} <= imported
    assert not [name for name in imported if not any(canonicalize_name(one) in lock for one in packages.get(name, []))]


def test_all_that_the_app_reads_is_copied_and_nothing_else():
    listed = subprocess.run(["git", "ls-files"], cwd=PROJECT, stdout=subprocess.PIPE, text=True, check=False).stdout
    if not listed:
        pytest.skip("this is no git checkout")
    for path in listed.splitlines():
        assert _ignored(path) != path.startswith(NEEDED), path
    for path in (
        ".streamlit/secrets.toml",
        "runs/demo/config.json",
        "data/uploads/a.zip",
        ".git/config",
        "gan/__pycache__/a.pyc",
    ):
        assert _ignored(path), path


def test_readme_and_dockerfile_name_the_same_port():
    front = (PROJECT / "README.md").read_text().split("---\n")[1]
    settings = dict(line.split(": ", 1) for line in front.splitlines())
    assert settings["sdk"] == "docker"
    port = settings["app_port"]
    assert f"--server.port={port}" in _command("CMD") and f"EXPOSE {port}\n" in DOCKERFILE
    assert f"127.0.0.1:{port}/" in _command("HEALTHCHECK")[-1]


def test_its_command_serves_and_its_health_check_tells(own_folders):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [one.replace("7860", str(port)).replace("0.0.0.0", "127.0.0.1") for one in _command("CMD")]
    check = [one.replace("7860", str(port)) for one in _command("HEALTHCHECK")]
    command[0] = check[0] = sys.executable
    assert subprocess.run(check, stderr=subprocess.DEVNULL, check=False).returncode != 0
    server = subprocess.Popen(command, cwd=PROJECT, env=os.environ | {"SPACE_ID": "a/b", "SPACE_HOST": "a-b.hf.space"})
    try:
        for _ in range(300):
            if subprocess.run(check, stderr=subprocess.DEVNULL, check=False).returncode == 0:
                break
            assert server.poll() is None
            time.sleep(0.2)
        else:
            pytest.fail("it never became healthy")
    finally:
        server.terminate()
    assert server.wait(60) == 0
