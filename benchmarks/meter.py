"""What every benchmark shares: a processor-time clock, a plain table, a JSON file, a line about the machine,
other environment variables for a while."""

import json
import os
import platform
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import torch

# Systems count processor time in hundredths of a second, so of less work there seems to have been none.
TICK = 0.01


def cpu_seconds(process: psutil.Process | None = None) -> float:
    """Processor time so far of a process (this one by default) and all its children, living and ended."""
    process = process or psutil.Process()
    total = 0.0
    for one in [process, *process.children(recursive=True)]:
        try:
            times = one.cpu_times()
        except psutil.NoSuchProcess:  # ended just now: its parent has its time from here on
            continue
        total += times.user + times.system
        # Where the system does not say, the time of ended children is lost.
        total += getattr(times, "children_user", 0.0) + getattr(times, "children_system", 0.0)
    return total


@contextmanager
def changed_environment(changes: dict[str, str]) -> Iterator[None]:
    """Other environment variables within it, for processes that are started there."""
    before = dict(os.environ)
    os.environ.update(changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def clock(device: torch.device) -> Callable[[], float]:
    """What to measure steps with: on the CPU processor time of all threads, which neighbours hardly disturb; on a
    card wall time once everything queued is done."""
    if device.type == "cpu":
        return time.process_time

    def now() -> float:
        torch.cuda.synchronize(device)
        return time.perf_counter()

    return now


def machine() -> dict[str, Any]:
    """Where and when figures were measured."""
    cpu_info = Path("/proc/cpuinfo")
    lines = cpu_info.read_text().splitlines() if cpu_info.exists() else []
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": models[0] if models else platform.processor(),
        "cores": os.cpu_count(),
        "card": torch.cuda.get_device_name() if torch.cuda.is_available() else None,
        "torch": torch.__version__,
    }


def print_machine() -> None:
    about = machine()
    card = f", {about['card']}" if about["card"] else ""
    print(f"{about['date']}, {about['processor']}, {about['cores']} cores{card}, PyTorch {about['torch']}")


def print_table(rows: list[dict[str, Any]]) -> None:
    """Rows with the same keys, which are the headings; numbers to the right, with three figures that count."""
    if not rows:
        return
    cells = [list(rows[0])] + [[_text(value) for value in row.values()] for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    left = [isinstance(value, str) for value in rows[0].values()]
    for line in cells:
        padded = [f"{c:<{w}}" if is_left else f"{c:>{w}}" for c, w, is_left in zip(line, widths, left, strict=True)]
        print("  ".join(padded).rstrip())


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def write_results(path: Path | None, results: Any) -> None:
    """Results and the machine they come from as JSON; nothing without a path."""
    if path:
        path.write_text(json.dumps({"machine": machine(), "results": results}, indent=1) + "\n")
