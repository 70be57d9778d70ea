"""`python -m ui.serve`: the app as a container runs it, with Streamlit's own options after it.

It stays the parent of the server. Asked to stop, as when a Space goes to sleep, it lets a training save itself first;
as process 1 of a container it also buries the processes that nobody else waits for. What it reads:

SPACE_ID, SPACE_HOST   set by Hugging Face: the app is embedded there, and reached by that host's name
FORGER_EMBEDDED        yes: the app is embedded in another site's page, so uploads go without XSRF protection
FORGER_HOSTS           the server's own hosts' names, with commas; others are refused
FORGER_KEEP            a folder that stays, where the disk forgets: runs, generators and uploads are carried there
CPU_CORES              how many cores there really are, where a container sees more
"""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from gan.data.store import cache_root
from gan.errors import ForgerError
from gan.mirror import Mirror, entries
from gan.paths import PROJECT, checkpoints_root, runs_root

CARRY_SECONDS = 60.0
# Of the 30 that Kubernetes gives a container (Docker gives 10): a step and a checkpoint take a few.
GRACE_SECONDS = 20.0


def options(environment: Mapping[str, str]) -> list[str]:
    """Streamlit's options for where the app is served. Raises ForgerError where it is embedded, but under no name."""
    named = [environment.get("SPACE_HOST", ""), *environment.get("FORGER_HOSTS", "").split(",")]
    hosts = [host.strip() for host in named if host.strip()]
    # Named, because Streamlit would ask a server elsewhere what to call this one.
    chosen = [f"--browser.serverAddress={hosts[0] if hosts else 'localhost'}"]
    chosen += [f"--server.allowedHosts={host}" for host in hosts]
    asked = environment.get("FORGER_EMBEDDED", "").lower() in ("1", "yes", "true", "on")
    if asked and not hosts:
        raise ForgerError("FORGER_EMBEDDED needs FORGER_HOSTS: the names by which this server is reached.")
    if asked or environment.get("SPACE_ID"):
        chosen.append("--server.enableXsrfProtection=false")
    return chosen


def mirror(environment: Mapping[str, str]) -> Mirror | None:
    """What carries runs, generators and uploads to FORGER_KEEP; None without that."""
    if not environment.get("FORGER_KEEP"):
        return None
    keep = Path(environment["FORGER_KEEP"])
    places = {"runs": runs_root(), "checkpoints": checkpoints_root(), "uploads": cache_root() / "uploads"}
    shipped = [path for path in entries(checkpoints_root()) if not (keep / "checkpoints" / path.name).exists()]
    return Mirror({here: keep / name for name, here in places.items()}, shipped)


class Service:
    """The server, its trainers, and what is kept of them."""

    def __init__(self, command: Sequence[str], kept: Mirror | None):
        self.kept, self.asked = kept, False
        if kept:
            kept.bring_back()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        self.server = subprocess.Popen(command, cwd=PROJECT)

    def run(self) -> int:
        """Until the server ends, or this process is asked to; returns the exit code."""
        carried = time.monotonic()
        while not self.asked and self.server.poll() is None:
            time.sleep(0.2)
            _bury(self.server.pid)
            if self.kept and time.monotonic() - carried > CARRY_SECONDS:
                self.kept.carry()
                carried = time.monotonic()
        trainers = _ask_trainers()
        self.server.terminate()  # whoever looks on is told by the closed connection
        psutil.wait_procs(trainers, GRACE_SECONDS)
        if self.kept:
            self.kept.carry()
        try:
            code = self.server.wait(3)
        except subprocess.TimeoutExpired:
            self.server.kill()
            code = self.server.wait()
        return 0 if self.asked else code

    def _stop(self, number: int, frame: object) -> None:
        self.asked = True
        _ask_trainers()  # at once, also in the middle of carrying


def _ask_trainers() -> list[psutil.Process]:
    """Asks all trainers below this process to save and stop; who they are."""
    trainers = []
    for process in psutil.Process().children(recursive=True):
        try:
            if process.cmdline()[1:4] == ["-m", "gan", "resume"]:
                process.terminate()
                trainers.append(process)
        except psutil.Error:
            continue
    return trainers


def _bury(server: int) -> None:
    """Ends dead children that this process only inherited; what becomes of the server is asked elsewhere."""
    for child in psutil.Process().children():
        try:
            if child.pid != server and child.status() == psutil.STATUS_ZOMBIE:
                os.waitpid(child.pid, os.WNOHANG)
        except (psutil.Error, ChildProcessError):
            continue


def main(arguments: Sequence[str]) -> int:
    try:
        chosen = options(os.environ)
    except ForgerError as error:
        print(f"forger: {error}", file=sys.stderr)
        return 2
    if os.environ.get("CPU_CORES", "").isdecimal():  # else as many threads as the host has cores share two
        os.environ.setdefault("OMP_NUM_THREADS", os.environ["CPU_CORES"])
    return Service([sys.executable, "-m", "streamlit", "run", "app.py", *chosen, *arguments], mirror(os.environ)).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
