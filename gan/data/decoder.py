"""Strangers' pictures, decoded in processes of their own: a hostile one costs the server neither its time nor memory.

Two are decoded at once, each by a process that is kept for the next one. It may take two seconds of processor time and
512 MB for a picture (`gan.data.picture.memory` refuses most that would take more before that); then it is ended, the
picture refused, and another process started when it is needed.
"""

import gc
import json
import os
import signal
import struct
import subprocess
import sys
import threading
from contextlib import suppress
from queue import Empty, LifoQueue

import numpy as np
import psutil

from gan.data.incoming import MAX_SIDE, TOO_DEAR, Incoming, check_bytes, read_picture
from gan.data.picture.formats import load_readers
from gan.errors import ForgerError
from gan.paths import PROJECT

COMMAND = [sys.executable, "-m", "gan.data.decoder"]
AT_ONCE = 2
CPU_SECONDS = 2.0
MEMORY_BYTES = 512 * 2**20
# By the clock: for a busy machine, and for systems that do not count a process's time for us (Windows).
PATIENCE_SECONDS = 20.0
QUEUE_SECONDS = 30.0

LONGEST_HEAD = 2**12  # bytes of the line before the pixels

_REQUEST = struct.Struct("<dQ")  # seconds, and the length of what follows


class TooDear(ForgerError):
    """A picture that takes too much time or memory."""


def read_strangers_picture(data: bytes, seconds: float = CPU_SECONDS) -> Incoming:
    """What `gan.data.incoming.read_picture` gives for these bytes.

    Raises ForgerError as it does and where too many wait, and TooDear for a picture that takes more than so many
    `seconds` of processor time, or too much memory.
    """
    check_bytes(len(data), "This file")
    try:
        decoder = _idle.get(timeout=QUEUE_SECONDS)
    except Empty as error:
        raise ForgerError("Many pictures are being read just now: try again in a moment.") from error
    try:
        return decoder.read(data, seconds)
    finally:
        _idle.put(decoder)


class _Decoder:
    """One of the processes, started when it is first needed."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None

    def read(self, data: bytes, seconds: float) -> Incoming:
        process = self._running()
        watch = threading.Timer(PATIENCE_SECONDS, process.kill)
        watch.start()
        try:
            picture = _exchange(process, data, seconds)
        except ForgerError:
            raise  # its answer, heard to the end
        except BaseException:
            self._end()  # half of an answer may be left in its pipe, and would pass for the next one's
            raise
        finally:
            watch.cancel()
        if picture is None:  # it died of this picture
            self._end()
            raise TooDear(f"This file {TOO_DEAR}")
        return picture

    def _end(self) -> None:
        process, self.process = self.process, None
        if process is not None:
            process.kill()
            with suppress(OSError, ValueError):
                process.communicate()  # closes its pipes

    def _running(self) -> "subprocess.Popen[bytes]":
        if self.process is None or self.process.poll() is not None:
            # Numerical libraries reserve memory for each thread that they might start.
            alone = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "1"}
            self.process = subprocess.Popen(
                COMMAND,
                cwd=PROJECT,
                env=os.environ | alone,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self.process


# The one that was used last comes first: a single visitor's pictures keep one process warm and start no other.
_idle: LifoQueue[_Decoder] = LifoQueue()
for _ in range(AT_ONCE):
    _idle.put(_Decoder())


def _exchange(process: "subprocess.Popen[bytes]", data: bytes, seconds: float) -> Incoming | None:
    """Has the process decode `data`; None where it ended instead. Raises the ForgerError that it answers with."""
    assert process.stdin is not None and process.stdout is not None
    with suppress(OSError):
        process.stdin.write(_REQUEST.pack(seconds, len(data)))
        process.stdin.write(data)
        process.stdin.flush()
    head = process.stdout.readline(LONGEST_HEAD)
    if not head.endswith(b"\n"):
        return None
    answer = json.loads(head)
    if "refused" in answer:
        raise ForgerError(answer["refused"])
    height, width = answer["shape"]
    if not (0 < height <= MAX_SIDE and 0 < width <= MAX_SIDE):
        raise ValueError(f"{height} x {width} pixels were not asked for")
    channels = 4 if answer["see-through"] else 3
    pixels = process.stdout.read(height * width * channels)
    if len(pixels) < height * width * channels:
        return None
    array = np.frombuffer(bytearray(pixels), np.uint8)
    picture, alpha = np.split(array, [height * width * 3])
    remarks = tuple(str(one) for one in answer["remarks"])
    return Incoming(picture.reshape(height, width, 3), alpha.reshape(height, width) if channels == 4 else None, remarks)


def main() -> None:
    """What such a process does, until its server ends."""
    load_readers(threads=1)  # before memory is counted
    _limit_memory()
    with suppress(AttributeError):  # Windows
        os.nice(10)  # the server comes first
    # What a library prints must not stand among the answers.
    files, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    while len(request := files.read(_REQUEST.size)) == _REQUEST.size:
        seconds, length = _REQUEST.unpack(request)
        data = files.read(length)
        _limit_time(seconds)
        head: dict[str, object]
        try:
            read = read_picture(data)
            head = {"shape": read.picture.shape[:2], "remarks": read.remarks, "see-through": read.alpha is not None}
            content = read.picture.tobytes() + (b"" if read.alpha is None else read.alpha.tobytes())
            del read
        except ForgerError as error:
            head, content = {"refused": str(error)}, b""
        _limit_time(0)
        answers.write(json.dumps(head).encode() + b"\n" + content)
        answers.flush()
        del data, content
        if "refused" in head:
            gc.collect()  # newer Pythons leave a picture that was refused half-way in a circle with its error


def _limit_memory() -> None:
    """So much more than now; where the system cannot (Windows, macOS), pictures' pixels alone are limited."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        most = psutil.Process().memory_info().vms + MEMORY_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _limit_time(seconds: float) -> None:
    """Ends this process after so much processor time from now on; 0: never."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)


if __name__ == "__main__":
    main()
