"""What live charts cost the server when a class of thirty looks on.

    python -m benchmarks.live_chart [--viewers 30] [--seconds 10] [--ways nothing "live_chart, one call"]

For each way of drawing the same four charts (three curves of 400 points each, new once a second, shared
between viewers) this starts a Streamlit server, connects the viewers to it through Streamlit's own
websocket protocol, lets them ask for their fragment every second, and measures the server process.
The viewers decode the messages but draw nothing. Compare the lines of one run with each other: the
machine may be busy with other things, so a figure means little alone.
"""

import argparse
import asyncio
import os
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import psutil
import websockets
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.meter import TICK, write_results

COMMON = """
import time
import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from ui.curves import thin
from ui.live_chart import LiveFigure, Series, live_chart

NAMES = ["D", "G", "D on fake"]

@st.cache_resource(max_entries=2, show_spinner=False)
def curves(second):
    rng = np.random.default_rng(second)
    return np.arange(2000) / 7, rng.normal(size=(4, 3, 2000))

def figures(second):
    x, charts = curves(second)
    series = [[Series(name, x, y) for name, y in zip(NAMES, ys)] for ys in charts]
    return [LiveFigure("Losses", "kimg", "loss", curves) for curves in series]

@st.cache_resource(max_entries=2, show_spinner=False)
def shared_figures(second):
    return figures(second)

@st.cache_resource(max_entries=2, show_spinner=False)
def tables(second):
    x, charts = curves(second)
    columns = [{"kimg": thin(x, x)[0]} | {n: thin(x, y)[1] for n, y in zip(NAMES, ys)} for ys in charts]
    return [pd.DataFrame(column) for column in columns]

@st.cache_resource(max_entries=2, show_spinner=False)
def plotly_figures(second):
    return [go.Figure([go.Scatter(x=t.kimg, y=t[name], name=name) for name in NAMES]) for t in tables(second)]

X, Y = [{"field": field, "type": "quantitative"} for field in ("kimg", "value")]
COLOUR = {"field": "key", "type": "nominal"}
VEGA = {"transform": [{"fold": NAMES}], "mark": "line", "encoding": {"x": X, "y": Y, "color": COLOUR}}

@st.fragment(run_every=1)
def live():
    second = int(time.time())
    {draw}

live()
"""

SERVER_OPTIONS = [
    "--server.address=127.0.0.1",
    "--server.headless=true",
    "--server.fileWatcherType=none",
    "--runner.postScriptGC=false",
    "--browser.gatherUsageStats=false",
]

VARIANTS = {
    "nothing": "st.empty()",
    "live_chart, one call": "live_chart(*shared_figures(second), key='charts')",
    "live_chart, four calls": "for i, f in enumerate(shared_figures(second)): live_chart(f, key=f'c{i}')",
    "live_chart, figures not shared": "live_chart(*figures(second), key='charts')",
    "st.vega_lite_chart": "for i, t in enumerate(tables(second)): st.vega_lite_chart(t, VEGA, key=f'c{i}')",
    "st.plotly_chart": "for i, f in enumerate(plotly_figures(second)): st.plotly_chart(f, key=f'c{i}')",
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--viewers", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--warm-up", type=float, default=5, help="seconds before that, once all have the page")
    parser.add_argument("--ways", nargs="+", choices=tuple(VARIANTS), default=list(VARIANTS), help="of drawing")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    print(f"{'':32} CPU per run     (to first)   runs/s   median ms   p95 ms   KB per run")
    baseline, results = None, []
    for name in options.ways:
        script = COMMON.replace("{draw}", VARIANTS[name])
        cpu, latencies, received = measure(script, options.viewers, options.warm_up, options.seconds)
        if not latencies:
            print(f"{name:32} no run completed")
            continue
        runs, slow = len(latencies), sorted(latencies)[int(0.95 * len(latencies))]
        baseline = baseline or cpu / runs
        results.append(
            {"way": name, "runs": runs, "core seconds": cpu, "median s": median(latencies), "bytes": received}
        )
        print(
            f"{name:32} {1000 * cpu / runs:8.2f} ms {cpu / runs / baseline:12.2f}x"
            f" {runs / options.seconds:10.1f} {1000 * median(latencies):11.0f} {1000 * slow:8.0f}"
            f" {received / runs / 1000:11.1f}"
        )
    write_results(options.json, results)


def measure(script: str, viewers: int, warm_up: float, seconds: float) -> tuple[float, list[float], int]:
    """Server CPU seconds, seconds from asking to finished of each fragment run, bytes sent to viewers."""
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.py"
        page.write_text(script)
        with socket.socket() as probe:  # a port that is free just now
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(page),
            f"--server.port={port}",
            *SERVER_OPTIONS,
        ]
        env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
        server = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            return asyncio.run(_watch(server.pid, port, viewers, warm_up, seconds))
        finally:
            server.terminate()
            server.wait()


async def _watch(pid: int, port: int, viewers: int, warm_up: float, seconds: float) -> tuple[float, list[float], int]:
    await _until_listening(port)
    shown, warm = asyncio.Semaphore(0), asyncio.Event()
    latencies: list[float] = []
    received = [0]
    tasks = [asyncio.create_task(_viewer(port, i / viewers, shown, warm, latencies, received)) for i in range(viewers)]
    await asyncio.wait([asyncio.create_task(_all(shown, viewers)), *tasks], return_when=asyncio.FIRST_COMPLETED)
    _raise_failure(tasks)
    await asyncio.sleep(warm_up)
    warm.set()
    before = psutil.Process(pid).cpu_times()
    await asyncio.sleep(seconds)
    after = psutil.Process(pid).cpu_times()
    _raise_failure(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return max(after.user + after.system - before.user - before.system, TICK), latencies, received[0]


async def _all(shown: asyncio.Semaphore, viewers: int) -> None:
    """Ends once every viewer has seen the whole page, imports and all."""
    for _ in range(viewers):
        await shown.acquire()


def _raise_failure(viewers: list[asyncio.Task]) -> None:
    """A viewer that broke off must not pass for a fast one."""
    for viewer in viewers:
        if viewer.done():
            viewer.result()


async def _viewer(
    port: int, delay: float, shown: asyncio.Semaphore, warm: asyncio.Event, latencies: list[float], received: list[int]
) -> None:
    """One browser tab: run the page, then the fragment every second."""
    await asyncio.sleep(delay)
    address = f"ws://127.0.0.1:{port}/_stcore/stream"
    async with websockets.connect(address, subprotocols=["streamlit"], max_size=None) as socket_:
        fragment, _ = await _run(socket_, "")
        shown.release()
        while True:
            asked = time.perf_counter()
            _, size = await _run(socket_, fragment)
            took = time.perf_counter() - asked
            if warm.is_set():
                latencies.append(took)
                received[0] += size
            await asyncio.sleep(max(0.0, 1 - took))


async def _run(socket_: websockets.ClientConnection, fragment: str) -> tuple[str, int]:
    """Ask for one run of the page or the fragment; its fragment's id and the bytes that came back."""
    ask = BackMsg()
    ask.rerun_script.query_string = ""
    ask.rerun_script.fragment_id = fragment
    await socket_.send(ask.SerializeToString())
    size = 0
    while True:
        data = await socket_.recv()
        size += len(data)
        message = ForwardMsg.FromString(data)
        kind = message.WhichOneof("type")
        if kind == "auto_rerun":
            fragment = message.auto_rerun.fragment_id
        elif kind == "delta" and message.delta.new_element.WhichOneof("type") == "exception":
            raise RuntimeError(message.delta.new_element.exception.message)
        elif kind == "script_finished":
            return fragment, size


async def _until_listening(port: int) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            await asyncio.sleep(0.1)
    raise RuntimeError("The Streamlit server did not start.")


if __name__ == "__main__":
    main()
