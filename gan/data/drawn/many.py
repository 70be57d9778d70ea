"""Many drawn pictures on all cores: each child process draws every n-th and writes it to a pipe.

Plain child processes, not `multiprocessing`: that would import the parent's main module again in each
child, which here is a Streamlit page or a trainer with all of torch.
"""

import os
import subprocess
import sys
from collections.abc import Iterator

import numpy as np

from gan.data.drawn import drawn_picture
from gan.errors import ForgerError
from gan.paths import PROJECT

MAX_WORKERS = 8


def draw_many(name: str, count: int, resolution: int) -> Iterator[np.ndarray]:
    """Pictures 0 to `count` - 1 of a drawn data set in order, uint8 (resolution, resolution, 3).

    Closing the iterator early ends the child processes. Raises ForgerError if one of them died.
    """
    stride = processes(count)
    command = [sys.executable, "-m", "gan.data.drawn.many", name, str(count), str(resolution), str(stride)]
    workers = [
        subprocess.Popen([*command, str(first)], cwd=PROJECT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        for first in range(stride)
    ]
    pipes = [worker.stdout for worker in workers if worker.stdout]
    try:
        for index in range(count):
            # A full pipe makes a fast child wait, so no more than a few pictures are ever in memory.
            data = pipes[index % stride].read(resolution * resolution * 3)
            if len(data) < resolution * resolution * 3:
                raise ForgerError("Drawing the pictures broke off. Is the memory full? Please try again.")
            yield np.frombuffer(data, np.uint8).reshape(resolution, resolution, 3)
    finally:
        for worker, pipe in zip(workers, pipes, strict=True):
            worker.kill()
            pipe.close()
            worker.wait()


def processes(count: int) -> int:
    """How many child processes draw `count` pictures."""
    return min(os.cpu_count() or 1, MAX_WORKERS, count)


def _write_share(name: str, count: str, resolution: str, stride: str, first: str) -> None:
    """What a child does."""
    try:
        for index in range(int(first), int(count), int(stride)):
            sys.stdout.buffer.write(drawn_picture(name, index, int(resolution)).tobytes())
        sys.stdout.buffer.flush()
    except (BrokenPipeError, KeyboardInterrupt):  # the parent is gone, or somebody stops us both
        os._exit(1)  # at once: an ordinary exit would try to write the rest and complain


if __name__ == "__main__":
    _write_share(*sys.argv[1:])
