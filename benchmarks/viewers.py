"""A class that looks on: a Streamlit server, and viewers that speak its own websocket protocol with it.

The viewers decode the messages but draw nothing.
"""

import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.typing import Origin, Subprotocol

from benchmarks.meter import TICK
from gan.paths import PROJECT

SERVER_OPTIONS = [
    "--server.address=127.0.0.1",
    "--server.headless=true",
    "--server.fileWatcherType=none",
    "--runner.postScriptGC=false",
    "--browser.gatherUsageStats=false",
]


@dataclass
class Seen:
    """What the viewers saw: seconds from asking for an update to having it, the server's processor time, and the bytes
    that it sent."""

    latencies: list[float] = field(default_factory=list)
    core_seconds: float = 0.0
    received: int = 0

    @property
    def median(self) -> float:
        return median(self.latencies)

    @property
    def p95(self) -> float:
        """All but a twentieth of the updates were there so soon."""
        return sorted(self.latencies)[int(0.95 * len(self.latencies))]


@dataclass(frozen=True)
class Server:
    """One that serves now."""

    process: psutil.Process
    port: int

    async def listening(self) -> None:
        """Returns once it does. Raises RuntimeError where it never begins to."""
        await _until_listening(self.port)

    def core_seconds(self) -> float:
        """Its processor time so far, without its children's."""
        times = self.process.cpu_times()
        return times.user + times.system


@contextlib.contextmanager
def server(script: Path, **changes: str) -> Iterator[Server]:
    """A Streamlit server of `script`, with `changes` in its environment; it need not listen yet."""
    with socket.socket() as probe:  # a port that is free just now
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}", *SERVER_OPTIONS]
    changes = {"PYTHONPATH": str(PROJECT)} | changes
    process = subprocess.Popen(
        command, cwd=PROJECT, env=os.environ | changes, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        yield Server(psutil.Process(process.pid), port)
    finally:
        process.terminate()
        process.wait()


def look_on(
    server: Server, viewers: int, warm_up: float, seconds: float, at_ends: Callable[[], object] = lambda: None
) -> Seen:
    """Lets `viewers` open the page and ask for its fragment every second; what they see in `seconds`, once all have the
    page and `warm_up` seconds have passed. `at_ends` is called when that time begins and when it ends.

    Raises RuntimeError where the server does not answer, and where a viewer is shown an exception.
    """
    return asyncio.run(_look_on(server, viewers, warm_up, seconds, at_ends))


async def _look_on(server: Server, viewers: int, warm_up: float, seconds: float, at_ends: Callable[[], object]) -> Seen:
    await _until_listening(server.port)
    shown, warm, seen = asyncio.Semaphore(0), asyncio.Event(), Seen()
    tasks = [asyncio.create_task(_viewer(server.port, i / viewers, shown, warm, seen)) for i in range(viewers)]
    await asyncio.wait([asyncio.create_task(_all(shown, viewers)), *tasks], return_when=asyncio.FIRST_COMPLETED)
    _raise_failure(tasks)
    await asyncio.sleep(warm_up)
    warm.set()
    at_ends()
    before = server.process.cpu_times()
    await asyncio.sleep(seconds)
    after = server.process.cpu_times()
    at_ends()
    _raise_failure(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    seen.core_seconds = max(after.user + after.system - before.user - before.system, TICK)
    return seen


async def _all(shown: asyncio.Semaphore, viewers: int) -> None:
    """Ends once every viewer has seen the whole page, imports and all."""
    for _ in range(viewers):
        await shown.acquire()


def _raise_failure(viewers: list[asyncio.Task]) -> None:
    """A viewer that broke off must not pass for a fast one."""
    for viewer in viewers:
        if viewer.done():
            viewer.result()


async def _viewer(port: int, delay: float, shown: asyncio.Semaphore, warm: asyncio.Event, seen: Seen) -> None:
    """One browser tab: run the page, then the fragment every second."""
    await asyncio.sleep(delay)
    tab = Tab(port)
    page = await tab.open()
    shown.release()
    while True:
        asked = time.perf_counter()
        update = await tab.ask(fragment=page.fragment)
        page.fragment = update.fragment or page.fragment
        took = time.perf_counter() - asked
        if warm.is_set():
            seen.latencies.append(took)
            seen.received += update.received
        await asyncio.sleep(max(0.0, 1 - took))


@dataclass
class Page:
    """What came of one run: the fragment that runs by itself and how often, the widgets' ids, the bytes."""

    fragment: str = ""
    seconds: float = 0.0
    pause: float = 0.0  # between two messages of a hand that draws
    ids: list[str] = field(default_factory=list)
    received: int = 0


class Tab:
    """A browser's tab without the browser: a session of its own, with the server on `port`, which it calls `host`.

    By a name that is not this machine's own it comes as a visitor, by 127.0.0.1 as the owner.
    """

    def __init__(self, port: int, host: str = "forger.test") -> None:
        self.port, self.host = port, host

    async def open(self, page: str = "", query: str = "") -> Page:
        name = f"{self.host}:{self.port}"
        self.socket = await websockets.connect(
            f"ws://{name}/_stcore/stream",
            host="127.0.0.1",
            port=self.port,
            origin=Origin(f"http://{name}"),
            subprotocols=[Subprotocol("streamlit")],
            max_size=None,
        )
        return await self.ask(page, query)

    async def close(self) -> None:
        await self.socket.close()

    async def ask(
        self, page: str = "", query: str = "", fragment: str = "", states: Sequence[WidgetState] = ()
    ) -> Page:
        """Asks for one run of a page or a fragment, and hears it to its end.

        Raises RuntimeError where an exception is shown.
        """
        ask = BackMsg()
        ask.rerun_script.page_name, ask.rerun_script.query_string = page, query
        ask.rerun_script.fragment_id = fragment
        ask.rerun_script.widget_states.widgets.extend(states)
        await self.socket.send(ask.SerializeToString())
        seen = Page()
        while True:
            data = await self.socket.recv(decode=False)
            seen.received += len(data)
            message = ForwardMsg.FromString(data)
            kind = message.WhichOneof("type")
            if kind == "auto_rerun":
                seen.fragment, seen.seconds = message.auto_rerun.fragment_id, message.auto_rerun.interval
            elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
                element = message.delta.new_element
                name = element.WhichOneof("type")
                if name == "exception":
                    raise RuntimeError(element.exception.message)
                seen.ids.append(getattr(getattr(element, name), "id", ""))
                if name == "bidi_component" and (said := re.search(r'"pause": ?(\d+)', element.bidi_component.json)):
                    seen.pause = int(said[1]) / 1000
                if not seen.fragment:
                    seen.fragment = message.delta.fragment_id
            elif kind == "script_finished" and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return seen


async def _until_listening(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise RuntimeError("The Streamlit server did not start.")
