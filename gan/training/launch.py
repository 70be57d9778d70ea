"""Starts the processes that share one training, by torch's own launcher, and says in the run's status why one died."""

import logging
import signal
import sys
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import FrameType

from torch.distributed.elastic.multiprocessing import DefaultLogsSpecs, SignalException, Std
from torch.distributed.elastic.multiprocessing.errors import ChildFailedError, ProcessFailure
from torch.distributed.launcher.api import LaunchConfig, elastic_launch

from gan import permits, runs
from gan.errors import ForgerError
from gan.runs.changes import NO_CHANGE, Change
from gan.runs.run import Run, State
from gan.training.collectives import Lost
from gan.training.follower import LOST


def launch(run: Run, target_images: int, device: str, processes: int, change: Change = NO_CHANGE) -> int:
    """Trains `run` by so many processes until `target_images` in all, or until it or they are asked to stop, with what
    is to be otherwise from here on.

    Returns the exit code of the command: 0 done, 1 the training failed, 2 it never began. The first process prints as
    a single one would. Raises ForgerError where another run is training.
    """
    runs.claim(run, target_images)
    goal = ["--kimg", str(target_images / 1000), "--device", device, *change.words()]
    logging.getLogger("torch.distributed.elastic").setLevel(logging.CRITICAL)  # it says in tables what we say in words
    with tempfile.TemporaryDirectory(prefix="forger-") as outputs, _stop_requests(run):
        config = LaunchConfig(
            min_nodes=1,
            max_nodes=1,
            nproc_per_node=processes,
            run_id=uuid.uuid4().hex,
            rdzv_backend="c10d",
            rdzv_endpoint="localhost:0",  # any free port, and nobody from elsewhere
            local_addr="localhost",
            max_restarts=0,
            # All but the first are silent; what they say is read where one of them fails.
            logs_specs=DefaultLogsSpecs(outputs, redirects={rank: Std.ALL for rank in range(1, processes)}),
            signals_to_handle="SIGQUIT",  # else it would end the others before they have saved
        )
        try:
            elastic_launch(config, sys.executable)("-m", "gan", "resume", run.name, *goal)
            return 0
        except ChildFailedError as error:
            return _explain(run, processes, error.failures, Path(outputs))
        except SignalException:
            _note_failure(run, "It was ended by a signal (SIGQUIT). The last checkpoint is untouched.")
            return 1
    return 0


@contextmanager
def _stop_requests(run: Run) -> Iterator[None]:
    """Meanwhile Ctrl-C, SIGTERM and a closed terminal are requests to stop, which the first process passes on.

    Torch's own handler would raise wherever the launcher is, perhaps between the start of two processes: then the
    first would wait for the second for hours.
    """

    def ask(number: int, frame: FrameType | None) -> None:
        runs.request_stop(permits.issue("its terminal or a signal"), run)

    kinds = [signal.SIGINT, signal.SIGTERM, *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])]  # not on Windows
    before = {number: signal.signal(number, ask) for number in kinds}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _explain(run: Run, processes: int, failures: dict[int, ProcessFailure], outputs: Path) -> int:
    """Leaves the cause in the status where the first process could not know it. Returns the exit code."""
    status, message = run.status(), str(Lost())
    if status.state in (State.FINISHED, State.STOPPED):  # all was done and saved; one of them stumbled on its way out
        return 0
    if status.state != State.FAILED or status.message == message:
        # What ended because of another's end is no cause, and what the first one could say it has said.
        causes = [rank for rank, one in failures.items() if one.exitcode != LOST and (rank > 0 or one.exitcode < 0)]
        if causes:
            end = _end(failures[causes[0]], causes[0], outputs)
            message = f"Process {causes[0] + 1} of {processes} {end} The last checkpoint is untouched."
            print(f"forger: {message}", file=sys.stderr)
        _note_failure(run, message)
    return 2 if 0 in failures and failures[0].exitcode == 2 else 1


def _note_failure(run: Run, message: str) -> None:
    with suppress(ForgerError):  # the disk is full, or the run is gone
        run.write_status(replace(run.status(), state=State.FAILED, message=message))


def _end(failure: ProcessFailure, rank: int, outputs: Path) -> str:
    """How a process ended, as the end of a sentence."""
    if failure.exitcode < 0:
        full = ", perhaps because the memory was full" if failure.exitcode == -signal.SIGKILL else ""
        return f"was killed ({failure.signal_name()}){full}."
    files = outputs.glob(f"*/attempt_0/{rank}/stderr.log")
    lines = [line for file in files for line in file.read_text(errors="replace").splitlines() if line]
    return f"failed: {lines[-1].removesuffix('.')}." if lines else "failed."
